"""Resizing one axis after the other."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.spatial.interpolation import Filter, resample
from leyden.onnx.ops.spatial.tap import Axis

DOUBLED = [Axis(0, 2, 4, 2.0)]


def test_linear_values_lie_between_their_neighbours() -> None:
    out = resample(torch.tensor([0.0, 4.0]), DOUBLED, Filter("linear"))
    assert out.tolist() == [0.0, 1.0, 3.0, 4.0]


def test_integers_are_rounded_and_clipped() -> None:
    out = resample(torch.tensor([0, 255], dtype=torch.uint8), DOUBLED, Filter("cubic"))
    assert out.tolist() == [0, 58, 197, 255]


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint16, torch.uint64, torch.complex64, torch.int8], ids=str)
def test_nearest_takes_elements_of_any_type(dtype: torch.dtype) -> None:
    out = resample(torch.tensor([0, 1]).to(dtype), DOUBLED, Filter())
    assert out.dtype == dtype
    assert out.to(torch.complex64).real.tolist() == [0, 0, 1, 1]


def test_texts_are_taken_too() -> None:
    assert resample(np.array(["a", "b"], dtype=object), DOUBLED, Filter()).tolist() == ["a", "a", "b", "b"]


def test_what_lies_outside_of_a_crop_has_the_value_for_it() -> None:
    crop = [Axis(0, 3, 3, 1.0, start=-0.5, end=0.5)]
    settings = Filter("linear", "tf_crop_and_resize", extrapolation_value=9.0)
    assert resample(torch.tensor([1.0, 2.0, 3.0]), crop, settings).tolist() == [9.0, 1.0, 2.0]


def test_neighbours_outside_can_be_left_out() -> None:
    out = resample(torch.tensor([1.0, 1.0]), DOUBLED, Filter("cubic", exclude_outside=1))
    torch.testing.assert_close(out, torch.ones(4))


def test_two_axes_are_resized_as_one_after_the_other() -> None:
    data, both = torch.arange(6.0).view(2, 3), [Axis(0, 2, 4, 2.0), Axis(1, 3, 5, 5 / 3)]
    once = resample(resample(data, both[:1], Filter("cubic")), both[1:], Filter("cubic"))
    assert torch.equal(resample(data, both, Filter("cubic")), once)


def test_gradients_pass() -> None:
    data = torch.rand(4, dtype=torch.float64, requires_grad=True)
    for mode in ("nearest", "linear", "cubic"):
        axes = [Axis(0, 4, 3, 0.75)]
        assert torch.autograd.gradcheck(lambda x, m=mode, a=axes: resample(x, a, Filter(m, antialias=1)), data)


def test_an_unknown_mode_is_named() -> None:
    with pytest.raises(ValueError, match="no mode 'area'; it has nearest, linear, cubic"):
        resample(torch.zeros(2), DOUBLED, Filter("area"))
