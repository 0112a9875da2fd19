import copy
import pickle
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from leyden.onnx.layers.rounding import FakeQuantise, Grid, fake_quantise, with_rounding_


def rounding(scale: float | list[float] = 0.5, code: int = 3, axis: int | None = None) -> FakeQuantise:
    scales = torch.tensor(scale)
    return FakeQuantise(scales, torch.zeros(scales.shape).int(), Grid(code, axis))


@pytest.mark.parametrize(("code", "limits"), [(2, (0, 255)), (3, (-128, 127)), (4, (0, 65535)), (5, (-32768, 32767))])
def test_integers_have_the_range_of_their_type(code: int, limits: tuple[int, int]):
    assert Grid(code).limits == limits


def test_numbers_are_rounded_and_cut_off():
    x = torch.tensor([0.2, 0.3, 1000.0, -1000.0])
    assert rounding()(x).tolist() == [0.0, 0.5, 63.5, -64.0]


def test_each_slice_has_its_scale():
    x = torch.full((2, 2), 0.3)
    assert rounding([0.5, 0.2], axis=1)(x)[0].tolist() == pytest.approx([0.5, 0.4])


def test_the_gradient_passes_but_where_numbers_are_cut_off():
    x = torch.tensor([0.2, 1000.0], requires_grad=True)
    rounding()(x).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Conv1d(2, 4, 3), (1, 2, 6)), (nn.Conv2d(2, 4, 3, groups=2), (1, 2, 6, 6)),
        (nn.Conv3d(2, 4, 2), (1, 2, 3, 3, 3)), (nn.ConvTranspose1d(2, 4, 3, stride=2), (1, 2, 6)),
        (nn.ConvTranspose2d(2, 4, 3, output_padding=1, stride=2), (1, 2, 6, 6)),
        (nn.ConvTranspose3d(2, 4, 2), (1, 2, 3, 3, 3)), (nn.Linear(2, 4), (1, 2)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)  # fmt: skip
def test_a_layer_computes_with_its_rounded_weight(layer: Any, shape: tuple[int, ...]):
    plain, x = copy.deepcopy(layer), torch.randn(shape)
    with torch.no_grad():
        plain.weight.copy_(fake_quantise(plain.weight, torch.tensor(0.1), torch.tensor(0).int(), grid=Grid(3)))
    quantised = with_rounding_(copy.deepcopy(layer), rounding(0.1))
    assert torch.equal(quantised(x), plain(x))


def test_an_embedding_looks_up_rounded_rows():
    layer = with_rounding_(nn.Embedding(4, 3), rounding(0.5))
    assert bool((layer(torch.tensor([1, 3])) * 2 % 1 == 0).all())


def test_the_parameter_itself_stays_and_learns():
    layer = nn.Linear(3, 2)
    before = layer.weight
    quantised = with_rounding_(layer, rounding(0.1))
    quantised(torch.randn(4, 3)).square().sum().backward()
    assert dict(quantised.named_parameters())["weight"] is before
    assert before.grad is not None
    assert list(quantised.state_dict()) == ["weight", "bias"]


def test_it_is_still_a_layer_of_its_kind_that_can_be_stored():
    layer = with_rounding_(nn.Linear(3, 2), rounding(0.1))
    again = pickle.loads(pickle.dumps(layer))
    x = torch.randn(1, 3)
    assert isinstance(again, nn.Linear)
    assert torch.equal(again(x), layer(x))
    assert repr(layer) == "QuantisedLinear(in_features=3, out_features=2, bias=True, weight: int8, scale=0.1)"


def test_a_layer_of_another_kind_is_left_as_it_is():
    layer = nn.GRU(2, 3)
    assert type(with_rounding_(layer, rounding())) is nn.GRU


def test_it_compiles_in_one_piece():
    net = nn.Sequential(rounding(0.1), with_rounding_(nn.Linear(3, 2), rounding([0.1, 0.2], axis=0)))
    x = torch.randn(2, 3)
    assert torch.equal(torch.compile(net, fullgraph=True, backend="eager")(x), net(x))


def test_what_it_is_shows():
    assert repr(rounding([0.5, 0.2], axis=1)) == "FakeQuantise(int8, axis=1)"


@pytest.mark.parametrize("scale", [0.3, 0.007, 0.0123, 0.7])
@pytest.mark.parametrize("axis", [None, 0])
def test_halves_are_rounded_as_a_quotient_is(scale: float, axis: int | None):
    step = np.float32(scale)
    x = ((np.arange(-140, 140) + np.float32(0.5)) * step).astype(np.float32)
    wanted = np.clip(np.round(x / step), -128, 127).astype(np.float32) * step
    grid = rounding(scale if axis is None else [scale], axis=axis)
    got = grid(torch.from_numpy(x).reshape(1, -1)).numpy()
    np.testing.assert_array_equal(got[0], wanted)


def test_what_is_rounded_up_to_the_greatest_still_learns():
    x = torch.tensor([63.6, -64.2, 63.9], requires_grad=True)
    out = rounding()(x)
    out.sum().backward()
    assert out.tolist() == [63.5, -64.0, 63.5]
    assert x.grad is not None
    assert x.grad.tolist() == [1, 1, 0]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_a_network_in_another_type_rounds_in_it(dtype: torch.dtype):
    net = nn.Sequential(rounding(0.5), with_rounding_(nn.Linear(2, 2), rounding([0.5, 0.25], axis=0))).to(dtype)
    out = net(torch.tensor([[0.7, 1e4]], dtype=dtype))
    out.sum().backward()
    assert out.dtype == dtype
    assert net(torch.tensor([[0.7, torch.inf]], dtype=dtype)).isfinite().all()
