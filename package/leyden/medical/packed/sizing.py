"""How much room packed cases will take, told before any is written."""

from dataclasses import dataclass
from math import prod
from typing import NamedTuple, final

import nibabel

from leyden.data import Container
from leyden.errors import MedicalError
from leyden.medical.case import Cases
from leyden.medical.packed.place import shown_box
from leyden.medical.packed.writing import check_scan
from leyden.medical.scan import Scan

__all__ = ["PackedSize", "predict_size"]

_HEADER = 4096


@final
@dataclass(frozen=True)
class PackedSize:
    """How much room cases will take once packed.

    Args:
        cases: how many there are.
        bytes: expected for all of them.
        at_most: if none of them could be cut.
        sampled: the names of those that were looked at.
    """

    cases: int
    bytes: int
    at_most: int
    sampled: tuple[str, ...]

    @property
    def per_case(self) -> int:
        """Bytes, on average."""
        return round(self.bytes / max(1, self.cases))

    def __str__(self) -> str:
        told = f"{self.cases} case{'s' * (self.cases != 1)} in about {self.bytes / 1e6:,.1f} MB"
        return (
            f"{told}, {self.per_case / 1e6:,.1f} MB each (as {', '.join(self.sampled)} can be cut; "
            f"at most {self.at_most / 1e6:,.1f} MB)"
        )


def predict_size(cases: Container | Cases, *, samples: int = 2) -> PackedSize:
    """Tell how much room cases will take, before anything is written.

    A few cases, evenly spread, are read whole, to see which share of their grid the box of what they show takes. The
    grids of all others are read from the headers of their files, and their boxes taken to be the same share; of scans
    that come from no files, to have the same size.

    Args:
        cases: scans, to be packed.
        samples: how many to look at.

    Raises:
        MedicalError: there is no case, or one to look at is none.
    """
    if not len(cases) or samples < 1:
        raise MedicalError(f"predict_size looks at 1 case or more; given {len(cases)} cases, {samples} to look at")
    places = sorted({round(step * (len(cases) - 1) / max(1, samples - 1)) for step in range(min(samples, len(cases)))})
    looked_at = [_looked_at(cases[place]) for place in places]
    share = sum(scan.box / scan.grid for scan in looked_at) / len(places)
    voxel, usual = looked_at[0].voxel, max(scan.grid for scan in looked_at)
    grid = sum(scan.grid for scan in looked_at)
    size = sum(scan.box * scan.voxel for scan in looked_at)
    others = len(cases) - len(places)
    if isinstance(cases, Cases):
        unseen = sum(_grid(cases, place) or usual for place in range(len(cases)) if place not in places)
    else:
        unseen = usual * others
    headers = _HEADER * len(cases)
    return PackedSize(
        cases=len(cases),
        bytes=round(size + unseen * share * voxel) + headers,
        at_most=(grid + unseen) * voxel + headers,
        sampled=tuple(scan.name for scan in looked_at),
    )


class _Sampled(NamedTuple):
    """What was seen of a case: voxels of its box and of its grid, and bytes that one takes."""

    name: str
    box: int
    grid: int
    voxel: int


def _looked_at(scan: Scan) -> _Sampled:
    if scan.image.data.ndim != 4 or (scan.label is not None and scan.label.size != scan.image.size):
        check_scan(scan)  # says what is wrong
    voxel = 2 * len(scan.image.data) + (scan.label is not None)
    return _Sampled(scan.name, prod(shown_box(scan)[1]), prod(scan.image.size), voxel)


def _grid(cases: Cases, place: int) -> int | None:
    """Give the voxels of a case as the header of its first file has them; None where none can be read quickly."""
    try:
        shape = nibabel.load(cases.cases[place].images[0].path).shape  # pyright: ignore[reportAttributeAccessIssue]
    except Exception:  # whatever is wrong with it, reading the case will say
        return None
    return prod(int(count) for count in shape[:3])
