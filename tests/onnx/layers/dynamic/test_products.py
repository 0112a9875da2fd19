import copy
import pickle
from typing import Any

import pytest
import torch
from torch import nn

from leyden.onnx.layers.dynamic.products import (
    DynamicConv1d,
    DynamicConv2d,
    DynamicConv3d,
    DynamicLinear,
    given_rounding,
)
from leyden.onnx.layers.rounding import FakeQuantise, Grid
from leyden.onnx.ops.quantised.linear import dynamic_steps

LAYERS = [
    (DynamicConv1d(2, 4, 3, padding=1), (2, 2, 6)), (DynamicConv2d(2, 4, 3, groups=2), (2, 2, 6, 6)),
    (DynamicConv3d(2, 4, 2, stride=2), (2, 2, 4, 4, 4)), (DynamicLinear(6, 4), (2, 5, 6)),
]  # fmt: skip
CASES = pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=[type(layer).__name__ for layer, _ in LAYERS])


def plain(layer: nn.Module) -> Any:
    return next(kind for kind in type(layer).__mro__ if kind.__module__.startswith("torch.nn"))


def rounded(layer: Any, scale: float = 0.05, *, whole: bool = False) -> Any:
    torch.manual_seed(0)
    return given_rounding(layer, FakeQuantise(torch.tensor(scale), torch.tensor(0).int(), Grid(3)), whole_bias=whole)


@CASES
@pytest.mark.parametrize("whole", [False, True])
def test_it_computes_what_the_plain_layer_does_of_rounded_numbers(layer: Any, shape: tuple[int, ...], whole: bool):
    layer, x = rounded(copy.deepcopy(layer), whole=whole), torch.randn(shape)
    steps, scale = dynamic_steps(x, torch.float64)
    got = layer(x)
    with torch.no_grad():
        layer.weight.copy_((layer.weight / 0.05).round() * 0.05)
    wanted = plain(layer).forward(layer, (steps * scale).float())
    assert torch.allclose(got, wanted, atol=float(scale) * 0.05 + 1e-6 if whole else 1e-5)


@CASES
def test_the_gradient_passes_as_if_nothing_were_rounded(layer: Any, shape: tuple[int, ...]):
    layer, x = rounded(copy.deepcopy(layer)), torch.randn(shape, requires_grad=True)
    layer(x).sum().backward()
    steps, scale = dynamic_steps(x.detach(), torch.float64)
    same, y = copy.deepcopy(layer), (steps * scale).float().requires_grad_()
    same.weight.data = (same.weight.data / 0.05).round() * 0.05
    same.weight.grad = None
    plain(same).forward(same, y).sum().backward()
    for mine, other in ((layer.weight.grad, same.weight.grad), (x.grad, y.grad)):
        assert torch.allclose(mine, other, atol=1e-4)


def test_it_is_a_layer_of_its_kind_that_can_be_stored_and_shows_what_it_is():
    layer, x = rounded(DynamicLinear(3, 2)), torch.randn(1, 3)
    again = pickle.loads(pickle.dumps(layer))
    assert isinstance(again, nn.Linear)
    assert torch.equal(again(x), layer(x))
    assert list(layer.state_dict()) == ["weight", "bias"]
    assert repr(layer) == "DynamicLinear(in_features=3, out_features=2, bias=True, weight: int8, scale=0.05)"


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_a_network_in_another_type_computes_in_it(dtype: torch.dtype):
    layer = rounded(DynamicLinear(3, 2)).to(dtype)
    out = layer(torch.randn(1, 3, dtype=dtype))
    out.sum().backward()
    assert out.dtype == dtype
    assert out.isfinite().all()
