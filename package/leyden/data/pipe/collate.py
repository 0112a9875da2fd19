"""Many elements into one: nested structures, stacked leaf by leaf, and the step `batch`."""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from itertools import islice, tee
from typing import ClassVar, final, overload

import numpy as np
import torch
from torch import Tensor

from leyden.data.pipe.broken import Remainder, broken_among, faults_in, sound
from leyden.data.pipe.order import whole_number
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.step import Operation, Step, applied, parted
from leyden.data.pipe.view import Container, Element, View, note_element, stream, take
from leyden.data.run.buffers import Buffers
from leyden.data.run.seats import Seats
from leyden.errors import DataError
from leyden.items import Item

__all__ = ["Batch", "batch", "branches", "rebuilt", "stack"]


@final
@dataclass(frozen=True, repr=False)
class Batch(Operation):
    """Several elements in a row as one; see `batch`."""

    verb: ClassVar[str] = "batch"
    size: int
    drop_last: bool = field(default=False, kw_only=True)
    collate: Callable[[list[Element]], Element] | None = field(default=None, kw_only=True)

    def length(self, source: Container) -> int:
        """See `Operation.length`."""
        return len(source) // self.size if self.drop_last else -(-len(source) // self.size)

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        inside = self.inside(index, len(source))
        return self.made(index, [self.item(source, each, moment) for each in inside], inside=inside)

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        count = len(source)
        here, beneath = tee(indices)
        elements = stream(source, (each for index in beneath for each in self.inside(index, count)), moment)
        for index in here:
            inside = self.inside(index, count)
            taken: list[Element] = []
            try:
                taken.extend(islice(elements, len(inside)))
            except Exception as error:
                note_element(error, source, inside[len(taken)])
                raise
            yield self.made(index, taken, inside=inside)

    def inside(self, index: int, count: int) -> range:
        """The indices of the elements that batch `index` of `count` elements is made of."""
        return range(index * self.size, min((index + 1) * self.size, count))

    def item(self, source: Container, index: int, moment: Moment) -> Element:
        """One element beneath; an error in its making is noted with its index, as the batch is not all to blame."""
        try:
            return take(source, index, moment)
        except Exception as error:
            note_element(error, source, index)
            raise

    def made(
        self, index: int, elements: list[Element], *, inside: range, buffers: Buffers | Seats | None = None
    ) -> Element:
        """A batch of the elements beneath it, without the broken ones; in memory of buffers, if there are any."""
        faults = faults_in(elements)
        if not faults:
            return self._joined(elements, inside, buffers)
        places, rest = sound(elements)
        if not rest:
            return broken_among(elements, index)
        return Remainder(self._joined(rest, [inside[each] for each in places], buffers), faults)

    def _joined(self, elements: list[Element], indices: Sequence[int], buffers: Buffers | Seats | None) -> Element:
        return _stack(elements, indices, "", buffers) if self.collate is None else self.collate(elements)


@overload
def batch(
    size: int, /, *, drop_last: bool = False, collate: Callable[[list[Element]], Element] | None = None
) -> Step: ...
@overload
def batch(
    data: Element,
    size: int,
    /,
    *,
    drop_last: bool = False,
    collate: Callable[[list[Element]], Element] | None = None,
) -> View: ...
def batch(
    *given: Element, drop_last: bool = False, collate: Callable[[list[Element]], Element] | None = None
) -> Element:
    """Join every `size` elements in a row into one, as `stack` does it; without those that `guard` found broken.

    Args:
        given: the data, if any, then the size, at least 1.
        drop_last: leave out the last elements where they do not fill a batch.
        collate: joins a list of elements in place of `stack`.

    Raises:
        DataError: the size is below 1 or no whole number; and, when read, elements that `stack` refuses.

    Examples:
        >>> import leyden as ly
        >>> list(ly.data.batch([(1, "a"), (2, "b"), (3, "c")], 2))
        [(tensor([1, 2]), ['a', 'b']), (tensor([3]), ['c'])]
        >>> list(range(5) | ly.data.batch(2, drop_last=True, collate=tuple))
        [(0, 1), (2, 3)]
    """
    data, (size,) = parted("batch(data, size)", given, 1)
    number = whole_number("batch(data, size): the size", size, at_least=1)
    return applied(Batch(number, drop_last=drop_last, collate=collate), data)


