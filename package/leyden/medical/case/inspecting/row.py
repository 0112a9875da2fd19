"""What was found of one case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

from leyden.items import Size

__all__ = ["CaseRow", "Fault", "by", "counted"]


@final
@dataclass(frozen=True)
class Fault:
    """Something wrong, or worth knowing before training.

    Args:
        case: its name; "dataset" of what concerns all.
        problem: what is wrong.
        advice: what to do.
    """

    case: str
    problem: str
    advice: str

    def __str__(self) -> str:
        return f"{self.case}: {self.problem}; {self.advice}" if self.advice else f"{self.case}: {self.problem}"


@final
@dataclass(frozen=True)
class CaseRow:
    """What was found of one case.

    Args:
        case: its name.
        subject: its patient.
        modalities: those of the ones wanted that could be read.
        size: voxels along z, y and x, of the first modality; None where nothing could be read.
        spacing: mm along z, y and x.
        orientation: where x, y and z point, such as "LPS"; "" where the file does not say.
        codes: of the segmentation, with their volumes in ml, without background; None where there is none.
        intensity: least and greatest value of each modality, without what is no number.
        faults: what is wrong.

    Examples:
        >>> size, spacing = (155, 240, 240), (1.0, 1.0, 1.0)
        >>> row = CaseRow("p1", "p1", ("t1",), size, spacing, "LPS", {1: 2.25, 4: 10.0}, {"t1": (0, 800)})
        >>> row.cells(("t1", "flair"))
        ('p1', '155 x 240 x 240', '1 x 1 x 1', 'LPS', '1: 2.2, 4: 10', '0..800', '-')
    """

    case: str
    subject: str
    modalities: tuple[str, ...] = ()
    size: Size | None = None
    spacing: tuple[float, ...] | None = None
    orientation: str = ""
    codes: Mapping[int, float] | None = None
    intensity: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def cells(self, modalities: tuple[str, ...]) -> tuple[str, ...]:
        """Give the row as text.

        Args:
            modalities: one cell each, with its range; "-" for one that could not be read.
        """
        if self.codes is None:
            codes = "-"
        else:
            codes = ", ".join(f"{code}: {_rounded(volume)}" for code, volume in self.codes.items()) or "empty"
        ranges = [self.intensity.get(name) for name in modalities]
        told = ("-" if ends is None else f"{ends[0]:.4g}..{ends[1]:.4g}" for ends in ranges)
        size, spacing = by(self.size) if self.size else "-", by(self.spacing) if self.spacing else "-"
        return (self.case, size, spacing, self.orientation or "-", codes, *told)


def _rounded(volume: float) -> str:
    """Two digits, written out."""
    return f"{float(f'{volume:.2g}'):,.10g}"


def by(lengths: tuple[float, ...]) -> str:
    """Write lengths along axes.

    Examples:
        >>> by((3.0, 0.9375, 0.9375))
        '3 x 0.9375 x 0.9375'
    """
    return " x ".join(f"{length:.4g}" for length in lengths)


def counted(number: int, what: str) -> str:
    """Write a number and what it counts.

    Examples:
        >>> counted(1, "case"), counted(1200, "voxel")
        ('1 case', '1,200 voxels')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"
