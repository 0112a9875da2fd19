"""What is known of one value of an ONNX graph while a network is made of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, final

import numpy as np
from torch import Tensor, nn

from leyden.errors import OnnxImportError
from leyden.onnx.ops.dtypes import is_float_code

__all__ = ["Given", "Origin"]

_FEW = 2**16


@final
@dataclass(frozen=True)
class Origin:
    """Where a node of an imported network comes from; `node.meta["onnx"]` of each of them.

    Args:
        name: Name of the node in the file, or of the input.
        op: The operator, as in `Conv`; "input" for an input of the file.
        domain: Its domain; ONNX's own is the empty text.
        scope: Path of the module it came from, as in `features.3.conv`; empty where the file does not say.
        opset: Version of the operator set of that domain.
    """

    name: str
    op: str
    domain: str = ""
    scope: str = ""
    opset: int = 0


@final
@dataclass(eq=False)
class Given:
    """A value of the file: an input, a tensor that it holds, or what a node gives.

    Args:
        name: Its name in the file.
        code: ONNX's number for its element type; 0 where that is not known.
        shape: A size, a name or None for each axis; None where not even their number is known.
        node: The node of the network that gives it; None for what is known beforehand. For Python numbers it may be a
            (nested) tuple of nodes and numbers, too, as arguments of a node may.
        numbers: Whether it is Python numbers (one, or a tuple of them) instead of a tensor.
        read: Reads the value, where it is known beforehand: a tensor or an array of texts, nobody else's memory.
        read_turned: Reads a matrix transposed, where that can be done with less memory than reading it first.
        stored: Whether it is a tensor that the file holds, and not one that was computed from such.
        uses: How often it is taken in the whole file.
        rounded: Makes a layer that rounds the value at each use, as a quantised weight is, of a plain layer and of the
            name of the layout that the layer has the value in; without a layer, a module that rounds a tensor.
        whole: The weight that it shows in another shape or order, if that is all that was done.
        order: Of the elements, against `whole`: the same, those of a matrix that was transposed, or any other.
        emit: Puts what makes it of weights into a network, for those that take it as it is; given the builder.
    """

    name: str
    code: int = 0
    shape: tuple[int | str | None, ...] | None = None
    node: Any = None
    numbers: bool = False
    read: Callable[[], Any] | None = None
    read_turned: Callable[[], Tensor] | None = None
    stored: bool = False
    uses: int = 1
    rounded: Callable[[nn.Module | None, str], nn.Module] | None = None
    whole: Given | None = None
    order: Literal["same", "turned", "other"] = "same"
    emit: Callable[[Any], Any] | None = None

    @property
    def is_constant(self) -> bool:
        """Whether its value is known beforehand."""
        return self.read is not None

    @property
    def rank(self) -> int | None:
        """Number of its axes; None where that is not known."""
        return None if self.shape is None else len(self.shape)

    @property
    def sizes(self) -> tuple[int, ...] | None:
        """Sizes of its axes, where all of them are known."""
        if self.shape is None:
            return None
        sizes = tuple(size for size in self.shape if isinstance(size, int))
        return sizes if len(sizes) == len(self.shape) else None

    @property
    def size(self) -> int | None:
        """Number of its elements, where that is known."""
        sizes = self.sizes
        return None if sizes is None else math.prod(sizes)

    @property
    def is_weight(self) -> bool:
        """Whether it is what training changes: known floating-point numbers, more than one of them."""
        return self.is_constant and is_float_code(self.code) and bool(self.shape) and (self.size or 0) > 1

    @property
    def is_few(self) -> bool:
        """Whether it has so few elements that they may become Python numbers."""
        return (self.size or 0) <= _FEW

    def value(self) -> Any:
        """Give the value that is known beforehand: a tensor, an array of texts, or numbers.

        Raises:
            ValueError: It is known only when the network runs.
        """
        if self.read is None:
            raise ValueError(f"{self.name} is known only when the network runs")
        return self.read()

    def turned(self) -> Tensor:
        """Give a matrix that is known beforehand, transposed."""
        return self.value().t() if self.read_turned is None else self.read_turned()

    def literal(self) -> Any:
        """Give the value that is known beforehand as a Python number, text, or (nested) tuple of them.

        Raises:
            OnnxImportError: It is more numbers than any operator needs as such.
        """
        if not self.is_few:
            raise OnnxImportError(f"{self.name!r} has {self.size} numbers; as sizes or axes {_FEW} are the most")
        value = self.value()
        return _tuples(value.tolist() if isinstance(value, Tensor | np.ndarray) else value)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(part) for part in value) if isinstance(value, list | tuple) else value
