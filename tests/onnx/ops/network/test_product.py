"""Products of matrices."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.network.product import gemm, matmul, old_gemm


@pytest.mark.parametrize(
    ("a", "b"),
    [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 1, 2, 3), (4, 3, 2))],
    ids=str,
)
def test_products_of_any_rank_agree_with_onnxruntime(agrees, a, b):
    agrees("MatMul", torch.randn(a), torch.randn(b))


@pytest.mark.parametrize("dtype", [np.uint32, np.uint64, np.int32, np.int64], ids=str)
def test_integers_wrap_around_as_in_numpy(dtype):
    random = np.random.default_rng(0)
    a, b = (random.integers(0, np.iinfo(dtype).max, shape, dtype=dtype) for shape in ((3, 4), (4, 2)))
    assert matmul(torch.from_numpy(a), torch.from_numpy(b)).numpy().tolist() == (a @ b).tolist()


@pytest.mark.parametrize("summand", [(3, 5), (5,), (3, 1), (1,), (), None], ids=str)
def test_the_general_product_agrees_with_onnxruntime(agrees, summand):
    c = None if summand is None else torch.randn(summand)
    agrees("Gemm", torch.randn(4, 3), torch.randn(5, 4), c, alpha=0.5, beta=2.0, transA=1, transB=1)


def test_a_matrix_of_one_number_without_memory_for_its_copies_is_summed_as_a_layer_sums_it():
    data, matrix, summand = torch.full((1, 4096), 4.5e29), torch.full((1,), 0.02).expand(1000, 4096), torch.zeros(1000)
    layered = torch.nn.functional.linear(data, matrix.contiguous(), summand)
    assert torch.equal(gemm(data, matrix, summand, transB=1), layered)


def test_the_general_product_of_integers_stays_one():
    a, b, c = torch.tensor([[1, 2]]), torch.tensor([[3], [4]]), torch.tensor([5])
    assert gemm(a, b, c, alpha=2.0, beta=3.0).tolist() == [[37]]


def test_a_summand_of_no_weight_is_left_out_even_if_it_is_not_finite():
    assert gemm(torch.ones(1, 1), torch.ones(1, 1), torch.tensor([torch.inf]), beta=0.0).item() == 1


def test_the_first_versions_say_that_they_broadcast():
    a, b = torch.randn(2, 3), torch.randn(3, 4)
    torch.testing.assert_close(old_gemm(a, b, torch.ones(4), broadcast=1), a @ b + 1)
