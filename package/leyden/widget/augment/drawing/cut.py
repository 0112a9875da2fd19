"""What of a sample lies in one picture or one slice, in the places of the picture."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from leyden.augment import Draw, Resize, Step
from leyden.augment.fusing.line import Line
from leyden.items import Image, Item, Keypoints, Mask
from leyden.items.boxes import Boxes
from leyden.items.heatmap import Heatmap
from leyden.items.polygon import Polygon
from leyden.widget.augment.drawing.facing import Facing

__all__ = ["Cut", "Named", "channels_apart", "cut_of", "only", "place_on", "real_values", "shown_items"]

_LARGEST = 1024
"""Pixels; of larger pictures a smaller one is computed in the same resample, as no screen shows them whole."""

Named = tuple[Tensor, str]
"""Places `point (y x)` that belong together, and what they are called."""


@dataclass(frozen=True, eq=False)
class Cut:
    """One picture and what lies over it, all `y x` with the centre of the first pixel at 0.

    Args:
        image: `channel y x`; bytes stay bytes.
        aspect: height of a pixel over its width.
        masks: labels, 0 for what stays clear.
        heats: scores `channel y x`.
        points: one place each.
        boxes: the first and the last corner each.
        rings: closed outlines.
    """

    image: Tensor
    aspect: float = 1.0
    masks: tuple[Tensor, ...] = ()
    heats: tuple[Tensor, ...] = ()
    points: tuple[Named, ...] = ()
    boxes: tuple[Named, ...] = ()
    rings: tuple[Named, ...] = field(default=())


def shown_items(items: Sequence[Item]) -> tuple[Item, ...]:
    """The first image, and every mask, heat map, point, box and outline."""
    first = next(item for item in items if isinstance(item, Image))
    return (first, *(item for item in items if isinstance(item, Mask | Heatmap | Keypoints | Boxes | Polygon)))


def channels_apart(draw: Draw) -> bool:
    """Whether a draw does the same to every channel and looks at no other: one of them can be computed by itself.

    Examples:
        >>> from leyden.augment import Gamma, Rotate
        >>> scan = Image(torch.rand(4, 8, 8))
        >>> [channels_apart(move.draw(torch.Generator(), scan)) for move in (Rotate(9), Gamma(0.7, 1.5))]
        [True, False]
    """
    return all(
        isinstance(colour, Line) and all(len(row) <= 1 for row in (colour.scale, colour.pull, colour.offset))
        for colour in draw.fusion.colours
    )


def only(items: tuple[Item, ...], channel: int | None) -> tuple[Item, ...]:
    """The items with one channel of the image, which is the first of them; None keeps all."""
    image = items[0]
    if channel is None or not isinstance(image, Image):
        return items
    return (replace(image, data=image.data[channel : channel + 1]), *items[1:])


def place_on(place: int, old: int, new: int) -> int:
    """The slice of a grid of another length that lies where one lay.

    Examples:
        >>> place_on(5, 10, 20), place_on(9, 10, 5), place_on(3, 10, 10)
        (11, 4, 3)
    """
    return min(max(int((place + 0.5) * new / old), 0), new - 1)


def cut_of(items: tuple[Item, ...], draw: Draw, *, facing: Facing | None, place: int = 0) -> Cut:
    """Compute one slice of what a draw makes of items, or one picture, and no more of it.

    Args:
        items: as `shown_items` gives them.
        draw: what is done; without steps, nothing.
        facing: how slices lie on the screen; None of a picture.
        place: the slice, counted on the grid that the draw starts from.

    Raises:
        DrawError: the items do not fit the draw, or what is seen of the image holds NaN.
    """
    if facing is None:
        return _flat(_preview(draw)(items))
    axis = facing.axis
    size = draw.new_size
    start = tuple(place_on(place, draw.size[axis], size[axis]) if other == axis else 0 for other in range(3))
    window = tuple(1 if other == axis else count for other, count in enumerate(size))
    return _turned(_flat(draw.part(items, start, window), axis), facing)


def real_values(data: Tensor) -> Tensor:
    """Values as real numbers, bytes as 0 to 1."""
    return data.float() / 255 if data.dtype == torch.uint8 else data.float()


def _preview(draw: Draw) -> Draw:
    """A draw that ends on a grid that a screen can show."""
    longest = max(draw.new_size)
    if longest <= _LARGEST:
        return draw
    size = tuple(max(1, round(count * _LARGEST / longest)) for count in draw.new_size)
    return Draw(draw.size, (*draw.steps, Step(Resize(*size))))


def _flat(items: tuple[Item, ...], axis: int | None = None) -> Cut:
    """Pictures as they are; of a slab one voxel thick, the slice."""
    down, right = (1, 2) if axis is None else tuple(1 + other for other in range(3) if other != axis)
    keep = [down - 1, right - 1] if axis is not None else [0, 1]
    image = next(item for item in items if isinstance(item, Image))
    spacing = image.spacing
    masks = [_slice(item.data[None], axis)[0] for item in items if isinstance(item, Mask)]
    heats = [_slice(item.data, axis) for item in items if isinstance(item, Heatmap)]
    return Cut(
        _slice(image.data, axis),
        1.0 if spacing is None else spacing[keep[0]] / spacing[keep[1]],
        tuple(masks),
        tuple(heats),
        tuple(each for item in items if isinstance(item, Keypoints) for each in _points(item, axis, keep)),
        tuple(each for item in items if isinstance(item, Boxes) for each in _boxes(item, axis, keep)),
        tuple(each for item in items if isinstance(item, Polygon) for each in _rings(item, axis, keep)),
    )


def _slice(data: Tensor, axis: int | None) -> Tensor:
    return data if axis is None else data.select(axis + 1, 0)


def _points(item: Keypoints, axis: int | None, keep: list[int]) -> list[Named]:
    names = item.labels or ("",) * len(item.data)
    seen = [axis is None or abs(place[axis]) <= 0.5 for place in item.data.tolist()]
    return [(item.data[row, keep][None], names[row]) for row, is_seen in enumerate(seen) if is_seen]


def _boxes(item: Boxes, axis: int | None, keep: list[int]) -> list[Named]:
    found: list[Named] = []
    for row, (first, last) in enumerate(zip(item.first, item.last, strict=True)):
        if axis is None or first[axis] <= 0 <= last[axis]:
            corners = torch.stack([first[keep], last[keep]])
            found.append((corners, str(item.labels[row]) if item.labels else ""))
    return found


def _rings(item: Polygon, axis: int | None, keep: list[int]) -> list[Named]:
    found: list[Named] = []
    for ring, number in zip(item.split(), item.objects, strict=True):
        if axis is None or bool((ring[:, axis].abs() <= 0.5).all()):  # outlines are seen in their own slice only
            found.append((ring[:, keep], str(item.labels[number]) if item.labels else ""))
    return found


def _turned(seen: Cut, facing: Facing) -> Cut:
    """A slice as it lies on the screen."""
    high, wide = seen.image.shape[-2:]
    size = (wide, high) if facing.transposed else (high, wide)
    flips = [axis - 2 for axis, flip in enumerate(facing.flips) if flip]

    def pixels(data: Tensor) -> Tensor:
        data = data.transpose(-2, -1) if facing.transposed else data
        return data.flip(flips) if flips else data

    def places(named: Named) -> Named:
        data = named[0].flip(1) if facing.transposed else named[0]
        for axis, flip in enumerate(facing.flips):
            if flip:
                data = data.clone()
                data[:, axis] = size[axis] - 1 - data[:, axis]
        return data, named[1]

    return Cut(
        pixels(seen.image),
        1 / seen.aspect if facing.transposed else seen.aspect,
        tuple(map(pixels, seen.masks)),
        tuple(map(pixels, seen.heats)),
        tuple(map(places, seen.points)),
        tuple(map(places, seen.boxes)),
        tuple(map(places, seen.rings)),
    )
