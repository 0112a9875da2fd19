import numpy as np
import torch

from leyden.onnx.lower.constant import Constant


def test_a_tensor_moves_with_the_network_and_is_not_in_its_state():
    constant = Constant(torch.tensor([1.0, 2.0]))
    assert constant.state_dict() == {}
    assert constant.to(torch.float64)().dtype == torch.float64


def test_texts_are_given_as_they_are():
    texts = np.array(["a", "b"], dtype=object)
    assert Constant(texts)() is texts


def test_its_value_is_shown_if_it_is_short():
    assert repr(Constant(torch.tensor([1, 2]))) == "Constant([1, 2])"
    assert repr(Constant(torch.zeros(3, 4))) == "Constant(float32[3, 4])"
