"""Dropout in all its versions."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.network.dropping import dropout, dropout_1, dropout_7, dropout_10

ONES = torch.ones(1000)


@pytest.mark.parametrize(
    "drop",
    [lambda x: dropout(x, 0.3, False), lambda x: dropout(x, 0.0, True), dropout_10, dropout_7, lambda x: dropout_1(x, is_test=1)],
    ids=["12", "ratio 0", "10", "7", "1"],
)  # fmt: skip
def test_inference_changes_nothing(drop):
    assert drop(ONES) is ONES


def test_what_is_kept_is_enlarged():
    y, mask = dropout(ONES, 0.75, True, output_count=2)
    assert y.unique().tolist() == [0, 4]
    assert y.bool().equal(mask)


def test_half_is_dropped_where_the_file_does_not_say():
    assert 400 < dropout(ONES, None, True).bool().sum() < 600


def test_all_may_be_dropped():
    assert dropout(ONES, 1.0, True).sum() == 0


def test_a_seed_draws_what_the_reference_draws():
    kept = np.random.Generator(np.random.MT19937()).bit_generator
    kept._legacy_seeding(3)
    right = np.random.Generator(kept).random(1000) >= 0.5
    assert dropout(ONES, 0.5, True, seed=3).bool().tolist() == right.tolist()


@pytest.mark.parametrize(("drop", "dtype"), [(dropout_10, torch.bool), (dropout_7, torch.float32)], ids=["10", "7"])
def test_the_mask_of_an_inference_keeps_all(drop, dtype):
    _, mask = drop(ONES, output_count=2)
    assert mask.dtype == dtype
    assert mask.bool().all()


def test_the_first_versions_drop_unless_told():
    y, mask = dropout_1(ONES, ratio=0.5, output_count=2)
    assert 400 < mask.sum() < 600
    torch.testing.assert_close(y, mask * 2)
