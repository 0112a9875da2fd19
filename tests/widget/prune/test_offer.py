import pytest
import torch
from torch import nn

from leyden.errors import PanelError, PruneError
from leyden.prune import Magnitude, Threshold, prune, sparsity
from leyden.widget.prune.offer import Measured, check_share, method_choices


@pytest.fixture
def batches():
    torch.manual_seed(0)
    return [(torch.randn(8, 8), torch.arange(8) % 4)]


def test_methods_that_run_the_model_are_offered_with_batches_only(batches):
    more = method_choices(batches=batches)
    assert set(more) - set(method_choices()) == {"Taylor", "SNIP", "movement", "Wanda"}
    assert [name for name, make in more.items() if isinstance(make, Measured)] == ["Taylor", "SNIP", "movement"]


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.9, 0.99])
def test_every_method_takes_every_share(two_layers, batches, share):
    for make in method_choices(batches=batches).values():
        assert sparsity(prune(two_layers, make(share))).zeros == pytest.approx(share, abs=0.3)


def test_every_method_prunes_about_the_share(two_layers, batches):
    for name, make in method_choices(batches=batches).items():
        assert sparsity(prune(two_layers, make(0.5))).zeros == pytest.approx(0.5, abs=0.01), name


def test_a_loss_of_ones_own_is_what_methods_measure(two_layers, batches):
    seen = []

    def loss(model, batch):
        seen.append(batch)
        return model(batch[0]).square().mean()

    prune(two_layers, method_choices(batches=batches, loss=loss)["Taylor"](0.5))
    assert len(seen) == 1


def test_a_method_of_ones_own_comes_last_or_takes_the_place_of_its_name():
    own = method_choices({"small": Threshold, "random": Magnitude})
    assert list(own)[-1] == "small"
    assert own["random"](0.5) == Magnitude(0.5)


@pytest.mark.parametrize("batches", [[], iter([1])], ids=["empty", "one-shot"])
def test_what_are_no_batches_are_refused_at_the_door(batches):
    with pytest.raises(PruneError, match="batches are "):
        method_choices(batches=batches)


def test_what_is_no_method_is_refused():
    with pytest.raises(PanelError, match=r"functions of the share to prune.*'mine': 3"):
        method_choices({"mine": 3})


@pytest.mark.parametrize("share", [1.0, -0.1, 1.5, float("nan"), True])
def test_a_share_lies_from_0_to_below_1(share):
    assert check_share(share) == [f"sparsity is a share from 0 to below 1, given {share!r}"]


def test_masks_of_nothing_are_no_patterns():
    assert sparsity(prune(nn.Linear(8, 4), method_choices()["N:4 pattern"](0.1))).zeros == 0
