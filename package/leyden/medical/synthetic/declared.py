"""The driver "phantom" of Data.toml: a folder of phantoms, made once and kept in the cache.

Examples:
    >>> import tempfile
    >>> import leyden as ly
    >>> folder = Path(tempfile.mkdtemp())
    >>> toml = '''
    ... [[datasets]]
    ... name = "small"
    ...
    ...     [datasets.storage]
    ...     driver = "phantom"
    ...     type = "path"
    ...     count = 1
    ...     size = 32
    ... '''
    >>> _ = (folder / "Data.toml").write_text(toml)
    >>> sorted(path.name for path in ly.data.catalog(folder)["small"].iterdir())
    ['dataset.json', 'imagesTr', 'labelsTr']
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from filelock import FileLock

from leyden import __version__
from leyden.assets import cache_folder
from leyden.data import driver
from leyden.errors import MedicalError
from leyden.medical.synthetic.growth import Kind
from leyden.medical.synthetic.head import Anatomy
from leyden.medical.synthetic.layouts import Layout
from leyden.medical.synthetic.writing import write_phantoms

__all__ = ["phantoms"]


@driver("phantom")
def phantoms(
    entry: object, *, count: int, size: int | list[int] = 64, seed: int = 0, layout: Layout = "msd",
    anatomy: Anatomy = "mni152", kind: Kind | None = None, thick: float = 0.0, tilt: float = 0.0,
    without: str | list[str] = "",
) -> Path:  # fmt: skip
    """The driver "phantom": synthetic tumours on a real template; made again for other options and other versions.

    Args:
        entry: what is declared.
        count: cases.
        size: as of `write_phantoms`, like all below.
        seed: of the first case.
        layout: `msd` or `brats`.
        anatomy: the template.
        kind: of tumour.
        thick: mm.
        tilt: degrees.
        without: a modality, or several.
    """
    del entry
    told = {
        "count": count, "size": size, "seed": seed, "layout": layout, "anatomy": anatomy, "kind": kind, "thick": thick,
        "tilt": tilt, "without": without,
    }  # fmt: skip
    return _kept(told, lambda goal: write_phantoms(
        goal, count, size=size if isinstance(size, int) else tuple(size), seed=seed, layout=layout, anatomy=anatomy,
        kind=kind, thick=thick, tilt=tilt, without=without or (),
    ))  # fmt: skip


def _kept(told: Mapping[str, object], make: Callable[[Path], object]) -> Path:
    """The folder of some options, made if it is not here yet; two processes that ask at once make it once."""
    key = hashlib.sha256(json.dumps([told, __version__]).encode()).hexdigest()[:32]
    folder = cache_folder() / "phantoms" / key
    goal, fresh = folder / "phantoms", folder / ".fresh"
    if goal.is_dir():
        return goal
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            if not goal.is_dir():
                shutil.rmtree(fresh, ignore_errors=True)  # left by a process that was killed
                make(fresh)
                fresh.rename(goal)
    except OSError as error:
        raise MedicalError(
            f"phantoms cannot be kept in {folder}: {error}; set LEYDEN_CACHE to a folder you may write to"
        ) from error
    return goal
