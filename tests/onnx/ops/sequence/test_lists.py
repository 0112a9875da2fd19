import numpy as np
import pytest
import torch

from leyden.onnx.ops.sequence.lists import (
    concat_from_sequence,
    sequence_at,
    sequence_construct,
    sequence_empty,
    sequence_erase,
    sequence_insert,
    sequence_length,
    split_to_sequence,
)

LIST = ["a", "b", "c"]


def test_an_empty_list_has_no_values():
    assert sequence_length(sequence_empty(dtype=7)) == 0


def test_a_list_is_made_of_its_values():
    assert sequence_construct(*LIST) == LIST


@pytest.mark.parametrize(("position", "value"), [(0, "a"), (-1, "c"), (-3, "a"), ((2,), "c")])
def test_a_value_is_taken_from_either_end(position: int, value: str):
    assert sequence_at(LIST, position) == value


@pytest.mark.parametrize(("position", "place"), [(None, 3), (3, 3), (0, 0), (-1, 2), (-3, 0), ((1,), 1)])
def test_a_value_is_put_before_a_position(position: int | None, place: int):
    assert sequence_insert(LIST, "new", position).index("new") == place


@pytest.mark.parametrize(("position", "left"), [(None, "ab"), (0, "bc"), (-2, "ac")])
def test_a_value_is_taken_out(position: int | None, left: str):
    assert "".join(sequence_erase(LIST, position)) == left


@pytest.mark.parametrize("position", [3, -4])
def test_a_position_outside_is_an_error_that_says_the_bounds(position: int):
    with pytest.raises(IndexError, match="outside of a sequence of 3: it must be -3 to 2"):
        sequence_at(LIST, position)


def test_one_may_insert_behind_the_end_but_not_farther():
    with pytest.raises(IndexError, match="it must be -3 to 3"):
        sequence_insert(LIST, "new", 4)


def test_nothing_can_be_taken_out_of_an_empty_list():
    with pytest.raises(IndexError, match="outside of a sequence of 0"):
        sequence_erase([])


def test_no_operator_changes_the_list_that_it_is_given():
    given = list(LIST)
    sequence_insert(given, "new")
    sequence_erase(given)
    assert given == LIST


@pytest.mark.parametrize(
    ("new", "axis", "shape"), [(0, 0, (4, 3)), (0, -1, (2, 6)), (1, 0, (2, 2, 3)), (1, -1, (2, 3, 2))]
)
def test_a_list_is_joined_along_an_axis_or_a_new_one(new: int, axis: int, shape: tuple[int, ...]):
    assert concat_from_sequence([torch.zeros(2, 3)] * 2, axis=axis, new_axis=new).shape == shape


def test_texts_are_joined_and_split_too():
    texts = np.array(["a", "b"], dtype=object)
    parts = split_to_sequence(concat_from_sequence([texts, texts], axis=0), (1, 3))
    assert [part.tolist() for part in parts] == [["a"], ["b", "a", "b"]]


@pytest.mark.parametrize(
    ("split", "keepdims", "shapes"),
    [(None, 1, [(1, 2)] * 3), (None, 0, [(2,)] * 3), (2, 0, [(2, 2), (1, 2)]), ((1, 2), 0, [(1, 2), (2, 2)])],
)
def test_a_tensor_is_split_into_slices_or_parts(split: object, keepdims: int, shapes: list[tuple[int, ...]]):
    parts = split_to_sequence(torch.zeros(3, 2), split, keepdims=keepdims)
    assert [tuple(part.shape) for part in parts] == shapes


def test_splitting_and_joining_are_inverse_and_pass_gradients():
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    joined = concat_from_sequence(split_to_sequence(x, axis=1), axis=1)
    joined.backward(x.detach())
    assert torch.equal(joined, x)
    assert torch.equal(x.grad, x)