def stack(elements: Sequence[Element], indices: Sequence[int] | None = None) -> Element:
    """Join elements of one structure into one of the same structure, leaf by leaf.

    Tensors and arrays get a new first axis and become tensors; numbers become a tensor (Python's floats of torch's
    default dtype, float32 as a rule, where torch's own collate makes float64); words and bytes become a list; None
    stays None. Dicts, tuples, named tuples, lists and dataclasses (by field, without calling `__init__`) are gone into.
    Items of `leyden.items` become plain: the tensors or indices that they hold first, as a batch of images is no image.

    Args:
        elements: at least one.
        indices: what to call the elements in errors; 0, 1, 2, ... if left out.

    Returns:
        The batch; it shares no memory with the elements.

    Raises:
        DataError: elements differ in structure, shape or dtype, or hold something that cannot be stacked, such as an
            array with masked values.

    Examples:
        >>> stack([{"x": torch.zeros(2), "y": 1}, {"x": torch.ones(2), "y": 2}])
        {'x': tensor([[0., 0.], [1., 1.]]), 'y': tensor([1, 2])}
    """
    if not elements:
        raise DataError("there is nothing to batch: no element was given")
    return _stack(elements, range(len(elements)) if indices is None else indices, "", None)


def branches(element: Element) -> dict[Element, Element] | None:
    """The parts of one level of a nested structure by name or number; None of a leaf."""
    if isinstance(element, Tensor):  # by far the most frequent, and the slow tests below need not be made
        return None
    if isinstance(element, tuple | list):
        return dict(enumerate(element))
    if isinstance(element, Mapping):
        return dict(element)
    if is_dataclass(element) and not isinstance(element, type):
        return {each.name: getattr(element, each.name) for each in fields(element)}
    return None


def rebuilt(element: Element, parts: Mapping[Element, Element]) -> Element:
    """A structure like `element`, which stays as it is, with other parts under the same names."""
    if isinstance(element, Mapping):
        if type(element) is dict or not hasattr(element, "update"):
            return dict(parts)
        new = copy.copy(element)
        new.update(parts)  # type: ignore[attr-defined]  # a mapping that has update, such as OrderedDict or UserDict
        return new
    if isinstance(element, tuple):
        return type(element)(*parts.values()) if hasattr(element, "_fields") else tuple(parts.values())
    if isinstance(element, list):
        return list(parts.values())
    new = copy.copy(element)
    for name, part in parts.items():
        object.__setattr__(new, name, part)  # reaches the fields of frozen dataclasses
    return new


def _stack(elements: Sequence[Element], indices: Sequence[int], where: str, buffers: Buffers | Seats | None) -> Element:
    elements = [_bare(element) for element in elements]
    opened = [branches(element) for element in elements]
    first = opened[0]
    forms = [
        None if parts is None else (type(each), frozenset(parts)) for each, parts in zip(elements, opened, strict=True)
    ]
    if len(set(forms)) > 1:
        kinds = [_structure(element, parts) for element, parts in zip(elements, opened, strict=True)]
        raise _differ("structures", kinds, indices, where)
    if first is None:
        return _stack_leaves(elements, indices, where, buffers)
    return rebuilt(
        elements[0],
        {
            key: _stack([parts[key] for parts in opened if parts is not None], indices, f"{where}[{key!r}]", buffers)
            for key in first
        },
    )


def _bare(element: Element) -> Element:
    # a batch of 2-D images would pass for one volume, and keypoints' size would become a tuple of tensors
    held = branches(element) if isinstance(element, Item) else None
    return next(iter(held.values())) if held else element


def _stack_leaves(
    leaves: Sequence[Element], indices: Sequence[int], where: str, buffers: Buffers | Seats | None
) -> Element:
    kinds = [_kind(leaf) for leaf in leaves]
    if len(set(kinds)) > 1:
        raise _differ("kinds", kinds, indices, where)
    match kinds[0]:
        case "None":
            return None
        case "text" | "bytes":
            return list(leaves)
        case "number":
            return _tensor(lambda: torch.tensor(leaves), indices, where)
        case "tensor":
            _check_alike(leaves, indices, where)
            return _tensor(lambda: _stacked(leaves, buffers), indices, where)
        case "array":
            _check_alike(leaves, indices, where)
            _check_unmasked(leaves, indices, where)
            return _tensor(lambda: _stacked_arrays(leaves, buffers), indices, where)
    raise DataError(
        f"cannot batch a {kinds[0]}{_named(where)}, as in element {indices[0]}: map it to tensors, arrays, numbers or "
        "words first, or give batch(..., collate=function)"
    )


