"""These tests need a browser; where there is no chromium they are not collected (see collect_ignore below)."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
collect_ignore = [] if CHROMIUM else ["test_workbench.py"]

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
TOKEN = "bench"
SMALL = {"train": 3, "held_out": 2, "epochs": 6, "size": 32, "sparsity": 0.6, "pretrained": False, "folder": "out"}


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    """A folder with the workbench in it, its parameters set to sizes that run in a browser test."""
    folder = tmp_path_factory.mktemp("desk")
    book = json.loads((NOTEBOOKS / "workbench.ipynb").read_text(encoding="utf-8"))
    for cell in book["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            cell["source"] = [f"{name} = {value!r}\n" for name, value in SMALL.items()]
    (folder / "workbench.ipynb").write_text(json.dumps(book), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def lab(desk, tmp_path_factory):
    """The address of a JupyterLab of its own on the desk, with settings of its own."""
    private = tmp_path_factory.mktemp("jupyter")
    quiet = private / "settings" / "@jupyterlab" / "apputils-extension"
    quiet.mkdir(parents=True)
    (quiet / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(private / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(private / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(private / "workspaces"),
        "OMP_NUM_THREADS": "1",
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={desk}",
        "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    with (private / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api/status?token={TOKEN}")
        yield f"{address}/lab/tree/workbench.ipynb?token={TOKEN}&reset"
    finally:
        server.terminate()
        server.wait(20)


def wait_for(address, *, seconds=40):
    """Until a server answers."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


@pytest.fixture(scope="session")
def chromium():
    """Where the browser is."""
    return CHROMIUM
