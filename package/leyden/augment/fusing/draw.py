"""What chance decided: a value that acts on every item of a sample alike."""

import json
from dataclasses import dataclass, field
from typing import Any, TypeVar, final

from torch import Tensor

from leyden.augment.fusing.fusion import Fusion
from leyden.augment.fusing.plan import write_plan
from leyden.augment.fusing.scene import grid_of
from leyden.augment.fusing.step import Leaf, Step, registered
from leyden.errors import DrawError
from leyden.items import Affine, Item, Size, map_items
from leyden.items.grid import is_exact, size_text

__all__ = ["Draw"]

_Sample = TypeVar("_Sample")

_VERSION = 1
"""Of the JSON; stored draws of another version are refused rather than misread."""


@final
@dataclass(frozen=True, repr=False)
class Draw:
    """The steps drawn for a grid, fused: every image is interpolated once at most, on its new grid only.

    Spatial steps act first, colour steps after them, each kind in its order. All spatial steps become one map of
    places, so nothing is lost between them: a corner that one step turns out of sight comes back if the next brings
    it back.

    Args:
        size: the grid of the samples it acts on.
        steps: what was drawn, in order.

    Raises:
        DrawError: a step does not fit the grid.

    Examples:
        >>> import torch
        >>> from leyden.augment import Flip, Rotate
        >>> from leyden.items import Image
        >>> image = Image(torch.rand(1, 8, 8))
        >>> draw = (Flip("x") | Rotate((90, 90))).draw(torch.Generator().manual_seed(0), image)
        >>> draw
        Draw(8 x 8: Flip('x'), Rotate((90, 90)) at 90)
        >>> draw == Draw.from_json(draw.to_json()), draw.invert(draw(image)) == image, draw.resamples
        (True, True, 0)
    """

    size: Size
    steps: tuple[Step, ...]
    fusion: Fusion = field(init=False, compare=False)

    def __post_init__(self) -> None:
        fusion = Fusion.of(self.size)
        for step in self.steps:
            fusion = step.transform.fuse(fusion, step.numbers)
        object.__setattr__(self, "fusion", fusion)

    @property
    def new_size(self) -> Size:
        """The grid of the samples it gives."""
        return self.fusion.new_size

    @property
    def matrix(self) -> Affine:
        """Where places go, in pixels and axis order; the centre of the first pixel is at 0."""
        return self.fusion.matrix

    @property
    def resamples(self) -> int:
        """How often each image is interpolated: once, or not at all where pixels can be copied."""
        return int(not is_exact(self.fusion.move().back))

    @property
    def spatial(self) -> "Draw":
        """The same draw without its colour steps, as wanted to bring predictions back with `invert`."""
        return Draw(self.size, tuple(step for step in self.steps if step.transform.kind in ("spatial", "border")))

    def __call__(self, sample: _Sample) -> _Sample:
        """Give the sample with every item moved and recoloured alike; what is not an item passes untouched.

        Args:
            sample: an item, or a tuple, list or dictionary of items (and anything else); a bare tensor is no item.

        Raises:
            DrawError: no item in it lives on a grid, or not all on the grid of this draw.
        """
        self._check(sample, self.size)
        move = self.fusion.move()

        def change(item: Item) -> Item:
            moved = item.warp(move)
            return moved.recolour(self._recolour) if self.fusion.colours else moved

        return map_items(change, sample)

    def invert(self, sample: _Sample) -> _Sample:
        """Give a sample back on the grid it came from, colours undone.

        Points come back to 1e-5 pixels (in double precision), images are interpolated once more; what the way there
        cut off comes back as 0.

        Args:
            sample: what this draw gave, or what a model made of it.

        Raises:
            DrawError: no item, items on another grid, or a colour step that has no inverse.
        """
        self._check(sample, self.new_size)
        move = self.fusion.move_back()

        def change(item: Item) -> Item:
            return (item.recolour(self._restore) if self.fusion.colours else item).warp(move)

        return map_items(change, sample)

    def _recolour(self, data: Tensor) -> Tensor:
        for colour in self.fusion.colours:
            data = colour.do(data)
        return data

    def _restore(self, data: Tensor) -> Tensor:
        for colour in reversed(self.fusion.colours):
            data = colour.undo(data)
        return data

    def _check(self, sample: object, size: Size) -> None:
        found = grid_of(sample)
        if found != size:
            raise DrawError(
                f"a draw for {size_text(size)} items, a sample of {size_text(found)}; draw again for this sample"
            )

    def plan(self) -> str:
        """Say what is done and what is fused, in the form of `Transform.plan`."""
        parts = [(repr(step), step.transform) for step in self.steps]
        return write_plan(parts, exact=not self.resamples)

    def to_json(self) -> str:
        """Write the draw, exactly.

        Raises:
            DrawError: a transform is not registered, or made of more than numbers, strings and tuples of them.
        """
        try:
            return json.dumps(
                {"leyden.draw": _VERSION, "size": self.size, "steps": [_write(step) for step in self.steps]},
                allow_nan=False,
            )
        except (TypeError, ValueError) as error:
            raise DrawError(f"{self!r} cannot be written as JSON: {error}; use plain numbers and strings") from error

    @staticmethod
    def from_json(text: str) -> "Draw":
        """Read a draw; it acts bit for bit as the one that was written.

        Args:
            text: what `to_json` gave.

        Raises:
            DrawError: it is no such text, or a transform in it is not registered.
        """
        try:
            stored = json.loads(text)
            if stored["leyden.draw"] != _VERSION:
                raise DrawError(f"a draw of version {stored['leyden.draw']}; this leyden reads version {_VERSION}")
            return Draw(tuple(stored["size"]), tuple(_read(step) for step in stored["steps"]))
        except (ValueError, KeyError, TypeError) as error:
            raise DrawError(f"not a stored draw: {error!r} in {text[:80]!r}; give what Draw.to_json wrote") from error

    def __repr__(self) -> str:
        grids = size_text(self.size)
        if self.new_size != self.size:
            grids += f" -> {size_text(self.new_size)}"
        return f"Draw({grids}: {', '.join(map(repr, self.steps)) or 'nothing'})"


def _write(step: Step) -> dict[str, Any]:
    name = type(step.transform).__name__
    if registered(name) is not type(step.transform):
        raise DrawError(f"another transform is registered as {name!r}; decorate this one with @leyden.augment.register")
    arguments, options = step.transform.arguments()
    return {"transform": name, "arguments": arguments, "options": options, "numbers": step.numbers}


def _read(stored: dict[str, Any]) -> Step:
    make: type[Leaf] = registered(stored["transform"])
    options = {name: _tuples(value) for name, value in stored["options"].items()}
    return Step(make(*_tuples(stored["arguments"]), **options), _tuples(stored["numbers"]))


def _tuples(value: Any) -> Any:
    """Give lists back as the tuples that they were."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
