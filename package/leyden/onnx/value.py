"""A value of an ONNX graph: its name, its element type, its shape."""

from collections.abc import Iterable
from dataclasses import dataclass

import onnx

__all__ = ["Value", "axis_name", "dtype_name", "read_value"]


@dataclass(frozen=True)
class Value:
    """One input, output or intermediate value of an ONNX graph.

    Args:
        name: Its name in the graph.
        dtype: Element type as numpy spells it (`float32`, `int64`, `bool`, ...), `?` where the file does not say, and
            ONNX's own words for what is not a tensor (`sequence`, `map`, `optional`).
        shape: One entry an axis: a size, the name of a free axis, or None for a free axis without a name. None instead
            of the tuple where not even the number of axes is known.

    Examples:
        >>> print(Value("image", "float32", ("batch", 3, 224, 224)))
        image: float32[batch, 3, 224, 224]
    """

    name: str
    dtype: str = "?"
    shape: tuple[int | str | None, ...] | None = None

    def __str__(self) -> str:
        return f"{self.name}: {self.type}"

    @property
    def type(self) -> str:
        """Element type and shape in one word, as in `float32[batch, 3, ?]`."""
        if self.shape is None:
            return self.dtype
        return f"{self.dtype}[{', '.join('?' if size is None else str(size) for size in self.shape)}]"


def dtype_name(element: int) -> str:
    """Name an ONNX element type (a number in the file) as numpy does."""
    if element not in onnx.TensorProto.DataType.values() or element == onnx.TensorProto.UNDEFINED:
        return "?"
    name = onnx.TensorProto.DataType.Name(element).lower()
    return {"float": "float32", "double": "float64"}.get(name, name)


def read_value(info: onnx.ValueInfoProto) -> Value:
    """Read one value as the file declares it."""
    kind = info.type.WhichOneof("value")
    if kind is None:
        return Value(info.name)
    if kind != "tensor_type":
        return Value(info.name, kind.removesuffix("_type"))
    tensor = info.type.tensor_type
    shape = _sizes(tensor.shape.dim) if tensor.HasField("shape") else None
    return Value(info.name, dtype_name(tensor.elem_type), shape)


def _sizes(axes: Iterable[onnx.TensorShapeProto.Dimension]) -> tuple[int | str | None, ...]:
    return tuple(axis.dim_value if axis.HasField("dim_value") else axis_name(axis.dim_param) for axis in axes)


def axis_name(label: str) -> str | None:
    """Give the name of a free axis; None for a label that stands for "any size".

    ONNX's shape inference labels so what it does not know, and some exporters call every free axis a question mark.

    Examples:
        >>> axis_name("batch"), axis_name("unk__3"), axis_name("?")
        ('batch', None, None)
    """
    return None if label in ("", "?") or label.startswith("unk__") else label
