"""Elements that do not lie along the first axis: `along`."""

from dataclasses import dataclass
from typing import ClassVar, final, overload

from leyden.data.pipe.order import whole_number
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.step import Operation, Pipe, Step, applied, parted
from leyden.data.pipe.view import Container, Element, View, describe
from leyden.errors import DataError

__all__ = ["Along", "along"]

_USAGE = "along(data, axis)"


@final
@dataclass(frozen=True, repr=False)
class Along(Operation):
    """One element for each place of an axis; see `along`."""

    verb: ClassVar[str] = "along"
    axis: int

    def on(self, source: Container) -> View:
        """See `Operation.on`."""
        axes = len(getattr(source, "shape", ()))
        if isinstance(source, View) or not axes:
            raise DataError(f"{_USAGE} wants an array or a tensor, before any step; given {describe(source)[:60]}")
        if not -axes <= self.axis < axes:
            raise DataError(f"{_USAGE}: {describe(source)} has the axes 0 to {axes - 1}; given {self.axis}")
        return Pipe(source, self)

    def length(self, source: Element) -> int:
        """See `Operation.length`."""
        return int(source.shape[self.axis])

    def at(self, source: Element, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        del moment
        before = self.axis % len(source.shape)
        return source[(*(slice(None),) * before, index)]


@overload
def along(axis: int, /) -> Step: ...
@overload
def along(data: Element, axis: int, /) -> View: ...
def along(*given: Element) -> Element:
    """Take the elements of an array or a tensor along another axis than its first.

    Files and other languages often keep them along the last one: the frames of a 4-D scan, the columns of a matrix.
    Nothing is copied: elements are views of the array. Whatever knows its `shape` and takes an index an axis will do,
    such as a memory map or an HDF5 dataset, of which only what is asked for is read.

    Args:
        given: the data, if any, then the axis; negative ones count from the last.

    Raises:
        DataError: there is no such axis, or the data are no array or tensor.

    Examples:
        >>> import torch
        >>> scans = torch.arange(6).view(2, 3)
        >>> list(along(scans, -1))
        [tensor([0, 3]), tensor([1, 4]), tensor([2, 5])]
        >>> scans | along(-1)
        Tensor[2, 3] | along(-1)
    """
    data, (axis,) = parted(_USAGE, given, 1)
    return applied(Along(whole_number(f"{_USAGE}: the axis", axis)), data)
