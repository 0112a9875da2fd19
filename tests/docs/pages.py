"""Runs the code of pages, each in a process of its own that has leyden and torch already: they are imported once.

So is what torch imports at its first export: a network of one layer is exported before the first page.

`python pages.py` reads a line of JSON for each page, with its folder and its script, runs the script there in a fork,
and answers with a line: the traceback, or nothing.
"""

import contextlib
import importlib
import json
import os
import runpy
import subprocess
import sys
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import final

__all__ = ["Pages"]

ROOMS = ("data", "items", "augment", "train", "prune", "vision", "plot", "recipe", "widget.workbench", "onnx.session")


@final
class Pages:
    """A process in which pages can be run, one after the other, none of which sees what another did.

    Args:
        package: the folder that `leyden` is imported from.
    """

    def __init__(self, package: Path) -> None:
        command = [sys.executable, "-W", "error::UserWarning", __file__]
        environment = {**os.environ, "PYTHONPATH": str(package)}
        self._server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def run(self, folder: Path, script: str) -> str:
        """Runs a script in a folder, and returns the traceback of what it raised, or nothing."""
        if self._server.stdin is None or self._server.stdout is None:
            raise RuntimeError("the pages have no pipes")
        self._server.stdin.write(json.dumps([str(folder), script]) + "\n")
        self._server.stdin.flush()
        answer = self._server.stdout.readline()
        return json.loads(answer) if answer else "the process that runs the pages has ended"

    def close(self) -> None:
        """Ends the process."""
        self._server.communicate()


def in_fork(folder: str, script: str) -> str:
    """Runs a script in a fork of this process; what it prints is left unsaid."""
    told = Path(folder) / "told.txt"
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.chdir(folder)
            sys.path.insert(0, folder)
            quiet = os.open("printed.txt", os.O_WRONLY | os.O_CREAT)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            runpy.run_path(script, run_name="__main__")
            status = 0
        except BaseException:  # whatever ends a page, SystemExit too, is told
            told.write_text(traceback.format_exc(), encoding="utf-8")
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    if ended == 0:
        return ""
    return told.read_text(encoding="utf-8") if told.exists() else f"ended by signal or exit code {ended}"


def load() -> None:
    """Imports what pages import, and what they import when they export; leaves no thread behind that a fork lacks."""
    for room in ROOMS:
        importlib.import_module(f"leyden.{room}")
    torch, onnx = importlib.import_module("torch"), importlib.import_module("leyden.onnx")
    importlib.import_module("tqdm").tqdm.monitor_interval = 0
    with TemporaryDirectory() as folder:
        onnx.export(torch.nn.Linear(1, 1).eval(), torch.zeros(1, 1), Path(folder) / "layer.onnx")


def main() -> None:
    with contextlib.redirect_stdout(sys.stderr):
        load()
    answers = os.fdopen(os.dup(1), "w")
    with contextlib.redirect_stdout(sys.stderr):
        for line in sys.stdin:
            answers.write(json.dumps(in_fork(*json.loads(line))) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
