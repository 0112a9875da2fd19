"""What augmentation does to a sample, tried out: turn a number and see the draws."""

import json
from typing import Any, final

import numpy as np
import torch
from torch import Tensor

from leyden.augment import Draw, Transform
from leyden.errors import PanelError
from leyden.items import Image, Keypoints, Mask, items_of
from leyden.widget.base.panel import Fact, Panel
from leyden.widget.base.picture import encode, mosaic, paint
from leyden.widget.knob import Knob, Setting, knobs, turned

__all__ = ["AugmentPanel"]


@final
class AugmentPanel(Panel):
    """Shows a transform at work on a sample: the sample as given, then as drawn, with a slider for every number.

    The transform given never changes: `move` is the edited one, a value to train with. Equal numbers and an equal seed
    give equal pictures.

    Args:
        move: any transform, or a chain of them.
        sample: an item of `leyden.items`, or a tuple, list or dictionary of items. The first image is shown, with the
            first mask and the first keypoints over it; of a volume, the middle slice.
        seed: where the draws start.
        count: draws shown, 1 to 24.
        overlay: whether mask and keypoints are drawn over the image.

    Raises:
        PanelError: no image among the items, or a count out of range.
        DrawError: the transform does not fit the sample.

    Examples:
        >>> from leyden.augment import Rotate, Zoom
        >>> panel = AugmentPanel(Rotate(15) | Zoom(0.9, 1.1), Image(torch.rand(3, 32, 32)))
        >>> panel.turn("Rotate.degrees", 30)
        >>> panel.move, len(panel.draws)
        (Rotate(30) | Zoom(0.9, 1.1), 9)
    """

    def __init__(self, move: Transform, sample: Any, *, seed: int = 0, count: int = 9, overlay: bool = True) -> None:
        super().__init__()
        images = [item for item in items_of(sample) if isinstance(item, Image)]
        if not images or not 1 <= count <= 24:
            raise PanelError(
                f"an augmentation panel shows an image 1 to 24 times; given {count} times, and {len(images)} images: "
                "wrap a bare tensor in leyden.items.Image"
            )
        self._sample = sample
        self._count = count
        self._move = move
        self._seed = seed
        self._overlay = overlay
        self._largest = max(images[0].size)
        low, high = float(images[0].data.min()), float(images[0].data.max())
        self._span = (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)
        self._draws = self._drawn()

    def __repr__(self) -> str:
        return f"AugmentPanel({self._move!r}, seed={self._seed})"

    @property
    def move(self) -> Transform:
        """The transform as it is set now."""
        return self._move

    @property
    def seed(self) -> int:
        """Where the draws start."""
        return self._seed

    @property
    def overlay(self) -> bool:
        """Whether mask and keypoints are drawn over the image."""
        return self._overlay

    @property
    def marked(self) -> bool:
        """Whether there is a mask or keypoints to draw over the image."""
        return any(isinstance(item, Mask | Keypoints) for item in items_of(self._sample))

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """Every number of the transform that can be turned."""
        return knobs(self._move, largest=self._largest)

    @property
    def draws(self) -> tuple[Draw, ...]:
        """What was drawn, in the order shown; each can be stored and replayed by itself."""
        return self._draws

    def turn(self, name: str, value: Setting) -> None:
        """Sets one number of the transform and draws again.

        Raises:
            PanelError: there is no number of that name.
            DrawError: the transform refuses the value, or no longer fits the sample; all stays as it was.
        """
        with self._lock:
            named = {knob.name: knob for knob in self.knobs}
            if name not in named:
                raise PanelError(f"no number named {name!r} in {self._move!r}; there is {', '.join(named) or 'none'}")
            move = turned(self._move, named[name], value)
            self._draws = self._drawn(move)
            self._move = move
        self.say("")

    def reseed(self, seed: int) -> None:
        """Draws from another seed."""
        with self._lock:
            self._draws = self._drawn(seed=seed)
            self._seed = seed
        self.say("")

    def redraw(self) -> None:
        """Draws from the next seed."""
        self.reseed(self._seed + 1)

    def show(self, *, overlay: bool) -> None:
        """Draws mask and keypoints over the image, or leaves them away."""
        self._overlay = overlay
        self.say("")

    def to_json(self) -> str:
        """The draws as one JSON list; `Draw.from_json` reads each of its entries."""
        return json.dumps([draw.to_json() for draw in self._draws])

    def facts(self) -> list[Fact]:
        """The transform, its plan, the seed."""
        plan = [(f"step {number}", line) for number, line in enumerate(self._move.plan().splitlines(), start=1)]
        return [("transform", repr(self._move)), *plan, ("seed", str(self._seed))]

    def pictures(self) -> list[tuple[str, bytes]]:
        """The sample as given, then as drawn, row by row."""
        return [(f"The sample as given, then as drawn: {self._move!r}", encode(mosaic(self.cells(), columns=5)))]

    def cells(self) -> list[np.ndarray]:
        """The sample as given, then as drawn: thumbnails of bytes "y x 3"."""
        with self._lock:
            draws, overlay = self._draws, self._overlay
        return [self._cell(shown, overlay) for shown in (self._sample, *(draw(self._sample) for draw in draws))]

    def _drawn(self, move: Transform | None = None, *, seed: int | None = None) -> tuple[Draw, ...]:
        generator = torch.Generator().manual_seed(self._seed if seed is None else seed)
        chosen = self._move if move is None else move
        return tuple(chosen.draw(generator, self._sample) for _ in range(self._count))

    def _cell(self, sample: Any, overlay: bool) -> np.ndarray:
        found = items_of(sample)
        image = next(item.data for item in found if isinstance(item, Image))
        mask = next((item.data for item in found if isinstance(item, Mask)), None) if overlay else None
        points = next((item.data for item in found if isinstance(item, Keypoints)), None) if overlay else None
        low, high = self._span
        flat, mask, points = _slice((image.float() - low) / max(high - low, 1e-12), mask, points)
        return paint(flat, mask=mask, points=points)


def _slice(image: Tensor, mask: Tensor | None, points: Tensor | None) -> tuple[Tensor, Tensor | None, Tensor | None]:
    """A picture of one or three channels: of a volume the middle slice, of other channels the first."""
    image = image if image.shape[0] in (1, 3) else image[:1]
    if image.ndim == 3:
        return image, mask, points
    middle = image.shape[1] // 2
    near = None if points is None else points[(points[:, 0] - middle).abs() <= 0.5, 1:]
    return image[:, middle], None if mask is None else mask[middle], near
