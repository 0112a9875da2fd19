"""Channels into places and back; columns into images; sequences turned around."""

import pytest
import torch
from torch.nn.functional import fold, pixel_shuffle, pixel_unshuffle

from leyden.onnx.ops.shaping.blocks import (
    col2im,
    depth_to_space,
    reverse_sequence,
    space_to_depth,
    space_to_depth_first,
)


def test_order_crd_is_the_pixel_shuffle_of_torch():
    x = torch.randn(2, 12, 3, 4)
    assert torch.equal(depth_to_space(x, blocksize=2, mode="CRD"), pixel_shuffle(x, 2))


def test_order_crd_back_is_the_pixel_unshuffle_of_torch():
    x = torch.randn(2, 3, 6, 8)
    assert torch.equal(space_to_depth(x, blocksize=2, mode="CRD"), pixel_unshuffle(x, 2))


@pytest.mark.parametrize("mode", ["DCR", "CRD"])
def test_space_to_depth_undoes_depth_to_space(mode: str):
    x = torch.randn(2, 12, 3, 4)
    assert torch.equal(space_to_depth(depth_to_space(x, blocksize=2, mode=mode), blocksize=2, mode=mode), x)


def test_space_to_depth_had_one_order_at_first():
    x = torch.arange(4.0).reshape(1, 1, 2, 2)
    assert space_to_depth_first(x, blocksize=2).flatten().tolist() == [0, 1, 2, 3]


def test_columns_add_up_where_blocks_overlap():
    columns = torch.ones(1, 2, 2)  # blocks of two, on a line of three, from two starts
    assert col2im(columns, (3,), (2,)).tolist() == [[[1, 2, 1]]]


@pytest.mark.parametrize("pads", [(0, 0, 0, 0), (1, 2, 1, 2)])
def test_columns_of_floats_are_folded_as_torch_folds(pads: tuple[int, ...]):
    blocks = (4 + 2 * pads[0] - 1) * (5 + 2 * pads[1] - 1)
    x = torch.randn(1, 4, blocks)
    assert torch.equal(col2im(x, (4, 5), (2, 2), pads=pads), fold(x, (4, 5), (2, 2), padding=pads[:2]))


def test_columns_of_integers_are_added_as_those_of_floats_are():
    x = torch.randint(0, 9, (2, 3 * 6, 4))
    settings = {"strides": (2, 1), "dilations": (1, 2), "pads": (1, 0, 1, 0)}
    whole = col2im(x, (3, 6), (2, 3), **settings)
    assert torch.equal(whole, col2im(x.double(), (3, 6), (2, 3), **settings).long())


def test_padding_may_differ_on_both_sides():
    x = torch.ones(1, 2, 3)  # a line of two with one more place before it
    assert col2im(x, (3,), (2,), pads=(1, 0)).tolist() == [[[2, 2, 1]]]


def test_first_elements_are_turned_along_the_first_axis():
    x = torch.arange(6).reshape(3, 2)
    assert reverse_sequence(x, torch.tensor([3, 1])).tolist() == [[4, 1], [2, 3], [0, 5]]


def test_first_elements_are_turned_along_the_second_axis():
    x = torch.arange(6).reshape(2, 3)
    turned = reverse_sequence(x, torch.tensor([2, 3]), batch_axis=0, time_axis=1)
    assert turned.tolist() == [[1, 0, 2], [5, 4, 3]]
