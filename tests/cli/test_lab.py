import json
import os
import signal
import subprocess
import sys
import threading

from leyden.cli.lab import copy_notebooks, notebooks


def test_the_workbench_is_found_and_is_a_notebook():
    assert json.loads((notebooks() / "workbench.ipynb").read_text(encoding="utf-8"))["nbformat"] == 4


def test_notebooks_that_are_there_already_stay_as_they_are(tmp_path):
    first = copy_notebooks(tmp_path / "mine")
    assert {path.name for path in first} == {path.name for path in notebooks().glob("*.ipynb")}
    (tmp_path / "mine" / "workbench.ipynb").write_text("my own work")
    assert copy_notebooks(tmp_path / "mine") == []
    assert (tmp_path / "mine" / "workbench.ipynb").read_text() == "my own work"


def test_the_notebooks_own_folder_is_left_alone():
    before = {path: path.read_bytes() for path in notebooks().glob("*.ipynb")}
    assert copy_notebooks(notebooks()) == []
    assert {path: path.read_bytes() for path in notebooks().glob("*.ipynb")} == before


def test_jupyterlab_starts_on_the_workbench_in_the_users_folder(tmp_path):
    command = [sys.executable, "-m", "leyden", "lab", str(tmp_path / "mine"), "--no-browser", "--allow-root"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    guard = threading.Timer(60, os.killpg, (running.pid, signal.SIGKILL))
    guard.start()
    try:
        assert running.stderr is not None
        assert any("/lab/tree/workbench.ipynb" in line for line in running.stderr)
    finally:
        guard.cancel()
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
    assert (tmp_path / "mine" / "workbench.ipynb").is_file()
