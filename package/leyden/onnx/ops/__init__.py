"""ONNX's operators as pure functions of torch: no network, no file, no `onnx` is needed to call them."""

from leyden.onnx.ops import (
    attention,
    drawing,
    elementwise,
    indexing,
    network,
    numbers,
    quantised,
    recurrent,
    reducing,
    sequence,
    shaping,
    signal,
    spatial,
    table,
    text,
    training,
)
from leyden.onnx.ops.registry import Operator, find, hosted, operator, operators

__all__ = ["Operator", "find", "hosted", "operator", "operators"]
