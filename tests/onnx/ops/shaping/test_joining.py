"""Concat, Split, Tile."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.shaping.joining import (
    concat,
    concat_first,
    split,
    split_attribute,
    split_evenly,
    split_first,
    tile,
    tile_axis,
)


def test_concat_joins_along_an_axis_from_the_end():
    assert concat(torch.zeros(2, 1), torch.ones(2, 2), axis=-1).tolist() == [[0, 1, 1], [0, 1, 1]]


def test_concat_had_a_default_axis_at_first():
    assert concat_first(torch.zeros(2, 1), torch.zeros(2, 1)).shape == (2, 2)


def test_concat_joins_texts():
    a, b = np.array(["a"], dtype=object), np.array(["b", "c"], dtype=object)
    assert concat(a, b, axis=0).tolist() == ["a", "b", "c"]


def test_split_takes_given_sizes_one_of_them_none():
    assert [part.tolist() for part in split(torch.arange(3), (1, 0, 2))] == [[0], [], [1, 2]]


def test_split_takes_parts_of_one_size():
    assert [part.shape[1] for part in split(torch.zeros(2, 6), axis=-1, output_count=3)] == [2, 2, 2]


@pytest.mark.parametrize(("whole", "count", "sizes"), [(7, 4, [2, 2, 2, 1]), (5, 4, [2, 2, 1, 0]), (8, 2, [4, 4])])
def test_the_last_part_may_be_smaller(whole: int, count: int, sizes: list[int]):
    assert [len(part) for part in split_evenly(torch.zeros(whole), num_outputs=count)] == sizes


def test_split_takes_sizes_of_an_attribute():
    assert [len(part) for part in split_attribute(torch.zeros(5), split=(2, 3), output_count=2)] == [2, 3]


def test_split_took_sizes_in_the_type_of_the_data_at_first():
    assert [len(part) for part in split_first(torch.zeros(5), (2.0, 3.0), output_count=2)] == [2, 3]


def test_split_takes_texts_apart():
    texts = np.array(["a", "b", "c"], dtype=object)
    assert [part.tolist() for part in split(texts, (1, 2))] == [["a"], ["b", "c"]]


def test_tile_is_the_one_of_numpy():
    x = torch.arange(4).reshape(2, 2)
    assert np.array_equal(tile(x, (3, 2)).numpy(), np.tile(x.numpy(), (3, 2)))


def test_tile_lays_texts_side_by_side():
    assert tile(np.array(["a", "b"], dtype=object), (2,)).tolist() == ["a", "b", "a", "b"]


def test_tile_repeated_one_axis_at_first():
    assert tile_axis(torch.zeros(2, 3), 2.0, 1.0).shape == (2, 6)
