"""Where a run's results go, without losing those of the run before."""

import shutil
from pathlib import Path

from leyden.errors import DataError

__all__ = ["RESULTS", "fresh_folder"]

RESULTS = "metrics.json"
"""The file by which a folder of results is known."""


def fresh_folder(path: Path) -> Path | None:
    """Makes an empty folder for results; results that were there move aside to `<path>.previous`.

    Args:
        path: the folder; made with its parents.

    Returns:
        Where the earlier results now are, or None; results that had moved aside before are given up for them.

    Raises:
        DataError: it is a file; or the folder, or the place to move it to, holds something that is no result of an
            earlier run.
    """
    if path.is_file():
        raise DataError(f"{path} is a file; name a folder with --out")
    previous = path.with_name(path.name + ".previous")
    faults = [str(place) for place in (path, previous) if not _is_ours(place)]
    if faults:
        raise DataError(
            f"{' and '.join(faults)} is not empty and holds no {RESULTS} of an earlier run; nothing was touched: "
            "choose another folder with --out, or move it away"
        )
    moved = path.is_dir() and any(path.iterdir())
    if moved:
        if previous.exists():
            shutil.rmtree(previous)
        path.rename(previous)
    path.mkdir(parents=True, exist_ok=True)
    return previous if moved else None


def _is_ours(place: Path) -> bool:
    if not place.exists():
        return True
    return place.is_dir() and ((place / RESULTS).is_file() or not any(place.iterdir()))
