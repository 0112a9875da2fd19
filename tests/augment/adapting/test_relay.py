import pytest
import torch

from leyden.augment import Brightness, Flip, Rotate
from leyden.augment.adapting import Relay, adapt
from leyden.items import Image

IMAGE = Image(torch.arange(4.0).view(1, 1, 4))


def test_steps_of_several_libraries_act_in_turn(albumentations):
    double = adapt(albumentations.Double())
    relay = Flip("x") | double | Brightness((1, 1)) | Flip("x")
    assert isinstance(relay, Relay)
    assert relay(torch.Generator(), IMAGE) == Image(2 * IMAGE.data + 1)
    assert len(relay.steps) == 4
    assert (double | double).steps == (double, double)
    assert (double | (Flip("x") | double)).steps == (double, Flip("x"), double)


def test_a_plan_says_that_nothing_is_fused_across_a_foreign_step(albumentations):
    relay = (Flip("x") | Rotate(10)) | adapt(albumentations.Double()) | Brightness(0.1)
    assert relay.plan().splitlines() == [
        "1.) one resample, reflection at the border: flip x, rotate +-10 deg",
        "- foreign, fused with nothing: adapt(Double)",
        "1.) one linear colour step: brightness +-0.1",
    ]
    assert repr(relay) == "Flip('x') | Rotate(10) | adapt(Double) | Brightness(0.1)"


def test_what_cannot_be_called_is_no_step(albumentations):
    with pytest.raises(TypeError, match="unsupported operand"):
        _ = adapt(albumentations.Double()) | 3
