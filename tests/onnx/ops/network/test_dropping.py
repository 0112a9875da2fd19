"""Dropout in all its versions."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from leyden.onnx.ops.network import dropping
from leyden.onnx.ops.network.dropping import dropout_1, dropout_7, dropout_10

dropout: Callable[..., Any] = dropping.dropout  # a tensor or a tuple, as it is asked

ONES = torch.ones(1000)


INFERENCE = {
    "12": lambda x: dropout(x, 0.3, False),
    "ratio 0": lambda x: dropout(x, 0.0, True),
    "10": dropout_10,
    "7": dropout_7,
    "1": lambda x: dropout_1(x, is_test=1),
}


@pytest.mark.parametrize("version", INFERENCE)
def test_inference_changes_nothing(version: str):
    assert INFERENCE[version](ONES) is ONES


def test_what_is_kept_is_enlarged():
    y, mask = dropout(ONES, 0.75, True, output_count=2)
    assert y.unique().tolist() == [0, 4]
    assert y.bool().equal(mask)


def test_half_is_dropped_where_the_file_does_not_say():
    assert 400 < dropout(ONES, None, True).bool().sum() < 600


def test_all_may_be_dropped():
    assert dropout(ONES, 1.0, True).sum() == 0


def test_a_seed_draws_what_the_reference_draws():
    first = [0.5488, 0.7152, 0.6028, 0.5449, 0.4237]  # NumPy's old generator, seeded with 0
    assert dropout(ONES[:5], 0.6, True, seed=0).bool().tolist() == [number >= 0.6 for number in first]


@pytest.mark.parametrize(("drop", "dtype"), [(dropout_10, torch.bool), (dropout_7, torch.float32)], ids=["10", "7"])
def test_the_mask_of_an_inference_keeps_all(drop, dtype):
    _, mask = drop(ONES, output_count=2)
    assert mask.dtype == dtype
    assert mask.bool().all()


def test_the_first_versions_drop_unless_told():
    y, mask = dropout_1(ONES, ratio=0.5, output_count=2)
    assert 400 < mask.sum() < 600
    torch.testing.assert_close(y, mask * 2)
