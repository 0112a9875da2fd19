"""What an asset is and where it may come from: plain, checked values.

An archive is named by its full file name, not by "whichever file fits this machine": the point is the same bytes
everywhere.
"""

import hashlib
import re
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from leyden.errors import AssetError

__all__ = ["Asset", "Debian", "Https", "Installed", "PackagedFile", "PyPI", "Source", "sha256_of"]

_NAME = re.compile(r"[a-z0-9]+(?:[-._][a-z0-9]+)*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class PyPI:
    """One file of one release of a Python project, from whatever package index pip is set up to use."""

    project: str
    version: str
    _: KW_ONLY
    file: str


@dataclass(frozen=True)
class Debian:
    """One binary package of the Debian release whose package lists apt has on this machine."""

    package: str
    version: str
    _: KW_ONLY
    file: str


@dataclass(frozen=True)
class Https:
    """A file at an address; plain http only on the loopback.

    A file of a model hub is one too: `https://huggingface.co/OWNER/NAME/resolve/COMMIT/FILE`.
    """

    address: str

    @property
    def file(self) -> str:
        """The last part of the address."""
        return PurePosixPath(unquote(urlsplit(self.address).path)).name


@dataclass(frozen=True)
class PackagedFile:
    """One file inside an installed Python package, with a SHA-256 and a licence of its own."""

    name: str
    package: str
    _: KW_ONLY
    path: str
    sha256: str
    licence: str
    about: str


@dataclass(frozen=True)
class Installed:
    """Files that other packages, already installed, carry anyway: nothing is downloaded."""

    files: tuple[PackagedFile, ...] = field(repr=False)
    distributions: tuple[str, ...]


Source: TypeAlias = PyPI | Debian | Https | Installed
"""Where an asset may come from."""


@dataclass(frozen=True)
class Asset:
    """A named file that is pinned by its SHA-256.

    Args:
        name: Lower-case letters and digits, joined by single `-`, `.` or `_`; it is also a folder in the cache.
        source: Where it comes from.
        sha256: 64 hexadecimal digits of the archive; see `leyden.assets.sha256_of`. Empty for `Installed`, whose files
            each have their own.
        megabytes: Size of the download in units of 10**6 bytes.
        licence: SPDX name where there is one, with the holder's words where it matters.
        about: One line for the table.

    Raises:
        AssetError: With everything that is wrong, at once.

    Examples:
        >>> source = Https("https://example.org/tiny.zip")
        >>> asset = Asset("tiny", source, sha256="0" * 64, megabytes=0.1, licence="CC0-1.0")
        >>> asset.file
        'tiny.zip'
    """

    name: str
    source: Source
    _: KW_ONLY
    sha256: str = ""
    megabytes: float
    licence: str
    about: str = ""

    def __post_init__(self) -> None:
        faults = [*_faults_of_asset(self), *_faults_of_source(self.source)]
        if faults:
            raise AssetError(f"asset {self.name!r} cannot be registered: {'; '.join(faults)}")

    @property
    def file(self) -> str:
        """File name of the archive, the one to look for in an air-gapped folder; empty for `Installed`."""
        return "" if isinstance(self.source, Installed) else self.source.file

    @property
    def bytes(self) -> int:
        """Size of the download in bytes, as far as `megabytes` tells."""
        return round(self.megabytes * 1e6)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits, in constant memory.

    Examples:
        >>> from tempfile import NamedTemporaryFile
        >>> with NamedTemporaryFile() as empty:
        ...     sha256_of(Path(empty.name))
        'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _faults_of_asset(asset: Asset) -> list[str]:
    faults = []
    if not _NAME.fullmatch(asset.name):
        faults.append("a name is lower-case letters and digits joined by single '-', '.' or '_', e.g. 'nuclei-dsb'")
    if isinstance(asset.source, Installed):
        if asset.sha256:
            faults.append("the files of Installed have a sha256 each, so that of the asset stays empty")
    elif not _DIGEST.fullmatch(asset.sha256):
        faults.append(f"sha256 is 64 lower-case hexadecimal digits (see sha256_of), not {asset.sha256!r}")
    if not asset.megabytes > 0:
        faults.append(f"megabytes is a positive number, not {asset.megabytes!r}")
    if not asset.licence.strip():
        faults.append("licence is empty; write 'unknown' only if you looked")
    return faults


def _faults_of_source(source: Source) -> list[str]:
    if isinstance(source, Installed):
        return _faults_of_packaged(source)
    faults = []
    if not _is_plain(source.file):
        faults.append(f"the source names a plain file, not {source.file!r}")
    if isinstance(source, Https):
        parts = urlsplit(source.address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            faults.append(f"the address begins with https://, unlike {source.address!r}")
    return faults


def _faults_of_packaged(source: Installed) -> list[str]:
    names = [one.name for one in source.files]
    faults = [f"Installed lists {name!r} twice" for name in sorted({name for name in names if names.count(name) > 1})]
    if not names:
        faults.append("Installed lists no files")
    for one in source.files:
        if not _DIGEST.fullmatch(one.sha256):
            faults.append(f"sha256 of {one.name!r} is 64 lower-case hexadecimal digits, not {one.sha256!r}")
        if not _is_plain(one.name):
            faults.append(f"{one.name!r} is not a plain file name")
        if PurePosixPath(one.path).is_absolute() or ".." in PurePosixPath(one.path).parts:
            faults.append(f"{one.path!r} leaves the package {one.package!r}")
    return faults


def _is_plain(file: str) -> bool:
    return PurePosixPath(file).name == file and file not in ("", "..") and "\\" not in file
