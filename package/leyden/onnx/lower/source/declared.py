"""What the tensors of a file say of themselves, against what is there."""

from collections.abc import Iterable, Iterator

import numpy as np
import onnx
import onnx_ir as ir

from leyden.errors import OnnxImportError
from leyden.onnx.lower.safety.limits import Limits, memory_available
from leyden.onnx.lower.source.opening import Opened

__all__ = ["check_tensors", "dense", "tensors"]

_SHARE = 0.9  # of the free memory


def tensors(nodes: Iterable[onnx.NodeProto], graph: onnx.GraphProto | None = None) -> Iterator[onnx.TensorProto]:
    """List the tensors of nodes, and of the graph that they are in, with those of all graphs inside."""
    if graph is not None:
        yield from graph.initializer
        for sparse in graph.sparse_initializer:
            yield from (sparse.values, sparse.indices)
    for node in nodes:
        for attribute in node.attribute:
            yield from (*attribute.tensors, *((attribute.t,) if attribute.HasField("t") else ()))
            single = (attribute.sparse_tensor,) if attribute.HasField("sparse_tensor") else ()
            for part in (*attribute.sparse_tensors, *single):
                yield from (part.values, part.indices)
            for inner in (*attribute.graphs, *((attribute.g,) if attribute.HasField("g") else ())):
                yield from tensors(inner.node, inner)


def check_tensors(opened: Opened, limits: Limits) -> int:
    """Compare what all tensors of a file declare with what the file holds.

    Returns:
        How many bytes they take in memory.

    Raises:
        OnnxImportError: They lie, or take more than is allowed; the first ten are named.
    """
    model, faults, total = opened.model, [], 0
    nodes = (node for function in model.functions for node in function.node)
    for tensor in (*tensors(model.graph.node, model.graph), *tensors(nodes)):
        try:
            total += _check(tensor, opened, limits)
        except OnnxImportError as error:
            faults.append(str(error))
    if faults:
        more = f"; and {len(faults) - 10} more" if len(faults) > 10 else ""
        raise OnnxImportError("; ".join(faults[:10]) + more)
    free = memory_available()
    allowed = limits.weight_bytes if limits.weight_bytes is not None else int(_SHARE * free) if free else None
    if allowed is not None and total > allowed:
        raise OnnxImportError(f"its tensors take {total} bytes; {allowed} are allowed (Limits.weight_bytes)")
    if total > limits.reuse * opened.bytes + 2**20:
        raise OnnxImportError(
            f"its tensors take {total} bytes, more than {limits.reuse} times the {opened.bytes} that the files hold "
            f"(Limits.reuse)"
        )
    return total


def dense(sparse: onnx.SparseTensorProto, *, allowed: int) -> onnx.TensorProto:
    """Write a sparse tensor with its zeros.

    Args:
        sparse: The tensor.
        allowed: How many bytes it may take.

    Raises:
        OnnxImportError: It takes more, or its indices do not fit.
    """
    name = sparse.values.name
    values, indices = (onnx.numpy_helper.to_array(part) for part in (sparse.values, sparse.indices))
    size = _count(tuple(sparse.dims), name)
    if size * values.itemsize > allowed:
        raise OnnxImportError(
            f"tensor {name!r}: {size * values.itemsize} bytes with its zeros; {allowed} are allowed (Limits.fold_bytes)"
        )
    flat = indices
    if indices.ndim == 2 and indices.shape[1:] == (len(sparse.dims),):
        bad = np.any((indices < 0) | (indices >= np.array(sparse.dims)))
        flat = np.array([-1]) if bad else np.ravel_multi_index(tuple(indices.T), tuple(sparse.dims))
    if flat.shape != values.shape or values.ndim != 1 or np.any((flat < 0) | (flat >= size)):
        raise OnnxImportError(f"tensor {name!r}: the indices of its elements do not fit its sizes {list(sparse.dims)}")
    full = np.zeros(size, values.dtype)
    full[flat] = values
    return onnx.numpy_helper.from_array(full.reshape(tuple(sparse.dims)), name)


def _check(tensor: onnx.TensorProto, opened: Opened, limits: Limits) -> int:
    """Give the bytes of a tensor in memory, after it was found that the file holds as many."""
    name, sizes = tensor.name, tuple(tensor.dims)
    if len(sizes) > limits.rank:
        raise OnnxImportError(f"tensor {name!r}: {len(sizes)} axes; {limits.rank} are allowed (Limits.rank)")
    count = _count(sizes, name)
    try:
        dtype = ir.DataType(tensor.data_type)
        bits = 64 if dtype == ir.DataType.STRING else dtype.bitwidth
    except (TypeError, ValueError):
        raise OnnxImportError(f"tensor {name!r}: its element type {tensor.data_type} is unknown") from None
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        held, needed = opened.place(tensor)[2], -(-count * bits // 8)
        unit = "bytes"
    elif tensor.HasField("raw_data"):
        held, needed, unit = len(tensor.raw_data), -(-count * bits // 8), "bytes"
    else:
        held, needed, unit = _listed(tensor, dtype, count)
    if held < needed or (held != needed and tensor.data_location != onnx.TensorProto.EXTERNAL):
        raise OnnxImportError(f"tensor {name!r} of sizes {list(sizes)}: {held} {unit} are there, {needed} are needed")
    return count * max(bits, 8) // 8


def _listed(tensor: onnx.TensorProto, dtype: ir.DataType, count: int) -> tuple[int, int, str]:
    """Count the numbers of a tensor that is written as a list."""
    lists = (
        tensor.float_data, tensor.int32_data, tensor.string_data, tensor.int64_data, tensor.double_data,
        tensor.uint64_data,
    )  # fmt: skip
    twice = dtype in (ir.DataType.COMPLEX64, ir.DataType.COMPLEX128)
    packed = dtype != ir.DataType.STRING and dtype.bitwidth in (2, 4)
    needed = -(-count * dtype.bitwidth // 8) if packed else count * (2 if twice else 1)
    return max(len(part) for part in lists), needed, "numbers"


def _count(sizes: tuple[int, ...], name: str) -> int:
    if any(size < 0 for size in sizes):
        raise OnnxImportError(f"tensor {name!r}: negative sizes {list(sizes)}")
    count = 1
    for size in sizes:
        count *= size
    return count
