import io
from typing import Any

import ml_dtypes
import numpy as np
import onnx_ir as ir
import pytest
import torch

from leyden.errors import OnnxImportError
from leyden.onnx.lower.source.stored import Stored


def stored(content: bytes, dtype: ir.DataType, *sizes: int, before: int = 0) -> Stored:
    file = io.BytesIO(bytes(before) + content)
    return Stored(file, before, dtype=dtype, shape=ir.Shape(sizes), name="t")


@pytest.mark.parametrize("dtype", ["FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16", "INT64", "UINT8", "FLOAT8E5M2", "BOOL"])
def test_it_is_read_as_numpy_reads_it(dtype: str):
    code = ir.DataType[dtype]
    numbers = np.array([[0, 1], [1, 0]]).astype(code.numpy())
    tensor = stored(numbers.tobytes(), code, 2, 2, before=3)
    assert tensor.tensor().to(torch.float32).tolist() == [[0, 1], [1, 0]]
    assert tensor.numpy().tolist() == numbers.tolist()
    assert tensor.tobytes() == numbers.tobytes()


@pytest.mark.parametrize("dtype", ["FLOAT", "DOUBLE", "BFLOAT16", "INT8", "BOOL"])
@pytest.mark.parametrize("sizes", [(5, 3), (1, 4), (4, 1), (0, 3), (3, 0), (37, 70_000), (70_000, 37)])
def test_a_matrix_is_read_turned_around_in_pieces(dtype: str, sizes: tuple[int, int]):
    code = ir.DataType[dtype]
    numbers = np.random.default_rng(0).integers(0, 2, sizes).astype(code.numpy())
    tensor = stored(numbers.tobytes(), code, *sizes, before=3)
    turned = tensor.turned()
    assert turned.is_contiguous()
    assert turned.dtype == tensor.tensor().dtype
    assert torch.equal(turned.float(), tensor.tensor().t().float())


def test_of_a_file_that_ends_within_a_matrix_it_is_said_where():
    with pytest.raises(OnnxImportError, match="its file ends after 80000 of its 240000 bytes"):
        stored(bytes(80_000), ir.DataType.FLOAT, 6_000, 10).turned()


@pytest.mark.parametrize(
    ("dtype", "numbers"),
    [
        ("INT4", [-8, -1, 7]), ("UINT4", [0, 15, 9]), ("INT2", [-2, 1, -1]), ("UINT2", [3, 0, 2]),
        ("FLOAT4E2M1", [-6.0, 0.5, 1.5]),
    ],
)  # fmt: skip
def test_small_elements_get_bytes_of_their_own(dtype: str, numbers: list[float]):
    code = ir.DataType[dtype]
    content = ir.tensor(np.array(numbers).astype(code.numpy()), dtype=code).tobytes()
    assert stored(content, code, 3).tensor().tolist() == numbers


def test_any_byte_but_zero_is_true():
    assert stored(b"\x00\x02", ir.DataType.BOOL, 2).tensor().view(torch.uint8).tolist() == [0, 1]


def test_memory_is_its_own():
    tensor = stored(np.zeros(2**19, np.float32).tobytes(), ir.DataType.FLOAT, 2**19)
    one, other = tensor.tensor(), tensor.tensor()
    one += 1
    assert float(other.sum()) == 0


def test_a_file_that_ends_too_early_is_refused():
    with pytest.raises(OnnxImportError, match="tensor 't': its file ends after 4 of its 8 bytes"):
        stored(bytes(4), ir.DataType.FLOAT, 2).tensor()


def test_it_passes_for_a_tensor_of_onnx_ir():
    tensor: Any = stored(np.ones(2, np.float32).tobytes(), ir.DataType.FLOAT, 2)
    assert isinstance(tensor, ir.TensorProtocol)
    assert np.asarray(tensor).tolist() == [1, 1]
    assert torch.from_dlpack(tensor).tolist() == [1, 1]
    assert (tensor.size, tensor.nbytes, ml_dtypes.finfo(tensor.dtype.numpy()).bits) == (2, 8, 32)
