"""What a pipe can begin with: containers as they come, and columns read side by side."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import tee
from typing import final

from leyden.data.pipe.broken import broken_among
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.view import Container, Element, View, describe, given_as, stream, take
from leyden.errors import DataError

__all__ = ["Columns", "as_container"]


@final
class Columns(View):
    """Equally long containers side by side: element i is a tuple or dict of every column's element i.

    Args:
        columns: a tuple, named tuple or mapping of containers; elements take its form (a mapping's are dicts).

    Raises:
        DataError: there is no column, one is no container, or their lengths differ.
    """

    def __init__(self, columns: tuple[object, ...] | Mapping[object, object]) -> None:
        super().__init__()
        named = dict(columns) if isinstance(columns, Mapping) else dict(enumerate(columns))
        if not named:
            raise DataError(f"an empty {type(columns).__name__} has no columns to read; give at least one container")
        self._columns = {name: _column(name, column) for name, column in named.items()}
        lengths = {name: len(column) for name, column in self._columns.items()}
        if len(set(lengths.values())) > 1:
            raise DataError(f"columns side by side must be equally long; their lengths are {lengths}")
        self._form = type(columns)

    def __len__(self) -> int:
        return min(len(column) for column in self._columns.values())

    def at(self, index: int, moment: Moment) -> Element:
        """The element at an index, see `View.at`."""
        return self._element(index, [take(column, index, moment) for column in self._columns.values()])

    def stream(self, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """The elements at many indices, see `View.stream`."""
        here, *copies = tee(indices, len(self._columns) + 1)
        columns = zip(self._columns.values(), copies, strict=True)
        streams = [stream(column, copy, moment) for column, copy in columns]
        return (self._element(index, row) for index, *row in zip(here, *streams, strict=True))

    @property
    def sources(self) -> tuple[Container, ...]:
        """The columns."""
        return tuple(self._columns.values())

    def _element(self, index: int, values: list[Element]) -> Element:
        # also where a batch only lacks some elements: the one beside it may not lack the same ones
        if broken := broken_among(values, index):
            return broken
        if not issubclass(self._form, tuple):
            return dict(zip(self._columns, values, strict=True))
        return tuple(values) if self._form is tuple else self._form(*values)

    def __repr__(self) -> str:
        if issubclass(self._form, tuple):
            inside = ", ".join(describe(column) for column in self._columns.values())
            return f"({inside},)" if len(self._columns) == 1 else f"({inside})"
        return "{" + ", ".join(f"{name!r}: {describe(column)}" for name, column in self._columns.items()) + "}"


@final
class _Rows:
    """A pandas column by position: its own `[i]` goes by label."""

    def __init__(self, series: Element) -> None:
        self._series = series

    def __len__(self) -> int:
        return len(self._series)

    def __getitem__(self, index: int) -> Element:
        return self._series.iloc[index]

    def __repr__(self) -> str:
        return f"{type(self._series).__name__}[{len(self)}]"


def as_container(data: Element) -> Container:
    """Anything with `__len__` and `__getitem__` as a container of elements; nothing is copied or read.

    A list, range, array, tensor, torch or Hugging Face dataset, or view is itself. A tuple or mapping is columns side
    by side: `(images, labels)` has elements `(image, label)`, `{"x": images}` has elements `{"x": image}`. A data
    frame is the mapping of its columns, so every value keeps its type. A pandas series counts by position.

    Args:
        data: what a pipe is to begin with.

    Returns:
        The container.

    Raises:
        DataError: it has no length, no index, is text, is a tuple or mapping of something else than columns, or a data
            frame with two columns of one name.

    Examples:
        >>> as_container(([10, 20], "x y".split()))[1]
        (20, 'y')
        >>> as_container({"image": [10, 20], "label": [0, 1]})[0]
        {'image': 10, 'label': 0}
    """
    if isinstance(data, View):
        return data
    if isinstance(data, tuple | Mapping):
        return Columns(data)
    if hasattr(data, "columns") and hasattr(data, "dtypes"):
        return _of_frame(data)
    if hasattr(data, "iloc"):
        return _Rows(data)
    if isinstance(data, str | bytes) or not isinstance(data, Container) or getattr(data, "shape", None) == ():
        raise DataError(_why_no_container(data))
    if hasattr(data, "toarray"):  # of scipy, whose length is an error
        raise DataError(f"a {type(data).__name__} is sparse and has no rows to hand out; give its .toarray()")
    return data


def _of_frame(frame: Element) -> Columns:
    names = list(frame.columns)
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise DataError(f"a data frame has several columns of one name: {', '.join(map(repr, twice))}; rename them")
    return Columns({name: frame[name] for name in names})


def _why_no_container(data: object) -> str:
    what = f"a {type(data).__name__} is no container: "
    if isinstance(data, str | bytes):
        return what + "text is one element; put it into a list, or read a folder with images_in(folder)"
    if getattr(data, "shape", None) == ():
        return what + "it has no axis to go along, it is one value; put it into a list"
    if isinstance(data, Iterable):
        return what + "it can only be gone through in order; a container has __len__ and __getitem__. Try list(data)"
    return what + f"it needs __len__ and __getitem__; given {given_as(data)}"


def _column(name: object, column: object) -> Container:
    try:
        return as_container(column)
    except DataError as error:
        raise DataError(
            f"a tuple or mapping is read as columns side by side, but its entry {name!r} cannot be one ({error}). "
            "For elements one after the other give a list"
        ) from error
