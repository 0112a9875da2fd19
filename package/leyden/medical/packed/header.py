"""What a packed file says of itself before its voxels begin."""

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Any, final

from leyden.errors import MedicalError
from leyden.items import Affine, Size
from leyden.medical.labelling import Scheme
from leyden.medical.packed.coding import Coding
from leyden.medical.packed.moments import Moments

__all__ = ["Channel", "Header", "Source", "read_header"]

_SIGN = b"leyden packed 2\n"
_PAGE = 4096
"""Bytes; voxels begin on a page of memory."""

_LONGEST = 1 << 20
"""Bytes of a header; more is no header."""


@final
@dataclass(frozen=True)
class Channel:
    """One channel of a packed case.

    Args:
        modality: what it shows.
        coding: how its codes are read.
        moments: of what is not 0 in it, before it was coded.
    """

    modality: str
    coding: Coding
    moments: Moments


@final
@dataclass(frozen=True)
class Source:
    """A file that a case was made of, as it was then.

    Args:
        path: of the file.
        size: in bytes.
        changed: when it was last written to, in nanoseconds, as the file system says.
        frames: which volumes of it were taken, in the order of the channels; None is the only one. Empty of labels.
    """

    path: str
    size: int
    changed: int
    frames: tuple[int | None, ...] = ()

    @staticmethod
    def of(path: str | Path, frames: tuple[int | None, ...] = ()) -> "Source":
        """Give a file as it is now; of size -1 if it is not there."""
        try:
            status = Path(path).stat()
        except OSError:
            return Source(str(path), -1, 0, frames)
        return Source(str(path), status.st_size, status.st_mtime_ns, frames)


@final
@dataclass(frozen=True)
class Header:
    """What a packed file holds: 16-bit codes, `channel z y x`, then labels in bytes, `z y x`; both of the crop alone.

    Args:
        name: of the case.
        size: of the crop.
        start: its first voxel on the full grid.
        full: the full grid.
        affine: of the crop, in axis order, or None.
        spacing: in mm, or None.
        channels: in order.
        labelled: whether there are labels.
        checksum: CRC-32 of all voxels.
        subject: whose case it is.
        scheme: what the labels mean, where that is known.
        sources: the files it was made of, if any.
    """

    name: str
    size: Size
    start: Size
    full: Size
    affine: Affine | None
    spacing: tuple[float, ...] | None
    channels: tuple[Channel, ...]
    labelled: bool
    checksum: int
    subject: str = ""
    scheme: Scheme | None = None
    sources: tuple[Source, ...] = ()

    @cached_property
    def encoded(self) -> bytes:
        """The header as it stands in the file, up to the page on which the voxels begin."""
        text = json.dumps(asdict(self) | {"scheme": self.scheme and _told(self.scheme)}).encode()
        head = _SIGN + len(text).to_bytes(8, "little") + text
        return head.ljust(-(-len(head) // _PAGE) * _PAGE, b"\0")

    @property
    def bytes(self) -> int:
        """Of the whole file."""
        return len(self.encoded) + prod(self.size) * (2 * len(self.channels) + self.labelled)


def read_header(path: Path) -> Header:
    """Read the header of a packed file, and compare the length of the file with what it says.

    Raises:
        MedicalError: no such file, none that `pack` wrote, of another version, or not whole.
    """
    try:
        with path.open("rb") as file:
            sign, length = file.read(len(_SIGN)), int.from_bytes(file.read(8), "little")
            text = file.read(length) if sign == _SIGN and length <= _LONGEST else b""
        if not text:
            raise MedicalError(f"{path} {_strange(sign)}; delete it and pack its case again")
        header = _decoded(json.loads(text))
        found = path.stat().st_size
    except OSError as error:
        raise MedicalError(f"{path} cannot be read: {error.strerror}; pack its case again") from error
    except (ValueError, KeyError, TypeError) as error:
        raise MedicalError(f"{path} has a damaged header ({error!r}); delete it and pack its case again") from error
    if found != header.bytes:
        raise MedicalError(
            f"{path} is not whole: {found:,} bytes of {header.bytes:,}; delete it and pack its case again"
        )
    return header


def _strange(sign: bytes) -> str:
    if sign == _SIGN:
        return "has a damaged header"
    if sign.startswith(_SIGN[:14]):
        return f"was packed by another version of leyden ({sign.strip().decode('ascii', 'replace')})"
    return "is no packed case"


def _decoded(held: dict[str, Any]) -> Header:
    channels = tuple(
        Channel(each["modality"], Coding(**each["coding"]), Moments(**each["moments"])) for each in held["channels"]
    )
    return Header(
        name=held["name"],
        size=tuple(held["size"]),
        start=tuple(held["start"]),
        full=tuple(held["full"]),
        affine=None if held["affine"] is None else tuple(map(tuple, held["affine"])),
        spacing=None if held["spacing"] is None else tuple(held["spacing"]),
        channels=channels,
        labelled=held["labelled"],
        checksum=held["checksum"],
        subject=held["subject"],
        scheme=held["scheme"] and _scheme(**held["scheme"]),
        sources=tuple(Source(**{**each, "frames": tuple(each["frames"])}) for each in held["sources"]),
    )


def _told(scheme: Scheme) -> dict[str, Any]:
    codes, regions = list(scheme.codes.items()), list(scheme.regions.items())
    return {"name": scheme.name, "codes": codes, "regions": regions, "source": scheme.source}


def _scheme(name: str, codes: list[Any], regions: list[Any], source: str) -> Scheme:
    return Scheme(name, dict(codes), {region: tuple(held) for region, held in regions}, source)