def _stacked(tensors: Sequence[Tensor], buffers: Buffers | Seats | None) -> Tensor:
    # without a buffer torch chooses the strides by those of the tensors, and notes how gradients flow
    if buffers is None or not all(map(_is_plain, tensors)):
        return torch.stack(list(tensors))
    if isinstance(buffers, Seats) and (laid := buffers.whole(list(tensors))) is not None:
        return laid
    room = buffers.lend((len(tensors), *tensors[0].shape), tensors[0].dtype)
    return torch.stack(list(tensors), out=room)


def _is_plain(tensor: Tensor) -> bool:
    if type(tensor) is not Tensor or tensor.layout is not torch.strided or tensor.device.type != "cpu":
        return False
    return tensor.is_contiguous() and not tensor.requires_grad and not tensor.is_quantized


def _stacked_arrays(arrays: Sequence[np.ndarray | np.generic], buffers: Buffers | Seats | None) -> Tensor:
    first = arrays[0]
    if buffers is None or not isinstance(first, np.ndarray) or not first.dtype.isnative:
        return torch.from_numpy(np.stack(arrays))
    room = buffers.lend((len(arrays), *first.shape), torch.from_numpy(np.empty(0, first.dtype)).dtype)
    if room is None:
        return torch.from_numpy(np.stack(arrays))
    np.stack(arrays, out=room.numpy())
    return room


def _kind(leaf: Element) -> str:
    if isinstance(leaf, Tensor):
        return "tensor"
    if leaf is None:
        return "None"
    if isinstance(leaf, str):
        return "text"
    if isinstance(leaf, bytes):
        return "bytes"
    if isinstance(leaf, np.ndarray | np.generic):
        return "array"
    return "number" if isinstance(leaf, bool | int | float | complex) else type(leaf).__name__


def _check_alike(leaves: Sequence[Element], indices: Sequence[int], where: str) -> None:
    for what, values in {
        "shapes": [tuple(leaf.shape) for leaf in leaves],
        "dtypes": [leaf.dtype for leaf in leaves],
    }.items():
        if len(set(values)) > 1:
            raise _differ(what, values, indices, where)


def _check_unmasked(leaves: Sequence[Element], indices: Sequence[int], where: str) -> None:
    # numpy's own stack forgets the mask, and what lay beneath it would pass for values
    masked = [index for leaf, index in zip(leaves, indices, strict=True) if np.ma.is_masked(leaf)]
    if masked:
        raise DataError(
            f"cannot batch elements with masked values{_named(where)}, the first is element {masked[0]}: put something "
            "in their place first, such as map(lambda x: x.filled(0))"
        )


def _tensor(make: Callable[[], Tensor], indices: Sequence[int], where: str) -> Tensor:
    try:
        return make()
    except (RuntimeError, TypeError, ValueError) as error:
        raise DataError(f"cannot batch elements {indices[0]} to {indices[-1]}{_named(where)}: {error}") from error


def _differ(what: str, values: Sequence[object], indices: Sequence[int], where: str) -> DataError:
    """One error that names the first element of every value there is."""
    firsts: dict[object, int] = {}
    for value, index in zip(values, indices, strict=True):
        firsts.setdefault(value, index)
    listed = ", ".join(f"element {index} has {value}" for value, index in firsts.items())
    advice = {
        "shapes": "Resize, crop or pad them alike before batch, or give batch(..., collate=function)",
        "dtypes": "Convert them before batch, or give batch(..., collate=function)",
    }.get(what, "Make them alike before batch, or give batch(..., collate=function)")
    return DataError(f"cannot batch elements whose {what}{_named(where)} differ: {listed}. {advice}")


def _structure(element: Element, parts: dict[Element, Element] | None) -> str:
    if parts is None:
        return f"one {_kind(element)}"
    inside = f"{len(parts)} entries" if isinstance(element, tuple | list) else f"entries {list(parts)}"
    return f"a {type(element).__name__} of {inside}"


def _named(where: str) -> str:
    return f" at {where}" if where else ""
