"""The notebooks that come with leyden, copied to where the user works, and JupyterLab on them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from leyden.errors import DataError

__all__ = ["copy_notebooks", "lay_out_extension", "notebooks", "open_lab"]

_START = "workbench.ipynb"


def notebooks() -> Path:
    """Folder of the notebooks that come with leyden: in the installed package, or beside it in a checkout.

    Raises:
        DataError: the installation lacks them.
    """
    package = Path(__file__).resolve().parent.parent
    places = (package / "notebooks", package.parent.parent / "notebooks")
    for place in places:
        if (place / _START).is_file():
            return place
    raise DataError(f"the notebooks are missing from this installation (looked in {places[0]}); install leyden again")


def copy_notebooks(folder: Path) -> list[Path]:
    """Copies the notebooks into a folder; a file that is there already stays as it is.

    Returns:
        What was copied; empty where everything was there, or where the folder is the notebooks' own.

    Raises:
        DataError: the folder is none, or nothing can be written there.
    """
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{folder} is a file; name the folder for the notebooks: leyden lab FOLDER")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = [source for source in sorted(notebooks().glob("*.ipynb")) if not (folder / source.name).exists()]
        return [_copied(source, folder / source.name) for source in fresh]
    except OSError as error:
        raise DataError(
            f"the notebooks cannot be copied into {folder}: {error.strerror}; name another folder: leyden lab FOLDER"
        ) from error


def lay_out_extension(folder: Path) -> Path:
    """Writes leyden's extension of JupyterLab into a folder, with the notebooks that its launcher offers.

    An installed leyden has brought it already. A checkout has not, or as it was when it was installed, so JupyterLab is
    told of this one by `--LabApp.extra_labextensions_path`.

    Returns:
        The folder, as JupyterLab takes it.
    """
    shutil.copytree(Path(__file__).with_name("labextension"), folder / "leyden")
    copy_notebooks(folder / "leyden" / "notebooks")
    return folder


def open_lab(folder: Path, *, browser: bool = True, allow_root: bool = False, port: int | None = None) -> int:
    """Starts JupyterLab on the workbench in a folder and waits for it to end.

    Args:
        folder: where the notebooks are, or are copied to.
        browser: whether to open one.
        allow_root: whether JupyterLab may run as root.
        port: the one to listen on; without it the first free one from 8888 on.

    Returns:
        JupyterLab's exit code.

    Raises:
        DataError: JupyterLab, the folder or the port cannot be used.
    """
    _check(port)
    copy_notebooks(folder)
    options = [f"--ServerApp.root_dir={folder.resolve()}", f"--LabApp.default_url=/lab/tree/{_START}"]
    options += ["--no-browser"] * (not browser) + ["--allow-root"] * allow_root
    options += [f"--port={port}", "--ServerApp.port_retries=0"] if port else []
    with TemporaryDirectory(prefix="leyden-lab-") as place:
        options.append(f"--LabApp.extra_labextensions_path={lay_out_extension(Path(place).resolve())}")
        return _waited([sys.executable, "-m", "jupyterlab", *options])


def _copied(source: Path, target: Path) -> Path:
    """Never over a file that another program put there a moment ago, and never half a notebook."""
    content = source.read_bytes()
    with target.open("xb") as copy:
        try:
            copy.write(content)
            copy.flush()
        except OSError:
            target.unlink()
            raise
    return target


def _check(port: int | None) -> None:
    """All that would keep JupyterLab from starting, at once."""
    faults = []
    if find_spec("jupyterlab") is None:
        faults.append("JupyterLab is not installed here; pip install jupyterlab")
    if port is not None:
        with socket.socket() as trial:
            if os.name == "posix":  # a port that was left a moment ago is free
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError as error:
                faults.append(f"port {port}: {error.strerror}; name another, or leave --port away to get a free one")
    if faults:
        raise DataError("; and ".join(faults))


def _waited(command: list[str]) -> int:
    """The exit code of a server that ends itself: Ctrl-C reaches it too, and a SIGTERM is handed on to it."""
    with subprocess.Popen(command) as server:
        before = signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        try:
            while True:
                try:
                    code = server.wait()
                    return code if code >= 0 else 128 - code  # killed by a signal: as shells have it
                except KeyboardInterrupt:
                    continue  # at a terminal JupyterLab now asks whether to stop
        finally:
            signal.signal(signal.SIGTERM, before)
