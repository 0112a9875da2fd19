import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

import leyden
from leyden.cli.lab import copy_notebooks, lay_out_extension, notebooks, open_lab
from leyden.errors import DataError

EXTENSION = Path(leyden.__file__).parent / "cli" / "labextension"


@contextmanager
def running_lab(folder):
    """`leyden lab` at a terminal, in a process group of its own, once it is up; killed at last whatever happens."""
    ours, its = os.openpty()
    command = [sys.executable, "-m", "leyden", "lab", str(folder), "--no-browser", "--allow-root"]
    running = subprocess.Popen(command, stdin=its, stderr=subprocess.PIPE, text=True, start_new_session=True)
    guard = threading.Timer(120, os.killpg, (running.pid, signal.SIGKILL))
    guard.start()
    words = running.stderr
    assert words is not None
    try:
        assert any("/lab/tree/workbench.ipynb" in line for line in words)
        yield running, ours, words
    finally:
        guard.cancel()
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
        os.close(ours)
        os.close(its)


def test_the_workbench_is_found_and_is_a_notebook():
    assert json.loads((notebooks() / "workbench.ipynb").read_text(encoding="utf-8"))["nbformat"] == 4


def test_notebooks_that_are_there_already_stay_as_they_are(tmp_path):
    first = copy_notebooks(tmp_path / "mine")
    assert {path.name for path in first} == {path.name for path in notebooks().glob("*.ipynb")}
    assert all(path.read_bytes() == (notebooks() / path.name).read_bytes() for path in first)
    (tmp_path / "mine" / "workbench.ipynb").write_text("my own work")
    assert copy_notebooks(tmp_path / "mine") == []
    assert (tmp_path / "mine" / "workbench.ipynb").read_text() == "my own work"


def test_the_notebooks_own_folder_is_left_alone():
    before = {path: path.read_bytes() for path in notebooks().glob("*.ipynb")}
    assert copy_notebooks(notebooks()) == []
    assert {path: path.read_bytes() for path in notebooks().glob("*.ipynb")} == before


def test_a_file_in_the_folders_place_is_told_and_kept(tmp_path):
    (tmp_path / "notebooks").write_text("notes")
    with pytest.raises(DataError, match=r"notebooks is a file; name the folder for the notebooks: leyden lab FOLDER"):
        open_lab(tmp_path / "notebooks")
    assert (tmp_path / "notebooks").read_text() == "notes"


def test_a_folder_that_cannot_be_written_is_told():
    with pytest.raises(DataError, match=r"cannot be copied into /dev/null/mine: Not a directory; name another folder"):
        open_lab(Path("/dev/null/mine"))


def test_a_port_in_use_and_a_missing_jupyterlab_are_told_at_once_before_anything_is_copied(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyterlab", None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DataError) as caught:
            open_lab(tmp_path / "mine", port=port)
    assert str(caught.value) == (
        "JupyterLab is not installed here; pip install jupyterlab; and "
        f"port {port}: Address already in use; name another, or leave --port away to get a free one"
    )
    assert not (tmp_path / "mine").exists()


def test_jupyterlab_starts_on_the_workbench_and_ctrl_c_ends_it(tmp_path):
    with running_lab(tmp_path / "mine") as (running, terminal, words):
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to leyden and to JupyterLab, which asks
        os.write(terminal, b"y\n")
        told = words.read()
        assert running.wait() == 0
    assert "Traceback" not in told
    assert (tmp_path / "mine" / "workbench.ipynb").is_file()


def test_being_told_to_end_ends_jupyterlab_too(tmp_path):
    with running_lab(tmp_path / "mine") as (running, _, words):
        running.terminate()  # leyden alone, as a container or a service does
        told = words.read()  # until JupyterLab, which holds the other end too, has ended
        assert running.wait() == 0
    assert "Traceback" not in told


@pytest.mark.parametrize("name", ["package.json", "install.json"])
def test_the_extension_is_described_as_jupyterlab_reads_it(name):
    described = json.loads((EXTENSION / name).read_text(encoding="utf-8"))
    assert described.get("version", leyden.__version__) == leyden.__version__
    if name == "package.json":
        assert (EXTENSION / described["jupyterlab"]["_build"]["load"]).is_file()


def test_the_launcher_has_a_card_for_every_notebook_and_no_other():
    code = (EXTENSION / "extension.js").read_text(encoding="utf-8")
    assert set(re.findall(r'^ +\["([\w-]+\.ipynb)", "', code, re.MULTILINE)) == {
        path.name for path in notebooks().glob("*.ipynb")
    }


def test_the_launcher_is_laid_out_with_the_notebooks_it_offers(tmp_path):
    place = lay_out_extension(tmp_path)
    offered = {path.name for path in (place / "leyden" / "notebooks").iterdir()}
    assert offered == {path.name for path in notebooks().glob("*.ipynb")}
    assert (place / "leyden" / "extension.js").read_bytes() == (EXTENSION / "extension.js").read_bytes()
    assert "static" not in {part for path in place.rglob("*") for part in path.relative_to(place).parts}
