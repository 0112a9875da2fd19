import numpy as np
import pytest
import torch

from leyden.onnx.control.bodies import Piece, only_number
from leyden.onnx.lower.given import Given


def test_rounds_are_joined_along_a_new_axis():
    rounds = [torch.tensor([1, 2]), torch.tensor([3, 4])]
    assert Piece(torch.int64, (2,), axis=-1).join(rounds).tolist() == [[1, 3], [2, 4]]


def test_the_last_round_comes_first_where_it_is_told():
    assert Piece(torch.int64, (), backward=True).join([torch.tensor(1), torch.tensor(2)]).tolist() == [2, 1]


def test_texts_are_joined_too():
    assert Piece.of(Given("s", 8, ())).join([np.array("a", dtype=object)] * 2).tolist() == ["a", "a"]


@pytest.mark.parametrize(("axis", "shape"), [(0, (0, 2, 3)), (1, (2, 0, 3)), (-1, (2, 3, 0))])
def test_no_rounds_at_all_give_an_axis_of_size_zero(axis: int, shape: tuple[int, ...]):
    piece = Piece.of(Given("p", 11, (2, 3)), axis=axis).join([])
    assert (tuple(piece.shape), piece.dtype) == (shape, torch.float64)


def test_sizes_that_nobody_knows_are_zero_in_what_is_empty():
    assert Piece.of(Given("p", 1, ("batch", None, 3))).join([]).shape == (0, 0, 0, 3)


@pytest.mark.parametrize("tensor", [torch.tensor(3), torch.tensor([3])], ids=["scalar", "of one"])
def test_a_tensor_of_one_element_is_a_number(tensor: torch.Tensor):
    assert only_number(tensor) == 3
