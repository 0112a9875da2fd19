"""Labels of a volume: codes, and the regions that are made of them; truth against prediction."""

from dataclasses import dataclass
from typing import Any, TypeAlias, final

import torch
from jaxtyping import UInt8
from torch import Tensor

from leyden.errors import LeydenError
from leyden.items import Mask, Size
from leyden.medical import Scheme

__all__ = ["KINDS", "Labels", "Part", "compared", "labels_of", "named_parts"]

Part: TypeAlias = str | int
"""What of the labels is looked at: `codes` or `regions` for all of them, the name of a region, or one code."""

KINDS = ("true positive", "false negative", "false positive", "another label")
"""What a voxel is when a prediction is held against the truth, numbered from 1; 0 is background in both."""


@final
@dataclass(frozen=True, eq=False)
class Labels:
    """Codes of a volume, and the maps of regions where those were given.

    Args:
        codes: uint8.
        scheme: what codes mean; None leaves them numbers, and there are no regions.
        maps: which regions each voxel is in, where they were predicted one by one; None takes them from the codes.
    """

    codes: UInt8[Tensor, "z y x"]
    scheme: Scheme | None = None
    maps: UInt8[Tensor, "region z y x"] | None = None

    @property
    def size(self) -> Size:
        """Voxels along each axis."""
        return tuple(self.codes.shape)

    def within(self, *, axis: int, place: int) -> "Labels":
        """One slice of them, as a volume one voxel thick; nothing is copied."""
        maps = None if self.maps is None else self.maps.narrow(axis + 1, place, 1)
        return Labels(self.codes.narrow(axis, place, 1), self.scheme, maps)

    def member(self, part: Part) -> Tensor:
        """Where a region or a code is; for `codes` and `regions` where there is any label. Truth values, `z y x`."""
        if isinstance(part, int):
            return self.codes == part
        if part in ("codes", "regions") or self.scheme is None:
            return self.codes != 0
        names = list(self.scheme.regions)
        if self.maps is not None:
            return self.maps[names.index(part)] != 0
        wanted = torch.zeros(256, dtype=torch.bool)
        wanted[list(self.scheme.regions[part])] = True
        return torch.from_numpy(wanted.numpy()[self.codes.numpy()])  # numpy looks bytes up, torch wants 8 times as much


def compared(truth: Labels, prediction: Labels, part: Part) -> Tensor:
    """Hold a prediction against the truth: numbers as in `KINDS`, uint8 `z y x`.

    Args:
        truth: as drawn.
        prediction: of the same size.
        part: of `codes` and `regions` any label counts, and a voxel that both label, but not alike, is the fourth kind.

    Examples:
        >>> rows = torch.tensor([[1, 1, 0, 2], [1, 0, 2, 1]], dtype=torch.uint8)
        >>> drawn, found = (Labels(row.view(1, 1, 4)) for row in rows)
        >>> compared(drawn, found, "codes").flatten().tolist(), compared(drawn, found, 1).flatten().tolist()
        ([1, 2, 3, 4], [1, 2, 0, 3])
    """
    one, two = truth.member(part), prediction.member(part)
    kinds = (one & two).to(torch.uint8) + 2 * (one & ~two).to(torch.uint8) + 3 * (~one & two).to(torch.uint8)
    if part in ("codes", "regions"):
        kinds[(kinds == 1) & (truth.codes != prediction.codes)] = 4
    return kinds


def named_parts(scheme: Scheme | None, codes: tuple[int, ...]) -> dict[Part, str]:
    """What of labels can be looked at, and what it is called.

    Args:
        scheme: gives regions, and names to codes.
        codes: those that are there, background left out.

    Examples:
        >>> named_parts(None, (1, 7))
        {'codes': 'all labels', 1: 'label 1', 7: 'label 7'}
    """
    parts: dict[Part, str] = {"codes": "all labels"}
    if scheme is not None:
        parts |= {"regions": "all regions"} | {name: f"region {name}" for name in scheme.regions}
    return parts | {code: _named(scheme, code) for code in codes}


def labels_of(value: Any, size: Size, *, scheme: Scheme | None, what: str) -> tuple[Labels | None, list[str]]:
    """Make labels of what was given, or say everything that is wrong with it.

    Args:
        value: a Mask, codes `z y x` as a tensor of integers, or maps of regions `region z y x`, 0 and 1.
        size: of the image.
        scheme: what codes mean; regions need one.
        what: it is, for the faults: "the label", "the prediction".
    """
    data = value.data if isinstance(value, Mask) else value
    if not isinstance(data, Tensor):
        return None, [f"{what} is a {type(value).__name__}; give a Mask, codes z y x, or maps region z y x"]
    data = data.detach().cpu()
    if data.ndim not in (3, 4) or tuple(data.shape[-3:]) != size:
        shape = " x ".join(map(str, data.shape))
        return None, [f"{what} is {shape}, the image {' x '.join(map(str, size))}: bring it to the grid of the image"]
    if data.is_floating_point() and not bool(((data == 0) | (data == 1)).all()):
        return None, [f"{what} holds numbers between 0 and 1 or others: give codes, or regions as (probability > 0.5)"]
    return _maps(data, scheme, what) if data.ndim == 4 else _codes(data, scheme, what)


def _codes(data: Tensor, scheme: Scheme | None, what: str) -> tuple[Labels | None, list[str]]:
    low, high = (int(end) for end in data.aminmax()) if data.dtype != torch.bool else (0, 1)
    if low < 0 or high > 255:
        return None, [f"{what} holds codes from {low} to {high}: there is room for 0 to 255"]
    codes = data.to(torch.uint8)
    try:
        if scheme is not None:
            scheme.check(codes)
    except LeydenError as error:
        return None, [f"{what}: {error}"]
    return Labels(codes, scheme), []


def _maps(data: Tensor, scheme: Scheme | None, what: str) -> tuple[Labels | None, list[str]]:
    if scheme is None:
        return None, [f"{what} has {len(data)} maps of regions and nothing says which: give scheme="]
    maps = (data != 0).to(torch.uint8)
    try:
        return Labels(scheme.from_regions(maps).to(torch.uint8), scheme, maps), []
    except LeydenError as error:
        return None, [f"{what}: {error}"]


def _named(scheme: Scheme | None, code: int) -> str:
    return scheme.codes[code] if scheme is not None and code in scheme.codes else f"label {code}"
