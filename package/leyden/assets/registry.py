"""The register of assets: what can be asked for by name."""

import difflib

from leyden.assets.catalogue import CATALOGUE
from leyden.assets.source import Asset
from leyden.errors import AssetError, UnknownAsset

__all__ = ["find", "names", "register"]

_assets: dict[str, Asset] = {asset.name: asset for asset in CATALOGUE}


def names() -> list[str]:
    """Return the names of all assets, sorted.

    Examples:
        >>> "photos" in names()
        True
    """
    return sorted(_assets)


def find(name: str) -> Asset:
    """Return the asset of that name, without fetching it.

    Raises:
        UnknownAsset: With the closest names.

    Examples:
        >>> find("movie-snippets").licence
        'MIT'
        >>> find("movie-snippet")
        Traceback (most recent call last):
        leyden.errors.UnknownAsset: no asset named 'movie-snippet'; closest: movie-snippets; see leyden.assets.names()
    """
    if name not in _assets:
        near = difflib.get_close_matches(name.lower().replace("_", "-"), names(), n=3, cutoff=0.5)
        closest = f"closest: {', '.join(near)}" if near else f"there are {', '.join(names())}"
        raise UnknownAsset(f"no asset named {name!r}; {closest}; see leyden.assets.names()")
    return _assets[name]


def register(asset: Asset) -> None:
    """Add an asset for the life of this process, to be fetched and read like those leyden ships.

    Raises:
        AssetError: The name is taken, be it by an equal asset.

    Examples:
        >>> from leyden.assets import Asset, Https
        >>> source = Https("https://example.org/scans.zip")
        >>> register(Asset("our-scans", source, sha256="0" * 64, megabytes=3.5, licence="CC-BY-4.0", about="ours"))
        >>> find("our-scans").file
        'scans.zip'
    """
    if asset.name in _assets:
        raise AssetError(
            f"an asset named {asset.name!r} is registered already, from {_assets[asset.name].source}; "
            "choose another name"
        )
    _assets[asset.name] = asset
