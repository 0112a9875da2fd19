import pytest
import torch
from torch import nn

from leyden.errors import UnknownModel, VisionError
from leyden.vision import Preprocess, Weights, create, names, register, registry


@pytest.fixture(autouse=True)
def _forget_what_a_test_registers(monkeypatch):
    monkeypatch.setattr(registry, "_entries", dict(registry._entries))


def _toy(*, classes: int, channels: int, momentum: float) -> tuple[nn.Module, Preprocess]:
    layers = {
        "stem": nn.Conv2d(channels, 2, 1, bias=False),
        "norm": nn.BatchNorm2d(2, momentum=momentum),
        "pool": nn.AdaptiveAvgPool2d(1),
        "flat": nn.Flatten(),
        "head": nn.Linear(2, classes),
    }
    model = nn.Sequential()
    for name, layer in layers.items():
        model.add_module(name, layer)
    return model, Preprocess(4, mean=(0.5,) * channels, std=(0.5,) * channels)


def _state() -> dict[str, torch.Tensor]:
    model, _ = _toy(classes=1000, channels=3, momentum=0.1)
    return {key: torch.full_like(value, 2) for key, value in model.state_dict().items()}


def test_all_lite_networks_are_listed():
    assert {f"efficientnet_lite{number}" for number in range(5)} <= set(names())
    assert names() == sorted(names())
    assert names(pretrained=True) == ["efficientnet_lite0"]


def test_a_registered_model_is_created_with_what_was_asked():
    assert register("toy")(_toy) is _toy
    model, prep = create("toy", classes=7, channels=2, momentum=0.3)
    assert model.head.out_features == 7
    assert model.norm.momentum == 0.3
    assert prep.channels == 2
    assert create("toy")[0].head.out_features == 1000


def test_a_name_is_given_once():
    register("toy")(_toy)
    with pytest.raises(VisionError, match="a model named 'toy' is registered already"):
        register("toy")


def test_trained_weights_are_loaded_and_a_fresh_head_kept():
    register("toy", weights=Weights(_state, stem="stem", head="head"))(_toy)
    kept, _ = create("toy", pretrained=True)
    assert (kept.head.weight == 2).all()
    assert (kept.norm.running_mean == 2).all()
    torch.manual_seed(0)
    fresh, _ = create("toy", pretrained=True, classes=1000)
    torch.manual_seed(0)
    untrained, _ = create("toy", classes=1000)
    assert torch.equal(fresh.head.weight, untrained.head.weight)
    assert (fresh.stem.weight == 2).all()


def test_trained_weights_are_copied_not_shared():
    state = _state()
    register("toy", weights=Weights(lambda: state, stem="stem", head="head"))(_toy)
    model, _ = create("toy", pretrained=True, channels=1)
    with torch.no_grad():
        model.norm.weight.zero_()
    assert (state["norm.weight"] == 2).all()
    assert state["stem.weight"].shape == (2, 3, 1, 1)


def test_weights_of_another_model_are_refused_with_both_lists():
    wrong = {("neck.weight" if key == "norm.weight" else key): value for key, value in _state().items()}
    register("toy", weights=Weights(lambda: wrong, stem="stem", head="head"))(_toy)
    with pytest.raises(VisionError, match=r"missing \['norm.weight'\], left over \['neck.weight'\]"):
        create("toy", pretrained=True)


def test_an_unknown_name_is_answered_with_the_closest():
    with pytest.raises(UnknownModel, match=r"no model named 'eficientnet-lite0'; closest: efficientnet_lite0"):
        create("eficientnet-lite0")
    with pytest.raises(UnknownModel, match=r"no model named '!!!'; nothing is close; see leyden.vision.names\(\)"):
        create("!!!")


def test_missing_weights_are_answered_with_who_has_some():
    with pytest.raises(
        UnknownModel, match="'efficientnet_lite3' has no trained weights; these have: efficientnet_lite0"
    ):
        create("efficientnet_lite3", pretrained=True)


def test_all_numbers_out_of_range_are_named_at_once():
    with pytest.raises(VisionError, match=r"classes.*not 0; channels.*not -1; momentum.*\(0, 1\], not 0.0"):
        create("efficientnet_lite0", classes=0, channels=-1, momentum=0.0)


def test_momentum_reaches_every_batch_norm():
    model, _ = create("efficientnet_lite0", momentum=0.25)
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    assert {norm.momentum for norm in norms} == {0.25}
    assert {norm.eps for norm in norms} == {1e-3}
    default, _ = create("efficientnet_lite0")
    assert default.stem.norm.momentum == 0.1
