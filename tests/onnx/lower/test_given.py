import pytest
import torch

from leyden.errors import OnnxImportError
from leyden.onnx.lower.given import Given


def test_a_weight_is_known_and_of_floats_and_more_than_one():
    read = torch.ones(3).clone
    assert Given("w", 1, (3,), read=read).is_weight
    assert not any(
        given.is_weight
        for given in (Given("x", 1, (3,)), Given("i", 7, (3,), read=read), Given("one", 1, (1,), read=read))
    )


def test_sizes_are_given_where_all_are_known():
    assert Given("x", 1, (2, 3)).sizes == (2, 3)
    assert Given("x", 1, ("batch", 3)).sizes is None
    assert Given("x", 1, ("batch", 3)).rank == 2
    assert Given("x", 1).rank is None


def test_a_literal_is_numbers_in_tuples():
    assert Given("s", 7, (2, 1), read=torch.tensor([[1], [2]]).clone).literal() == ((1,), (2,))


def test_what_is_not_known_beforehand_cannot_be_read():
    with pytest.raises(ValueError, match="known only when the network runs"):
        Given("x").value()


def test_too_many_numbers_are_no_setting():
    with pytest.raises(OnnxImportError, match="'s' has 100000 numbers; as sizes or axes 65536 are the most"):
        Given("s", 7, (100_000,), read=torch.zeros(100_000).clone).literal()
