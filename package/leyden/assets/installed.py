"""Files that other installed packages carry: found without importing those packages, checked one by one."""

import hashlib
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

from leyden.assets.source import Asset, Installed, PackagedFile, sha256_of
from leyden.errors import HashMismatch, ToolMissing, UnknownMember

__all__ = ["carried_in", "gather", "read_packaged"]


def read_packaged(asset: Asset, member: str) -> bytes:
    """Read one file of an `Installed` asset where it lies.

    Raises:
        UnknownMember: The asset has no such file.
        ToolMissing: The package that carries it is not installed.
        HashMismatch: The installed package carries a different file under that name.
    """
    files = _files(asset)
    if member not in files:
        raise UnknownMember(f"{asset.name!r} has no {member!r}; it has {', '.join(sorted(files))}")
    return _checked(files[member], asset)


def gather(asset: Asset, folder: Path) -> Path:
    """Copy all files of an `Installed` asset into one folder below `folder`, unless they are there already.

    The packages keep them in several folders, among other things; here they stand alone, under their own names.

    Args:
        asset: Whose source is `Installed`.
        folder: Of this asset alone; one process at a time may work here.

    Returns:
        The folder, named after the hashes of its files, so that another choice of files gets another one.

    Raises:
        ToolMissing: A package that carries some is not installed.
        HashMismatch: An installed package carries a different file.
        OSError: The folder cannot be written.
    """
    files = _files(asset)
    digest = hashlib.sha256("".join(f"{files[name].sha256} {name}\n" for name in sorted(files)).encode()).hexdigest()
    target = folder / f"files-{digest[:12]}"
    if target.is_dir():
        for name, one in files.items():
            if not (target / name).is_file() or sha256_of(target / name) != one.sha256:
                _place(_checked(one, asset), target / name, folder)
        return target
    stage = Path(mkdtemp(dir=folder, prefix=".stage-"))
    for name, one in files.items():
        (stage / name).write_bytes(_checked(one, asset))
    stage.chmod(0o755)  # mkdtemp makes it private; a cache may be shared
    return stage.replace(target)


def carried_in(asset: Asset) -> Path | None:
    """Return the folder of the first file of an `Installed` asset, or None unless all are there, whatever they hold."""
    paths = [_path(one) for one in _files(asset).values()]
    return paths[0].parent if paths[0] and all(paths) else None


def _place(data: bytes, path: Path, folder: Path) -> None:
    stage = Path(mkdtemp(dir=folder, prefix=".stage-")) / path.name
    stage.write_bytes(data)
    stage.replace(path)


def _files(asset: Asset) -> dict[str, PackagedFile]:
    assert isinstance(asset.source, Installed)  # callers looked
    return {one.name: one for one in asset.source.files}


def _path(one: PackagedFile) -> Path | None:
    spec = find_spec(one.package)  # of a package at the top: this looks for it without importing it
    places = (spec.submodule_search_locations or []) if spec else []
    return next((path for path in (Path(place) / one.path for place in places) if path.is_file()), None)


def _checked(one: PackagedFile, asset: Asset) -> bytes:
    assert isinstance(asset.source, Installed)
    found = _path(one)
    install = f"`pip install {' '.join(asset.source.distributions)}`"
    if found is None:
        raise ToolMissing(
            f"{one.name!r} of asset {asset.name!r} comes with the package {one.package}, "
            f"which is not installed, or not with that file; {install}"
        )
    data = found.read_bytes()
    got = hashlib.sha256(data).hexdigest()
    if got != one.sha256:
        raise HashMismatch(
            f"{found} is not the {one.name!r} of asset {asset.name!r}: its SHA-256 is {got}, "
            f"pinned is {one.sha256}; install the releases it was pinned from: {install}"
        )
    return data
