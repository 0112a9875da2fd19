"""What chance decided: a value that acts on every item of a sample alike."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar, final

from leyden.augment.fusing.acting import act, act_back, act_within
from leyden.augment.fusing.fusion import Fusion
from leyden.augment.fusing.plan import write_plan
from leyden.augment.fusing.scene import grid_of
from leyden.augment.fusing.step import Leaf, Step, fused
from leyden.augment.fusing.stored import checked_size, pack, read_json, unpack, write_json
from leyden.errors import DrawError
from leyden.items import Affine, Size
from leyden.items.grid import size_text

__all__ = ["Draw", "read_draws", "write_draws"]

_Sample = TypeVar("_Sample")
_Read = TypeVar("_Read")

_LIST = "leyden.draws"
"""The key under which a text holds several draws."""


@final
@dataclass(frozen=True, repr=False)
class Draw:
    """The steps drawn for a grid, fused: every image is interpolated once at most, on its new grid only.

    Spatial steps act first, then those on labels and on colours, each kind in its order. All spatial steps become one
    map of places, so nothing is lost between them: a corner that one step turns out of sight comes back if the next
    brings it back.

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
        object.__setattr__(self, "size", checked_size(self.size))
        object.__setattr__(self, "steps", tuple(self.steps))
        fusion = Fusion.of(self.size)
        for step in self.steps:
            if not isinstance(step, Step) or not isinstance(step.transform, Leaf):
                raise DrawError(f"a draw is made of steps, got {step!r}; give Step(transform, numbers), or use draw()")
            fusion = fused(fusion, step)
        object.__setattr__(self, "fusion", fusion)

    @staticmethod
    def fused(fusion: Fusion, steps: tuple[Step, ...]) -> "Draw":
        """Give the draw of steps that are fused already, as deciding leaves them; saves fusing them again.

        Args:
            fusion: what the steps come to, from the grid of the sample on.
            steps: what was drawn, in order.
        """
        draw = object.__new__(Draw)
        draw.__dict__.update(size=fusion.size, steps=steps, fusion=fusion)
        return draw

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
        return int(not self.fusion.move().is_exact)

    @property
    def spatial(self) -> "Draw":
        """The same draw without its colour steps, as wanted to bring predictions back with `invert`."""
        return Draw(self.size, tuple(step for step in self.steps if step.transform.kind in ("spatial", "border")))

    def __call__(self, sample: _Sample) -> _Sample:
        """Give the sample with every item moved and recoloured alike; what is not an item passes untouched.

        Args:
            sample: an item, or a tuple, list or dictionary of items (and anything else); a bare tensor is no item.

        Raises:
            DrawError: no item in it lives on a grid, or not all on the grid of this draw; or an image shows NaN before
                its colours change.
        """
        self._check(sample, self.size)
        return act(self.fusion, sample)

    def part(self, sample: _Sample, start: Size, size: Size) -> _Sample:
        """Give a window of what the draw would give, such as one slice of a volume, in little time.

        Only the window is computed. Places, labels and interpolated values are those of the whole (to 1e-5 of the
        range; labels but for places halfway between two, to 1e-4 pixels), and so are colour steps that look at one
        pixel and nothing else. A likeness only: steps about a mean or another statistic take it from about 64 x 64 x 64
        places spread over the whole; noise is another sample of the same kind; changes of labels that look at the whole
        (keep the largest) see the window. Exact, because all is computed and cut: new grids of at most 64 x 64 x 64
        places, and draws with a step that depends on places or neighbours (blur, holes, artefacts of a scanner).

        Args:
            sample: as for calling the draw.
            start: the first pixel of the window along each axis of the new grid.
            size: how many pixels it has along each axis; points and boxes count from its first pixel.

        Raises:
            DrawError: the sample does not fit the draw, or the window is not within the new grid.

        Examples:
            >>> import torch
            >>> from leyden.augment import Rotate
            >>> from leyden.items import Image
            >>> scan = Image(torch.rand(1, 12, 16, 16))
            >>> draw = Rotate(15).draw(torch.Generator().manual_seed(0), scan)
            >>> torch.equal(draw.part(scan, (5, 0, 0), (1, 16, 16)).data, draw(scan).data[:, 5:6])
            True
        """
        self._check(sample, self.size)
        return act_within(self.fusion, sample, start, size)

    def invert(self, sample: _Sample) -> _Sample:
        """Give a sample back on the grid it came from, colours and labels undone.

        Points come back to 1e-5 pixels (in double precision), images are interpolated once more; what the way there
        cut off comes back as 0.

        Args:
            sample: what this draw gave, or what a model made of it.

        Raises:
            DrawError: no item, items on another grid, or a colour step that has no inverse.
        """
        self._check(sample, self.new_size)
        return act_back(self.fusion, sample)

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
        return write_json(pack((self.size, self.steps)))

    @staticmethod
    def from_json(text: str) -> "Draw":
        """Read a draw; it acts bit for bit as the one that was written.

        Args:
            text: what `to_json` gave.

        Raises:
            DrawError: it is no such text, or a transform in it is not registered.
        """
        return _reading(text, lambda stored: Draw(*unpack(stored)))

    def __repr__(self) -> str:
        grids = size_text(self.size)
        if self.new_size != self.size:
            grids += f" -> {size_text(self.new_size)}"
        return f"Draw({grids}: {', '.join(map(repr, self.steps)) or 'nothing'})"


def write_draws(draws: Iterable[Draw]) -> str:
    """Write several draws, as of an epoch or a panel, in one JSON text.

    Args:
        draws: in order.

    Raises:
        DrawError: one of them cannot be written; see `Draw.to_json`.

    Examples:
        >>> import torch
        >>> from leyden.augment import Rotate
        >>> from leyden.items import Image
        >>> generator, image = torch.Generator().manual_seed(0), Image(torch.rand(1, 8, 8))
        >>> draws = [Rotate(15).draw(generator, image) for _ in range(3)]
        >>> read_draws(write_draws(draws)) == draws
        True
    """
    if isinstance(draws, Draw):
        raise DrawError("wants several draws, got one; use its to_json, or give [draw]")
    return write_json({_LIST: [pack((draw.size, draw.steps)) for draw in draws]})


def read_draws(text: str) -> list[Draw]:
    """Read several draws.

    Args:
        text: what `write_draws` gave.

    Raises:
        DrawError: it is no such text, or a transform in it is not registered.

    Examples:
        >>> from leyden.augment import Rotate
        >>> text = write_draws([Draw((8, 8), (Step(Rotate(15), (number,)),)) for number in (-7.5, 12.0)])
        >>> read_draws(text)
        [Draw(8 x 8: Rotate(15) at -7.5), Draw(8 x 8: Rotate(15) at 12)]
    """
    return _reading(text, lambda stored: [Draw(*unpack(each)) for each in stored[_LIST]])


def _reading(text: str, build: Callable[[Any], _Read]) -> _Read:
    """Build something from JSON; whatever is wrong with the text is one kind of error."""
    try:
        return build(read_json(text))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise DrawError(f"not a stored draw: {error!r} in {str(text)[:80]!r}; give what Draw.to_json wrote") from error
