import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from leyden.vision import InvertedResidual, SamePad, StochasticDepth, Unit


def _same_pad_by_definition(size: int, kernel: int) -> tuple[int, int]:
    """TensorFlow's own words: enough that ceil(size / stride) windows fit, the odd one at the end."""
    total = max((-(-size // 2) - 1) * 2 + kernel - size, 0)
    return total // 2, total - total // 2


@given(st.integers(5, 40), st.integers(5, 40), st.sampled_from([3, 5]))
def test_same_pad_adds_what_tensorflow_adds(height, width, kernel):
    (top, bottom), (left, right) = (_same_pad_by_definition(size, kernel) for size in (height, width))
    images = torch.rand(1, 1, height, width)
    assert torch.equal(SamePad(kernel)(images), functional.pad(images, (left, right, top, bottom)))


def test_same_pad_leaves_its_input_alone_and_says_its_window():
    images = torch.ones(1, 1, 4, 4)
    SamePad(3)(images)[...] = 7
    assert torch.equal(images, torch.ones(1, 1, 4, 4))
    assert repr(SamePad(5)) == "SamePad(kernel=5)"


def test_stochastic_depth_drops_whole_samples_and_keeps_the_mean():
    torch.manual_seed(0)
    kept = StochasticDepth(0.25).train()(torch.ones(4000, 2, 3, 3))
    assert kept.unique().tolist() == pytest.approx([0, 4 / 3])
    assert (kept == kept[:, :1, :1, :1]).all()
    assert kept.mean().item() == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(("rate", "training"), [(0.5, False), (0.0, True)])
def test_stochastic_depth_does_nothing_in_eval_mode_or_at_rate_zero(rate, training):
    images = torch.rand(2, 3, 4, 4)
    assert torch.equal(StochasticDepth(rate).train(training)(images), images)
    assert repr(StochasticDepth(0.5)) == "StochasticDepth(rate=0.5)"


@pytest.mark.parametrize(("inputs", "outputs", "kernel", "groups"), [(3, 64, 3, 1), (256, 256, 5, 256), (40, 80, 1, 1)])
def test_filters_start_with_the_spread_of_the_paper(inputs, outputs, kernel, groups):
    torch.manual_seed(0)
    weight = Unit(inputs, outputs, kernel=kernel, groups=groups, momentum=0.1).convolution.weight
    assert weight.std().item() == pytest.approx((2 / (kernel**2 * outputs / groups)) ** 0.5, rel=0.1)


def test_unit_ends_in_relu6_only_where_active():
    torch.manual_seed(0)
    images = 100 * torch.randn(2, 3, 8, 8)
    active, linear = Unit(3, 4, momentum=0.1), Unit(3, 4, momentum=0.1, active=False)
    assert active(images).amin() >= 0
    assert active(images).amax() <= 6
    assert linear(images).amin() < 0


@pytest.mark.parametrize(("outputs", "stride", "shortcut"), [(8, 1, True), (8, 2, False), (16, 1, False)])
def test_input_is_added_back_only_where_shapes_allow(outputs, stride, shortcut):
    block = InvertedResidual(8, outputs, kernel=3, stride=stride, expansion=6, momentum=0.1).eval()
    torch.nn.init.zeros_(block.project.convolution.weight)
    images = torch.rand(1, 8, 7, 7)
    expected = images if shortcut else torch.zeros(1, outputs, -(-7 // stride), -(-7 // stride))
    assert torch.equal(block(images), expected)


def test_without_expansion_a_block_has_two_convolutions():
    block = InvertedResidual(8, 8, kernel=3, stride=1, expansion=1, momentum=0.1)
    assert sum(isinstance(module, torch.nn.Conv2d) for module in block.modules()) == 2
