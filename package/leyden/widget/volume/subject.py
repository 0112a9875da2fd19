"""One case as a panel holds it: image, truth and prediction on one grid, checked before anything is drawn."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, final

import torch
from torch import Tensor

from leyden.errors import PanelError
from leyden.items import Affine, Image, Mask, Size
from leyden.items.world import gap
from leyden.medical import Scan, Scheme
from leyden.widget.volume.labels import Labels, Part, compared, labels_of, named_parts

__all__ = ["Place", "Subject", "Window", "subject_of"]

Window = tuple[float, float]
"""The values shown black and white."""

Place = tuple[int, int, int]
"""A voxel (z, y, x), counted from 0."""

_TAILS = (0.01, 0.99)
_SAMPLED = 200_000  # values that are enough to find them
_SLACK = 0.1  # of a voxel that labels may lie off the image: headers round their numbers


@final
class Subject:
    """The images of one case, and what is laid over them.

    Args:
        scan: checked already, see `subject_of`.
        scheme: what codes mean.
        truth: as drawn; None where nobody has.
        prediction: as computed; None where there is none.
    """

    def __init__(self, scan: Scan, *, scheme: Scheme | None, truth: Labels | None, prediction: Labels | None) -> None:
        self.scan = scan
        self.scheme = scheme
        self.truth = truth
        self.prediction = prediction
        self._windows: dict[tuple[str, str], Window] = {}
        self._tallies: dict[Part, tuple[int, ...]] = {}

    @property
    def size(self) -> Size:
        """Voxels along z, y and x."""
        return self.scan.image.size

    @property
    def modalities(self) -> tuple[str, ...]:
        """What the channels show."""
        return self.scan.modalities

    @property
    def affine(self) -> Affine | None:
        """Rows that take a place (z, y, x, 1) to mm towards right, anterior and superior."""
        return self.scan.image.affine

    @property
    def spacing(self) -> tuple[float, ...]:
        """Millimetres from voxel to voxel along each axis; 1 where the image says nothing."""
        return self.scan.image.spacing or (1.0, 1.0, 1.0)

    @cached_property
    def codes(self) -> tuple[int, ...]:
        """The codes that are there, in truth or prediction; background left out."""
        found = {
            code for one in (self.truth, self.prediction) if one is not None for code in one.codes.unique().tolist()
        }
        return tuple(sorted(found - {0}))

    @cached_property
    def parts(self) -> dict[Part, str]:
        """What of the labels can be looked at, and what it is called."""
        return named_parts(self.scheme, tuple(sorted({*self.codes, *(self.scheme.codes if self.scheme else ())})))

    @cached_property
    def broken(self) -> dict[str, int]:
        """Voxels of each modality that are not finite; none where all are."""
        counts = {}
        for name, values in zip(self.modalities, self.scan.image.data, strict=True):
            if values.is_floating_point() and not all(end.isfinite() for end in values.aminmax()):
                counts[name] = int((~values.isfinite()).sum())
        return counts

    def values(self, modality: str) -> Tensor:
        """One modality, `z y x`."""
        return self.scan.image.data[self.modalities.index(modality)]

    def span(self, modality: str) -> Window:
        """The least and the greatest finite value of a modality, a little apart where they are one."""
        return self._kept("full", modality, self._full)

    def tails(self, modality: str) -> Window:
        """The values between which 98 of 100 voxels lie, background of exactly 0 not counted; found from a sample."""
        return self._kept("percentile", modality, self._percentile)

    def tally(self, part: Part) -> tuple[int, ...]:
        """Voxels of each kind in `KINDS`, prediction against truth; zeros where one of them is missing."""
        if part not in self._tallies:
            counts = torch.zeros(5, dtype=torch.long)
            if self.truth is not None and self.prediction is not None:
                counts = torch.bincount(compared(self.truth, self.prediction, part).flatten(), minlength=5)
            self._tallies[part] = tuple(counts[1:].tolist())
        return self._tallies[part]

    def dice(self, part: Part) -> float | None:
        """Overlap of prediction and truth, 0 to 1; 1 where both are empty, None where one of them is not there."""
        if self.truth is None or self.prediction is None:
            return None
        both, missed, added, other = self.tally(part)
        whole = 2 * (both + other) + missed + added  # a voxel labelled otherwise is in both sets
        return 1.0 if not whole else 2 * both / whole

    def _kept(self, preset: str, modality: str, find: Callable[[Tensor], Window]) -> Window:
        key = (preset, modality)
        if key not in self._windows:
            self._windows[key] = find(self.values(modality))
        return self._windows[key]

    def _full(self, values: Tensor) -> Window:
        low, high = (float(end) for end in values.aminmax())
        if not (low - low == 0 and high - high == 0):  # NaN or infinite
            low, high = (float(end) for end in values[values.isfinite()].aminmax())
        return (low, high) if high > low else (low, low + max(1.0, 1e-6 * abs(low)))  # 1 more is lost on 1e16

    def _percentile(self, values: Tensor) -> Window:
        row = values.flatten()
        row = row[:: max(1, len(row) // _SAMPLED)].float()
        row = row[row.isfinite()]
        inside = row[row != 0]
        row = inside if len(inside) else row
        if not len(row):
            return self._full(values)
        low, high = row.quantile(torch.tensor(_TAILS)).tolist()
        return (low, high) if high > low else self._full(values)


def subject_of(sample: Any, prediction: Any = None, *, scheme: Scheme | None = None) -> Subject:
    """Check a case and take it in.

    Args:
        sample: a Scan; or an Image by itself, whose channels get numbers for names.
        prediction: a Mask, codes, maps of regions, or None.
        scheme: what codes mean.

    Raises:
        PanelError: it cannot be shown; every reason is told.
    """
    scan = _scan_of(sample)
    faults = _image_faults(scan)
    truth = found = None
    if len(scan.image.size) == 3:
        for what, value in (("the label", scan.label), ("the prediction", prediction)):
            if value is not None:
                made, more = labels_of(value, scan.image.size, scheme=scheme, what=what)
                faults += more or _off(value, scan.image, what)
                truth, found = (made, found) if what == "the label" else (truth, made)
    if faults:
        raise PanelError(f"{scan.name or 'the scan'} cannot be shown: {'; '.join(faults)}")
    return Subject(scan, scheme=scheme, truth=truth, prediction=found)


def _scan_of(sample: Any) -> Scan:
    if isinstance(sample, Scan):
        return sample
    if isinstance(sample, Image):
        return Scan(sample, None, tuple(f"channel {number}" for number in range(len(sample.data))))
    raise PanelError(
        f"a volume panel shows a leyden.medical.Scan, given a {type(sample).__name__}: make one with "
        'Scan(Image(data, affine=...), Mask(codes), ("t1", ...), "name")'
    )


def _image_faults(scan: Scan) -> list[str]:
    image, names = scan.image, scan.modalities
    faults = []
    if len(image.size) != 3:
        faults.append(
            f"its image is {' x '.join(map(str, image.data.shape))}, a picture and no volume: give modality z y x, or "
            "show pictures with DataPanel"
        )
    if len(names) != len(image.data):
        faults.append(f"it has {len(image.data)} channels and names {len(names)} modalities ({', '.join(names)})")
    faults += [f"two of its modalities are called {name!r}" for name in _twice(names)]
    for number, values in enumerate(image.data):
        if values.is_floating_point() and not bool(values.isfinite().any()):
            name = names[number] if number < len(names) else f"channel {number}"
            faults.append(f"{name} holds no finite value at all, NaN or infinite throughout")
    return faults


def _off(value: Any, image: Image, what: str) -> list[str]:
    """How far labels lie off the image they are of, where both say where they lie."""
    if not isinstance(value, Mask) or value.affine is None or image.affine is None or image.spacing is None:
        return []
    apart = gap(image.size, value.affine, image.affine)
    if apart <= _SLACK * min(image.spacing):
        return []
    return [f"{what} lies up to {apart:.3g} mm off the image: bring it to the grid of the image"]


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if list(names).count(name) > 1})
