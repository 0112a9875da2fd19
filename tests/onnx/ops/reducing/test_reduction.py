"""Reductions against NumPy: all types, all ways to name axes, and nothing to reduce."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from leyden.onnx.ops.reducing import reduction

INTEGERS = ("int32", "int64", "uint32", "uint64")
EXACT: dict[str, tuple[Callable[..., Tensor], Callable[..., np.ndarray]]] = {
    "sum": (reduction.reduce_sum, lambda x, **how: np.sum(x, dtype=x.dtype, **how)),
    "product": (reduction.reduce_prod, lambda x, **how: np.prod(x, dtype=x.dtype, **how)),
    "absolute": (reduction.reduce_l1, lambda x, **how: np.sum(np.abs(x), dtype=x.dtype, **how)),
    "squares": (reduction.reduce_sum_square, lambda x, **how: np.sum(np.square(x), dtype=x.dtype, **how)),
    "greatest": (reduction.reduce_max, np.max),
    "least": (reduction.reduce_min, np.min),
}
REAL: dict[str, tuple[Callable[..., Tensor], Callable[..., np.ndarray]]] = EXACT | {
    "mean": (reduction.reduce_mean, np.mean),
    "length": (reduction.reduce_l2, lambda x, **how: np.sqrt(np.sum(np.square(x), **how))),
    "logarithm of sum": (reduction.reduce_log_sum, lambda x, **how: np.log(np.sum(x, **how))),
    "logarithm of exponentials": (reduction.reduce_log_sum_exp, lambda x, **how: np.log(np.sum(np.exp(x), **how))),
}
NOTHING = {
    "sum": 0, "product": 1, "absolute": 0, "squares": 0, "greatest": float("-inf"), "least": float("inf"), "length": 0,
    "logarithm of sum": float("-inf"), "logarithm of exponentials": float("-inf"),
}  # fmt: skip


@pytest.mark.parametrize("keepdims", [0, 1])
@pytest.mark.parametrize("axes", [None, (), 1, (0,), (-1, 0), (0, 1, 2)], ids=str)
@pytest.mark.parametrize("name", REAL)
def test_axes_are_named_in_every_way(name: str, axes: tuple[int, ...] | int | None, keepdims: int):
    ours, theirs = REAL[name]
    x = torch.rand(2, 3, 4, dtype=torch.float64) + 0.5
    expected = np.asarray(theirs(x.numpy(), axis=None if axes == () else axes, keepdims=bool(keepdims)))
    result = ours(x, axes, keepdims=keepdims)
    assert result.shape == expected.shape
    assert np.allclose(result.numpy(), expected)


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", EXACT)
def test_integers_keep_their_type_and_wrap_around(name: str, dtype: str):
    ours, theirs = EXACT[name]
    limits = np.iinfo(dtype)
    x = np.array([[limits.max, 1, 7], [limits.max // 2, limits.min, 3]], dtype=dtype)
    result = ours(torch.from_numpy(x), (1,)).numpy()
    assert result.dtype == dtype
    assert np.array_equal(result, theirs(x, axis=1, keepdims=True))


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_small_integers_have_extremes(dtype: str):
    x = torch.from_numpy(np.array([3, np.iinfo(dtype).max, np.iinfo(dtype).min], dtype=dtype))
    assert reduction.reduce_max(x, keepdims=0).item() == np.iinfo(dtype).max
    assert reduction.reduce_min(x, keepdims=0).item() == np.iinfo(dtype).min


def test_truth_has_extremes():
    x = torch.tensor([True, False])
    assert reduction.reduce_max(x, keepdims=0).item() is True
    assert reduction.reduce_min(x, keepdims=0).item() is False


@pytest.mark.parametrize("dtype", [torch.int32, torch.int64, torch.uint32])
def test_what_is_no_integer_is_cut(dtype: torch.dtype):
    x = torch.tensor([1, 2, 2], dtype=dtype)
    assert torch.equal(reduction.reduce_mean(x, (0,)), torch.tensor([1], dtype=dtype))
    assert torch.equal(reduction.reduce_l2(x, (0,)), torch.tensor([3], dtype=dtype))
    assert torch.equal(reduction.reduce_log_sum(x, (0,)), torch.tensor([1], dtype=dtype))
    assert torch.equal(reduction.reduce_log_sum_exp(x, (0,)), torch.tensor([2], dtype=dtype))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("name", REAL)
def test_half_precision_stays(name: str, dtype: torch.dtype):
    assert REAL[name][0](torch.rand(3, 4).to(dtype), (1,)).dtype == dtype


@pytest.mark.parametrize("name", REAL)
def test_no_axes_may_mean_none_of_them(name: str):
    ours, theirs = REAL[name]
    x = torch.rand(2, 3, dtype=torch.float64) + 0.5
    for axes in (None, ()):
        assert np.allclose(ours(x, axes, noop_with_empty_axes=1).numpy(), theirs(x.numpy(), axis=()))


@pytest.mark.parametrize("name", NOTHING)
def test_nothing_has_a_reduction(name: str):
    result = REAL[name][0](torch.ones(2, 0, 4), (1,))
    assert torch.equal(result, torch.full((2, 1, 4), float(NOTHING[name])))


@pytest.mark.parametrize(
    ("dtype", "least", "greatest"), [("int8", -128, 127), ("uint64", 0, 2**64 - 1), ("bool", 0, 1)]
)
def test_nothing_has_the_extremes_of_its_type(dtype: str, least: int, greatest: int):
    x = torch.from_numpy(np.zeros((0, 2), dtype=dtype))
    assert reduction.reduce_max(x, (0,), keepdims=0).tolist() == [least, least]
    assert reduction.reduce_min(x, (0,), keepdims=0).tolist() == [greatest, greatest]


@pytest.mark.parametrize("name", REAL)
def test_a_number_without_axes_is_reduced_too(name: str):
    ours, theirs = REAL[name]
    x = torch.tensor(2.0, dtype=torch.float64)
    assert ours(x).item() == pytest.approx(theirs(x.numpy(), axis=None).item())


def test_the_length_of_nothing_but_zeros_has_a_gradient():
    x = torch.zeros(3, requires_grad=True)
    reduction.reduce_l2(x).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [0, 0, 0]


def test_exponentials_do_not_overflow():
    assert reduction.reduce_log_sum_exp(torch.tensor([1000.0, 1000.0])).item() == pytest.approx(1000.6931, rel=1e-6)
