"""The notebooks that come with leyden, copied to where the user works, and JupyterLab on them."""

import shutil
import subprocess
import sys
from pathlib import Path

from leyden.errors import DataError

__all__ = ["copy_notebooks", "notebooks", "open_lab"]

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
    """
    folder.mkdir(parents=True, exist_ok=True)
    fresh = [source for source in sorted(notebooks().glob("*.ipynb")) if not (folder / source.name).exists()]
    return [Path(shutil.copy(source, folder / source.name)) for source in fresh]


def open_lab(folder: Path, *, browser: bool = True, allow_root: bool = False) -> int:
    """Starts JupyterLab on the workbench in a folder and waits for it to end.

    Returns:
        JupyterLab's exit code.
    """
    copy_notebooks(folder)
    extra = ["--no-browser"] * (not browser) + ["--allow-root"] * allow_root
    place = [f"--ServerApp.root_dir={folder.resolve()}", f"--LabApp.default_url=/lab/tree/{_START}"]
    return subprocess.call([sys.executable, "-m", "jupyterlab", *place, *extra])
