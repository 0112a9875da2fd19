"""A real JupyterLab on a folder, and a real browser on a notebook in it, with all that the browser complains about."""

import ast
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import HTTPError

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from leyden.cli.lab import lay_out_extension

__all__ = [
    "CHROMIUM", "NOTEBOOKS", "Lab", "Visit", "browsing", "cell", "dress", "execute", "faults", "jupyterlab",
    "open_notebook", "panel", "place", "run_all", "visit", "write",
]  # fmt: skip

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
TOKEN = "bench"
PATIENCE = 120_000
"""Milliseconds that a notebook may take to run, and JupyterLab to start, on a machine that does other things too."""

HERE = re.compile(r"data:|blob:|\w+://127\.0\.0\.1")
READY = """async () => {
    await window.jupyterapp.restored;
    await window.jupyterapp.shell.currentWidget.sessionContext.ready;
}"""
THEME = "async (theme) => { await window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }"
DRESSED = "theme => document.body.dataset.jpThemeName === theme && !document.querySelector('#jupyterlab-splash')"
SHUT = "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.shutdown(); }"
CELL = """async (source) => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.model.sharedModel.insertCell(notebook.widgets.length, {cell_type: 'code', source});
    notebook.activeCellIndex = notebook.widgets.length - 1;
    const model = notebook.activeCell.model;
    await window.jupyterapp.commands.execute('notebook:run-cell');
    const words = model.outputs.toJSON().map(one => one.text ?? one.data?.['text/plain'] ?? one.evalue ?? '');
    return words.flat().join('').trim();
}"""
RUN = "async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
EXECUTE = """async (code) => {
    const future = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({code});
    const said = [];
    future.onIOPub = ({header, content}) => {
        if (header.msg_type === 'stream') said.push(content.text);
        if (header.msg_type === 'execute_result') said.push(content.data['text/plain']);
        if (header.msg_type === 'error') said.push(`${content.ename}: ${content.evalue}`);
    };
    await future.done;
    return said.join('');
}"""
ERRORS = "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']"


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that runs.

    Args:
        port: On 127.0.0.1.
        log: What it wrote so far.
        config: Folder of its configuration, which is read whenever a page is opened.
    """

    port: int
    log: Path
    config: Path

    def address(self, path: str) -> str:
        """Of a notebook in its folder, in a workspace without anything from before."""
        return f"http://127.0.0.1:{self.port}/lab/tree/{path}?token={TOKEN}&reset"


@dataclass(frozen=True)
class Visit:
    """A page that shows a notebook.

    Args:
        page: Playwright's.
        complaints: Errors of the console and of scripts, and requests to other hosts, so far.
    """

    page: Page
    complaints: list[str] = field(default_factory=list)


@contextmanager
def jupyterlab(folder: Path, *, environment: Mapping[str, str] | None = None) -> Iterator[Lab]:
    """Start JupyterLab on a folder, with settings of its own and this checkout's extension, and end it.

    Args:
        folder: What it shows.
        environment: Variables over those of this process.
    """
    with TemporaryDirectory() as held:
        private = Path(held)
        quiet = private / "settings" / "@jupyterlab" / "apputils-extension"
        quiet.mkdir(parents=True)
        (quiet / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
        port, log = free_port(), private / "log"
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
            "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}",
            "--LabApp.expose_app_in_browser=True",
        ]  # fmt: skip
        places = {
            "JUPYTER_CONFIG_DIR": str(private / "config"),
            "JUPYTERLAB_SETTINGS_DIR": str(private / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(private / "workspaces"),
            "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
            "JUPYTER_PATH": str(lay_out_extension(private / "share" / "labextensions").parent),
            "OMP_NUM_THREADS": "1",
        }
        with log.open("w") as stream:
            server = subprocess.Popen(
                command, env={**os.environ, **places, **(environment or {})}, stdout=stream, stderr=subprocess.STDOUT
            )
        try:
            wait_for(f"http://127.0.0.1:{port}/api/status?token={TOKEN}", log)
            yield Lab(port, log, private / "config")
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(address: str, log: Path) -> None:
    """Until a server answers; what it wrote is told where it does not."""
    end = time.monotonic() + PATIENCE / 1000
    while True:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError as error:
            if isinstance(error, HTTPError):
                error.close()
            if time.monotonic() > end:
                raise TimeoutError(f"no JupyterLab at {address}:\n{log.read_text()[-3000:]}") from error
            time.sleep(0.2)


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser without pages, for several visits one after the other; asyncio cannot run beside it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def visit(
    lab: Lab,
    notebook: str,
    *,
    width: int = 1280,
    height: int = 1000,
    dark: bool = False,
    scale: float = 1.0,
    without: str = "",
    browser: Browser | None = None,
) -> Iterator[Visit]:
    """Open a notebook in a page of its own, and wait until its kernel is there; a thread visits one at a time.

    Args:
        lab: Where.
        notebook: Path below its folder.
        width: Of the window, in pixels of CSS.
        height: Likewise.
        dark: In the dark theme, not the light one.
        scale: Pixels of the screen for one of CSS.
        without: An extension of JupyterLab that is switched off for this visit.
        browser: One that runs; pages of earlier visits left nothing in it but files it need not load again.
    """
    complaints: list[str] = []
    settings = lab.config / "labconfig" / "page_config.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"disabledExtensions": {without: True} if without else {}}), encoding="utf-8")
    with nullcontext(browser) if browser else browsing() as running:
        page = running.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(error.stack or str(error)))
        page.on("request", lambda one: None if HERE.match(one.url) else complaints.append(one.url))
        open_notebook(page, lab.address(notebook))
        dress(page, "JupyterLab Dark" if dark else "JupyterLab Light")
        yield Visit(page, complaints)
        page.evaluate(SHUT)
        page.close()


def open_notebook(page: Page, address: str) -> None:
    """Open a notebook in a page, and wait until its kernel is there."""
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.evaluate(READY)


def write(folder: Path, name: str, cells: Sequence[str]) -> Path:
    """Write a notebook of cells of code into a folder."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    held = [
        {"cell_type": "code", "id": f"cell-{number}", "metadata": {}, "source": source.strip(), "outputs": []}
        | {"execution_count": None}
        for number, source in enumerate(cells)
    ]
    path = folder / f"{name}.ipynb"
    path.write_text(
        json.dumps({"cells": held, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8"
    )
    return path


def cell(page: Page, source: str) -> str:
    """Write a cell below the others, run it, and give what it wrote."""
    return page.evaluate(CELL, source)


def place(desk: Path, name: str, **parameters: Any) -> Path:
    """Copy one of leyden's notebooks into a folder, with other values in its cell of parameters.

    Args:
        desk: The folder.
        name: Of the notebook, without its ending.
        parameters: Those that differ.

    Raises:
        ValueError: The cell has no such parameters.
    """
    book = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    for cell in book["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            names = (node for node in ast.walk(ast.parse("".join(cell["source"]))) if isinstance(node, ast.Name))
            known = {node.id for node in names if isinstance(node.ctx, ast.Store)}
            if set(parameters) - known:
                raise ValueError(f"{name}.ipynb has no {sorted(set(parameters) - known)}; it has {sorted(known)}")
            cell["source"] = [*cell["source"], "\n", *(f"{key} = {value!r}\n" for key, value in parameters.items())]
    path = desk / f"{name}.ipynb"
    path.write_text(json.dumps(book), encoding="utf-8")
    return path


def dress(page: Page, theme: str) -> None:
    """Change the theme, and wait until JupyterLab is done with it: it stumbles over a change during a change."""
    page.evaluate(THEME, theme)
    page.wait_for_function(DRESSED, arg=theme)


def run_all(page: Page) -> None:
    """Run every cell, and wait for the last."""
    page.evaluate(RUN)


def execute(page: Page, code: str) -> str:
    """Run code in the kernel of the notebook, as a cell would, and give what it printed, its value or its error."""
    return page.evaluate(EXECUTE, code)


def faults(page: Page) -> list[str]:
    """What cells wrote to stderr and raised, and widgets that could not be shown."""
    broken = page.locator(".jupyter-widgets-error-widget, .jp-OutputArea-output:has-text('Error displaying widget')")
    return [*page.locator(ERRORS).all_inner_texts(), *broken.all_inner_texts()]


def panel(page: Page, title: str, place: int = 0) -> Locator:
    """A panel of that title, the first one unless told, in view."""
    found = page.locator(".leyden", has=page.locator("h4", has_text=title)).nth(place)
    found.scroll_into_view_if_needed()
    return found
