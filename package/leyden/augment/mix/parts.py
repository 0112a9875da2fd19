"""What several mixes do alike: shares of classes, points and boxes of several samples in one."""

from collections.abc import Sequence
from typing import TypeVar

import torch
from scipy import special
from torch import Tensor

from leyden.augment.chain.chance import uniform
from leyden.errors import DrawError
from leyden.items import Item, Keypoints, Label, Size
from leyden.items.boxes import Boxes
from leyden.items.grid import size_text
from leyden.items.heatmap import Heatmap
from leyden.items.label import SoftLabel
from leyden.items.polygon import Polygon

__all__ = [
    "alike_heats", "beta", "check_alike", "check_sizes", "join_boxes", "join_points", "join_polygons", "of_kind",
    "shared",
]  # fmt: skip

_Item = TypeVar("_Item", bound=Item)


def beta(generator: torch.Generator, alpha: float) -> float:
    """Draw a share of 0..1 from the beta distribution with both parameters alpha."""
    return float(special.betaincinv(alpha, alpha, uniform(generator)))


def of_kind(kind: type[_Item], items: tuple[Item, ...], mix: object) -> list[_Item]:
    """Give the items as what they are.

    Raises:
        DrawError: they are not all of this kind.
    """
    found = [item for item in items if isinstance(item, kind)]
    if len(found) < len(items):
        kinds = ", ".join(type(item).__name__ for item in items)
        raise DrawError(f"{mix!r}: {kinds} stand in one place of the samples; give the same kind in each")
    return found


def alike_heats(items: tuple[Item, ...], mix: object) -> list[Heatmap]:
    """Give the heat maps, if their channels are of the same things.

    Raises:
        DrawError: they are not, or not all items are heat maps.
    """
    heats = of_kind(Heatmap, items, mix)
    if len({(tuple(heat.labels), tuple(heat.pairs)) for heat in heats}) > 1:
        told = " and ".join(map(repr, heats))
        raise DrawError(f"{mix!r}: heat maps of other things, {told}; give all the same labels and pairs")
    return heats


def check_alike(tensors: Sequence[Tensor], mix: object) -> None:
    """Refuse images or masks of different types or numbers of channels.

    Raises:
        DrawError: they differ.
    """
    kinds = {f"{tensor.dtype} of {len(tensor)} channels": None for tensor in tensors}
    if len(kinds) > 1:
        raise DrawError(f"{mix!r}: cannot mix {' and '.join(kinds)}; bring the samples to one type and channels first")


def check_sizes(sizes: tuple[Size, ...], mix: object) -> None:
    """Refuse samples on different grids.

    Raises:
        DrawError: they differ.
    """
    if len(set(sizes)) > 1:
        raise DrawError(
            f"{mix!r} wants samples on one grid, got {' and '.join(map(size_text, sizes))}; Resize them first"
        )


def shared(items: tuple[Item, ...], weights: Sequence[float], classes: int) -> SoftLabel:
    """Give labels in shares.

    Args:
        items: labels, certain or soft.
        weights: the share of each, 1 together.
        classes: how many classes there are, for labels that do not name them.

    Raises:
        DrawError: they do not have the same classes.
    """
    soft = [SoftLabel.of(item, classes) if isinstance(item, Label) else item for item in items]
    shares = [item for item in soft if isinstance(item, SoftLabel)]
    if len({(len(label.data), label.classes) for label in shares}) > 1 or len(shares) < len(items):
        raise DrawError(f"labels of different classes cannot be mixed: {', '.join(map(repr, items))}")
    data = torch.stack([weight * label.data for weight, label in zip(weights, shares, strict=True)]).sum(0)
    return SoftLabel(data, shares[0].classes)


def join_points(parts: Sequence[Keypoints], rows: Sequence[tuple[int, ...]], size: Size) -> Keypoints:
    """Give the points of several samples as those of one.

    Args:
        parts: what is left of each sample's, in places of the new grid.
        rows: of each sample's before; those behind count on from those before.
        size: the new grid.
    """
    starts = _starts([len(part.data) for part in parts])
    pairs = tuple(
        (one + start, other + start) for part, start in zip(parts, starts, strict=False) for one, other in part.pairs
    )
    data = torch.cat([part.data for part in parts])
    return Keypoints(data, size, _names(parts), pairs, _numbered(parts, rows))


def join_boxes(parts: Sequence[Boxes], rows: Sequence[tuple[int, ...]], size: Size) -> Boxes:
    """Give the boxes of several samples as those of one; see `join_points`."""
    return Boxes(torch.cat([part.data for part in parts]), size, _names(parts), _numbered(parts, rows))


def join_polygons(parts: Sequence[Polygon], rows: Sequence[tuple[int, ...]], size: Size) -> Polygon:
    """Give the outlines of several samples as those of one; see `join_points`."""
    starts = _starts([len(part.rows) for part in parts])
    objects = tuple(number + start for part, start in zip(parts, starts, strict=False) for number in part.objects)
    rings = tuple(count for part in parts for count in part.rings)
    data = torch.cat([part.data for part in parts])
    return Polygon(data, size, rings, objects, _names(parts), _numbered(parts, rows))


def _starts(counts: Sequence[int]) -> list[int]:
    return [sum(counts[:place]) for place in range(len(counts))]


def _numbered(parts: Sequence[Keypoints | Boxes | Polygon], rows: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    starts = _starts([max(numbers, default=-1) + 1 for numbers in rows])
    return tuple(row + start for part, start in zip(parts, starts, strict=True) for row in part.rows)


def _names(parts: Sequence[Keypoints | Boxes | Polygon]) -> tuple:
    held = [part for part in parts if part.rows]
    if any(part.labels for part in held) and not all(part.labels for part in held):
        raise DrawError(f"{held[0]!r} and others of it: some with labels and some without; give all of them labels")
    return tuple(label for part in held for label in part.labels)
