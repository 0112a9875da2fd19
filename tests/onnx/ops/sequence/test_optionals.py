import pytest
import torch

from leyden.onnx.ops.sequence.optionals import optional, optional_get_element, optional_has_element


@pytest.mark.parametrize(
    ("value", "there"), [(torch.tensor(1), True), ([], True), (None, False)], ids=["one", "list", "none"]
)
def test_a_value_is_there_or_not(value: object, there: bool):
    assert optional_has_element(optional(value)).item() is there


def test_the_value_is_given_as_it_is():
    value = torch.tensor(1)
    assert optional_get_element(optional(value)) is value


def test_the_element_of_an_empty_optional_is_an_error():
    with pytest.raises(ValueError, match="ask whether it has one"):
        optional_get_element(None)
