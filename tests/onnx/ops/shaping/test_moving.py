"""Texts and numbers without arithmetic."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.shaping.moving import as_bits, moved, several

TEXTS = np.array([["a", "b"], ["c", "d"]], dtype=object)


def test_texts_go_where_elements_go():
    assert moved(lambda x: x.flip(0)[:, 0], TEXTS).tolist() == ["c", "a"]


def test_texts_go_to_several_places():
    first, second = moved(torch.unbind, TEXTS)
    assert (first.tolist(), second.tolist()) == (["a", "b"], ["c", "d"])


def test_one_text_stays_an_array_without_axes():
    assert moved(lambda x: x[0, 1], TEXTS).shape == ()


@pytest.mark.parametrize(
    "dtype", [torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e8m0fnu], ids=str
)
def test_bits_survive_the_way_there_and_back(dtype: torch.dtype):
    x = torch.tensor([1, 2, 4]).to(dtype)
    bits = as_bits(x)
    assert bits.gather(0, torch.tensor([2])).view(dtype).to(torch.float32).tolist() == [4]


def test_what_torch_can_index_is_left_alone():
    x = torch.zeros(2)
    assert as_bits(x) is x


def test_one_number_is_a_tuple_of_it():
    assert (several(3), several((3, 4))) == ((3,), (3, 4))
