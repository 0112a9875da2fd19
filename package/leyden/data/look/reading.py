"""Going through a container to look at it: no element stops the way, and one may leave it at any time."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from leyden.data.pipe.broken import Broken, Remainder, named
from leyden.data.pipe.collate import Batch, branches, rebuilt
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.step import Pipe
from leyden.data.pipe.view import Container, Element, View, take

__all__ = ["Progress", "beneath_batches", "class_names", "read", "samples_of", "spread", "visit", "without_batches"]

Progress: TypeAlias = Callable[[int, int], Any]
"""Called with (elements read, elements in all); where it returns False the way ends there."""


def read(container: Container, index: int) -> Element:
    """The element at an index, as the present epoch draws it; `Broken` where it cannot be made."""
    moment = Moment(container.epoch if isinstance(container, View) else 0)
    try:
        element = take(container, index, moment)
    except Exception as error:  # whatever a reader of files may raise: it is reported, and the way goes on
        return Broken(index, named(error))
    if type(element) is Broken:
        return Broken(index, element.problem)
    return element.element if type(element) is Remainder else element


def visit(
    container: Container,
    indices: Sequence[int],
    see: Callable[[int, Element], Any],
    *,
    progress: Progress | None = None,
) -> int:
    """Read elements one by one and show each to `see`; returns how many were read.

    Ctrl-C, or a `progress` that returns False, ends the way: what was seen stays seen.
    """
    done = 0
    try:
        for index in indices:
            see(index, read(container, index))
            done += 1
            if progress is not None and progress(done, len(indices)) is False:
                break
    except KeyboardInterrupt:
        return done
    return done


def spread(count: int, sample: int | None) -> Sequence[int]:
    """At most `sample` indices, evenly over `count` elements; all of them without a sample.

    Examples:
        >>> list(spread(10, 3)), list(spread(2, 3)), spread(5, None)
        ([0, 3, 6], [0, 1], range(0, 5))
    """
    if sample is None or sample >= count:
        return range(count)
    return [place * count // sample for place in range(sample)]


def beneath_batches(container: Container) -> Container | None:
    """The container whose elements are batched somewhere below; None where nothing is."""
    found, here = None, container
    while isinstance(here, View) and len(here.sources) == 1:
        if isinstance(here, Pipe) and isinstance(here.operation, Batch):
            found = here.source
        here = here.sources[0]
    return found


def without_batches(container: Container) -> Container:
    """The container whose elements are batched, or the container itself where nothing is."""
    beneath = beneath_batches(container)
    return container if beneath is None else beneath


def samples_of(batch: Element, most: int) -> list[Element]:
    """The first elements of a batch, each of its structure: what `stack` joined, taken apart."""
    sizes = [len(leaf) for leaf in _leaves(batch) if hasattr(leaf, "__len__") and getattr(leaf, "shape", None) != ()]
    return [_taken(batch, place) for place in range(min([most, *sizes]))] if sizes else []


def class_names(container: Container) -> tuple[str, ...]:
    """The class names that a container, or the first beneath it that has any, calls `classes`."""
    names = getattr(container, "classes", None)
    if isinstance(names, list | tuple) and all(isinstance(name, str) for name in names):
        return tuple(names)
    sources: Iterable[Container] = container.sources if isinstance(container, View) else ()
    return next((found for source in sources if (found := class_names(source))), ())


def _leaves(element: Element) -> list[Element]:
    parts = None if _is_row(element) else branches(element)
    return [element] if parts is None else [leaf for part in parts.values() for leaf in _leaves(part)]


def _taken(element: Element, place: int) -> Element:
    if _is_row(element):
        return element[place]
    parts = branches(element)
    if parts is None:
        return element[place] if hasattr(element, "__getitem__") and getattr(element, "shape", None) != () else element
    return rebuilt(element, {key: _taken(part, place) for key, part in parts.items()})


def _is_row(element: Element) -> bool:
    """Whether it is what `stack` makes of words: a list, not a structure."""
    return isinstance(element, list) and all(isinstance(value, str | bytes) for value in element)
