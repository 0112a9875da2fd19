"""Where the batches of a workbench come from: labelled pictures, batches as they are, or a function of a transform."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, final

from torch.utils.data import DataLoader

from leyden.augment import Transform
from leyden.errors import PanelError
from leyden.items import Image
from leyden.recipe.labelled import LabelledSet
from leyden.recipe.pipelines import Pipes, Sized, pipes
from leyden.vision import Preprocess
from leyden.widget.data.panel import DataPanel

__all__ = ["Given", "Labelled", "Making", "Source", "source_of"]

Making: TypeAlias = Callable[[Transform | None], Any]
"""A function of the augmentation that gives batches to learn from, or `Pipes` of them and of what is held out."""


class Source(ABC):
    """Gives batches for an augmentation, and what there is to look at."""

    @abstractmethod
    def pipes(self, move: Transform | None) -> Pipes:
        """Batches to learn from, augmented so, and batches to measure on."""

    @property
    @abstractmethod
    def sample(self) -> Any:
        """A sample to try augmentation on."""

    @abstractmethod
    def panel(self, classes: tuple[str, ...]) -> DataPanel:
        """A panel that looks through the data."""


@final
class Labelled(Source):
    """Labelled pictures, which the main job's pipelines make batches of.

    Args:
        labelled: the pictures.
        prep: the preprocessing bound to the network's weights.
        seed: draws order and augmentation.
    """

    def __init__(self, labelled: LabelledSet, prep: Preprocess, *, seed: int) -> None:
        self._labelled, self._prep, self._seed = labelled, prep, seed

    def pipes(self, move: Transform | None) -> Pipes:
        """As `leyden.recipe.pipes` makes them."""
        return pipes(self._labelled, self._prep, move=move, seed=self._seed)

    @property
    def sample(self) -> Image:
        """The first picture to learn from, at the size that is augmented in training."""
        picture, _ = Sized(self._prep)(self._labelled.train[0])
        return Image(picture / 255)

    def panel(self, classes: tuple[str, ...]) -> DataPanel:
        """The pictures as they are, and their classes."""
        labelled = self._labelled
        return DataPanel(labelled.train, classes=labelled.classes, held_out=labelled.held_out)


@final
class Given(Source):
    """Batches as they were given, or as a function makes them.

    Args:
        make: the function, or one that gives the same whatever the augmentation.
        held_out: batches to measure on, unless `make` gives them; None measures nothing.
        sample: what augmentation is tried on.
    """

    def __init__(self, make: Making, held_out: Iterable[Any] | None, sample: Any) -> None:
        self._make, self._held_out, self._sample = make, held_out, sample

    def pipes(self, move: Transform | None) -> Pipes:
        """What the function makes."""
        made = self._make(move)
        return made if isinstance(made, Pipes) else Pipes(made, self._held_out)

    @property
    def sample(self) -> Any:
        """As given.

        Raises:
            PanelError: none was given.
        """
        if self._sample is None:
            raise PanelError("nothing to try augmentation on: make the workbench with sample=, an item or several")
        return self._sample

    def panel(self, classes: tuple[str, ...]) -> DataPanel:
        """The batches without augmentation; of a DataLoader, its dataset."""
        made = self.pipes(None)
        parts = (part.dataset if isinstance(part, DataLoader) else part for part in (made.train, made.held_out))
        return DataPanel(next(parts), classes=classes or None, held_out=next(parts))


def source_of(
    data: Any,
    *,
    held_out: Iterable[Any] | None,
    prep: Preprocess | None,
    move: Transform | None,
    sample: Any,
    seed: int,
) -> Source:
    """The source for what a workbench was given.

    Raises:
        PanelError: parts are missing, or do not go together; all faults at once.
    """
    faults = []
    whole = isinstance(data, LabelledSet | Pipes)
    if whole and held_out is not None:
        faults.append(f"a {type(data).__name__} has its own part to measure on: leave held_out= away")
    if isinstance(data, LabelledSet) and prep is None:
        faults.append("labelled pictures need prep=, the preprocessing that came with the network")
    if not isinstance(data, LabelledSet) and not callable(data) and move is not None:
        faults.append(
            "batches that are made already cannot be augmented with move=: give a function of a transform that makes "
            "them, such as lambda move: pipes(labelled, prep, move=move)"
        )
    if not (whole or callable(data) or (hasattr(data, "__iter__") and hasattr(data, "__len__"))):
        faults.append(
            f"data are labelled pictures, batches with a length, or a function of a transform, given {data!r}"
        )
    if faults:
        raise PanelError("; ".join(faults))
    if isinstance(data, LabelledSet) and prep is not None:
        return Labelled(data, prep, seed=seed)
    return Given(data if callable(data) else lambda _: data, held_out, sample)
