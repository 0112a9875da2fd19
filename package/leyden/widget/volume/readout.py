"""What is under the cross hair: the voxel, its place in mm, its values and what it is labelled."""

from dataclasses import dataclass

from leyden.items import Affine
from leyden.widget.volume.labels import Labels
from leyden.widget.volume.subject import Place, Subject

__all__ = ["Readout", "millimetres_of", "readout_of"]

_WAYS = ("RL", "AP", "SI")  # what a coordinate above and below 0 leads towards


@dataclass(frozen=True)
class Readout:
    """One voxel of a case.

    Args:
        voxel: (z, y, x), counted from 0.
        millimetres: towards right, anterior and superior; None where the image has no affine.
        values: of each modality, by name.
        truth: what it is labelled, as code and words; None where nobody has drawn labels.
        prediction: what it was predicted to be; None where there is no prediction.
    """

    voxel: Place
    millimetres: tuple[float, float, float] | None
    values: tuple[tuple[str, float], ...]
    truth: str | None = None
    prediction: str | None = None

    def rows(self) -> list[tuple[str, str]]:
        """What and how, for a table."""
        z, y, x = self.voxel
        rows = [("voxel", f"z {z}, y {y}, x {x}"), ("place", self._place())]
        rows += [(name, f"{value:.5g}") for name, value in self.values]
        return rows + [(name, told) for name in ("truth", "prediction") if (told := getattr(self, name)) is not None]

    def _place(self) -> str:
        if self.millimetres is None:
            return "not known: the image has no affine"
        ways = [f"{way[value < 0]} {abs(value):.1f}" for way, value in zip(_WAYS, self.millimetres, strict=True)]
        return f"{', '.join(ways)} mm"


def millimetres_of(affine: Affine, place: Place) -> tuple[float, float, float]:
    """Where the centre of a voxel is: mm towards right, anterior and superior.

    Examples:
        >>> thick = ((0.0, 0.0, 1.0, -7.0), (0.0, 1.0, 0.0, 0.0), (2.5, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
        >>> millimetres_of(thick, (2, 3, 4))
        (-3.0, 3.0, 5.0)
    """
    right, front, top = (sum(step * spot for step, spot in zip(row, (*place, 1), strict=True)) for row in affine[:3])
    return right, front, top


def readout_of(subject: Subject, place: Place) -> Readout:
    """Read one voxel of a case."""
    z, y, x = place
    values = subject.scan.image.data[:, z, y, x].tolist()
    return Readout(
        place,
        None if subject.affine is None else millimetres_of(subject.affine, place),
        tuple(zip(subject.modalities, map(float, values), strict=True)),
        None if subject.truth is None else _label(subject, subject.truth, place),
        None if subject.prediction is None else _label(subject, subject.prediction, place),
    )


def _label(subject: Subject, labels: Labels, place: Place) -> str:
    """The code in words, and the regions it is in."""
    z, y, x = place
    code = int(labels.codes[z, y, x])
    named = subject.parts.get(code, "") if code else "background"
    spot = labels.within(axis=0, place=z)
    names = labels.scheme.regions if labels.scheme is not None else ()
    regions = [name for name in names if bool(spot.member(name)[0, y, x])]
    return f"{named} ({code})" + (f", in {', '.join(regions)}" if regions else "")
