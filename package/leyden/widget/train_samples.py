"""What a training panel shows samples of: pictures and their classes, or the worst cases and their regions."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, final

import torch
from torch import Tensor

from leyden.errors import PanelError
from leyden.train import Classifier, Segmenter, Task, predict
from leyden.train.glimpse import Glimpse
from leyden.train.overlap import RegionDice
from leyden.widget.base.panel import Fact
from leyden.widget.train_state import Samples, some, stretched

__all__ = ["ClassSampler", "RegionSampler", "Sampler", "sampler_of"]

_TINTS = torch.tensor([[0.90, 0.62, 0.0], [0.0, 0.62, 0.45], [0.84, 0.37, 0.0], [0.34, 0.71, 0.91]])
_STRENGTH = 0.55


class Sampler(ABC):
    """Looks at a task after each epoch, on the thread that trains it, and gives samples to show."""

    @abstractmethod
    def begin(self, validation: Iterable[Any] | None) -> None:
        """Forgets what an earlier run showed."""

    @abstractmethod
    def look(self, task: Task) -> None:
        """Sees how the task does; the task goes on as if nobody had looked."""

    @property
    @abstractmethod
    def samples(self) -> Samples | None:
        """What there is to show; None before there is anything."""

    @property
    def facts(self) -> list[Fact]:
        """Rows for the panel's table."""
        return []


@final
class ClassSampler(Sampler):
    """A few pictures of one batch, their classes, and what the network takes them for.

    Args:
        classes: names.
        examples: one (images, labels) batch; None takes the first batch of the validation.
        show: turns one image into values in [0, 1], "3 y x".

    Raises:
        PanelError: examples that are not an (images, labels) batch.
    """

    def __init__(self, classes: list[str], examples: Any, show: Callable[[Tensor], Tensor]) -> None:
        self._classes = classes
        self._examples = None if examples is None else some(examples)
        self._show = show
        self._chosen: tuple[Tensor, Tensor] | None = None

    def begin(self, validation: Iterable[Any] | None) -> None:
        """Takes examples from the validation where none were given, and where pictures can be made of it."""
        self._chosen = None
        if self._examples is None and validation is not None:
            with suppress(PanelError):  # a run does not fail for want of something to show
                self._examples = some(next(iter(validation)))

    def look(self, task: Task) -> None:
        """Predicts the examples."""
        if self._examples is not None and isinstance(task, Classifier):
            seen = predict(task, [self._examples])
            self._chosen = (seen.chosen, seen.logits.softmax(1).max(1).values)

    @property
    def samples(self) -> Samples | None:
        """The pictures, with predictions since the last epoch."""
        if self._examples is None:
            return None
        images, labels = self._examples
        pictures = torch.stack([self._show(image).float().clamp(0, 1) for image in images])
        truth = tuple(self._name(int(label)) for label in labels)
        if self._chosen is None:
            return Samples(pictures, truth)
        indices, sure = self._chosen
        return Samples(pictures, truth, tuple(self._name(int(index)) for index in indices), tuple(sure.tolist()))

    def _name(self, label: int) -> str:
        """What a class is called; the run tells what is wrong with a label that is none."""
        return self._classes[label] if 0 <= label < len(self._classes) else f"label {label}"


@final
class RegionSampler(Sampler):
    """The worst samples of the last validation, the lowest mean Dice first: one slice each, truth beside prediction.

    Args:
        show: turns the modalities of one slice, "modality y x", into values in [0, 1], "3 y x".
    """

    def __init__(self, show: Callable[[Tensor], Tensor]) -> None:
        self._show = show
        self._seen: RegionDice | None = None

    def begin(self, validation: Iterable[Any] | None) -> None:
        """Forgets the validation of an earlier run."""
        self._seen = None

    def look(self, task: Task) -> None:
        """Takes over what the task saw in its last validation."""
        self._seen = task.seen if isinstance(task, Segmenter) else None

    @property
    def samples(self) -> Samples | None:
        """Pictures twice as wide as a slice: regions as they are, then as predicted; the smallest region on top."""
        seen = self._seen
        if seen is None or not seen.glimpses:
            return None
        pictures = [self._drawn(one) for one in seen.glimpses]
        largest = [max(picture.shape[axis] for picture in pictures) for axis in (1, 2)]
        padded = [
            torch.nn.functional.pad(p, (0, largest[1] - p.shape[2], 0, largest[0] - p.shape[1])) for p in pictures
        ]
        words = tuple(seen.tell(one.index) for one in seen.glimpses)
        return Samples(torch.stack(padded), words, title=f"worst of {len(seen.values)}: truth, then prediction")

    @property
    def facts(self) -> list[Fact]:
        """The three worst samples."""
        return [] if self._seen is None else [("worst", self._seen.tell(index)) for index in self._seen.worst(3)]

    def _drawn(self, one: Glimpse) -> Tensor:
        ground = self._show(one.image).float().clamp(0, 1)
        if ground.shape[0] != 3 or ground.shape[1:] != one.truth.shape[1:]:
            raise PanelError(
                f"show must give '3 y x' of the slice's size {tuple(one.truth.shape[1:])}, gave {tuple(ground.shape)}"
            )
        return torch.cat([_painted(ground, one.truth), _painted(ground, one.predicted)], 2)


def sampler_of(task: Task, examples: Any, show: Callable[[Tensor], Tensor] | None) -> Sampler:
    """The sampler for a kind of task.

    Raises:
        PanelError: examples for a task that shows its worst cases, or examples that are no batch.
    """
    if isinstance(task, Segmenter):
        if examples is not None:
            raise PanelError("a Segmenter's panel shows the worst cases of its validation: examples must be left out")
        return RegionSampler(show or _last_channel)
    classes = task.classes if isinstance(task, Classifier) else []
    return ClassSampler(classes, examples, show or stretched)


def _last_channel(image: Tensor) -> Tensor:
    return stretched(image[-1:]).expand(3, -1, -1)


def _painted(ground: Tensor, regions: Tensor) -> Tensor:
    """Regions over a picture, the largest first, so that those inside it stay visible."""
    painted = ground.clone()
    for place in regions.flatten(1).sum(1).argsort(descending=True, stable=True).tolist():
        tint = _TINTS[place % len(_TINTS)][:, None]
        inside = regions[place]
        painted[:, inside] = (1 - _STRENGTH) * ground[:, inside] + _STRENGTH * tint
    return painted
