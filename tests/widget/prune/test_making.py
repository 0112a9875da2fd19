import threading

import pytest
import torch
from torch import nn

from leyden.errors import PanelError, PruneError
from leyden.prune import Magnitude, masks, prune, sparsity
from leyden.prune.score import Taylor
from leyden.widget.prune.choice import Choice
from leyden.widget.prune.making import Made, Workshop
from leyden.widget.prune.offer import method_choices


def doubled(model):
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2)
    return model


def test_a_choice_is_pruned_from_the_model_given(shop, two_layers):
    made = shop.make(Choice(0.5))
    direct = prune(two_layers, Magnitude(0.5)).state_dict()
    assert all(torch.equal(direct[name], value) for name, value in made.model.state_dict().items())
    assert made.zeros.zeros == 0.5
    assert sum(layer.zeros for layer in made.histograms) == 96


def test_what_is_done_to_a_copy_reaches_nothing_else(shop, two_layers):
    before = {name: value.clone() for name, value in two_layers.state_dict().items()}
    doubled(shop.make(Choice(0.5)).model)
    doubled(shop.dense())
    assert all(torch.equal(before[name], value) for name, value in shop.make(Choice()).model.state_dict().items())


def test_a_tuned_network_is_a_choice_of_its_own(shop):
    trained = doubled(shop.make(Choice(0.5)).model)
    tuned = shop.keep(Choice(0.5), trained, returned=False)
    assert tuned == Choice(0.5, tuned=1)
    assert shop.stands(tuned)
    made = shop.make(tuned)
    assert torch.equal(made.model[0].weight, trained[0].weight)
    assert sparsity(made.model).zeros == 0.5


def test_a_tuned_network_stays_when_the_users_changes_afterwards(shop):
    trained = shop.make(Choice(0.5)).model
    tuned = shop.keep(Choice(0.5), trained, returned=False)
    kept = shop.make(tuned).model[0].weight.clone()
    doubled(trained)
    assert torch.equal(shop.make(tuned).model[0].weight, kept)


def test_more_is_pruned_from_a_tuned_network_and_less_is_said_to_change_nothing(shop):
    tuned = shop.keep(Choice(0.5), doubled(shop.make(Choice(0.5)).model), returned=True)
    assert shop.make(Choice(0.75, tuned=1)).zeros.zeros == 0.75
    assert shop.make(Choice(0.25, tuned=1)).zeros.zeros == 0.5
    assert "has 50.0% zeros already" in shop.floor(Choice(0.25, tuned=1))
    assert shop.floor(tuned) == ""
    assert shop.floor(Choice(0.1)) == ""


def test_masks_that_tuning_moved_are_kept(shop, two_layers):
    trained = prune(two_layers, Magnitude(0.25))
    shop.keep(Choice(0.5), trained, returned=True)
    assert {name: int(mask.sum()) for name, mask in masks(shop.make(Choice(0.5, tuned=1)).model).items()} == {
        name: int(mask.sum()) for name, mask in masks(trained).items()
    }


@pytest.mark.parametrize("answer", [3, nn.Linear(2, 2)], ids=["number", "other network"])
def test_what_is_no_network_of_the_same_weights_is_refused(shop, answer):
    with pytest.raises(PanelError, match="tune= "):
        shop.keep(Choice(0.5), answer, returned=True)
    assert shop.tuned == ()


def test_what_cannot_be_pruned_is_looked_at_once(two_layers):
    asked = []

    def refuse(share):
        asked.append(share)
        raise PruneError("not so")

    shop = Workshop(two_layers, {"every weight": None}, {"no": refuse, "yes": Magnitude})
    looks = [shop.look(Choice(0.5, "no")) for _ in range(3)]
    assert [str(look) for look in looks] == ["not so"] * 3
    assert asked == [0.5]
    assert shop.seen(Choice(0.5, "no"))
    assert isinstance(shop.look(Choice(0.5, "yes")), Made)
    assert not shop.seen(Choice(0.5, "no"))


def test_methods_that_run_the_model_run_it_once_for_all_shares(two_layers):
    torch.manual_seed(0)
    data, seen = [(torch.randn(8, 8), torch.arange(8) % 4)], []

    def loss(model, batch):
        seen.append(1)
        return nn.functional.cross_entropy(model(batch[0]), batch[1])

    makers = method_choices(batches=data, loss=loss)
    shop = Workshop(two_layers, {"every weight": None, "first": "0"}, makers)
    for share in (0.2, 0.9, 0.5):
        direct = prune(two_layers, makers["Taylor"](share))
        made = shop.make(Choice(share, "Taylor")).model
        assert all(torch.equal(mask, masks(made)[name]) for name, mask in masks(direct).items())
    assert len(seen) == 3 + 1
    for share in (0.2, 0.9):  # a comparison goes share by share, not method by method
        for method in ("Taylor", "SNIP"):
            shop.make(Choice(share, method))
    assert len(seen) == 3 + 2
    shop.make(Choice(0.5, "Taylor", "first"))
    assert len(seen) == 3 + 3


def test_scores_are_not_kept_for_a_method_of_ones_own_of_the_same_name(two_layers):
    torch.manual_seed(0)
    few, many = ([(torch.randn(size, 8), torch.arange(size) % 4)] for size in (2, 64))
    makers = method_choices({"Taylor": lambda share: Taylor(share, few if share < 0.5 else many)}, batches=many)
    shop = Workshop(two_layers, {"every weight": None}, makers)
    shop.make(Choice(0.2, "Taylor"))
    made, direct = masks(shop.make(Choice(0.7, "Taylor")).model), masks(prune(two_layers, Taylor(0.7, many)))
    assert all(torch.equal(made[name], mask) for name, mask in direct.items())


def test_copies_may_be_asked_for_from_many_threads(shop):
    found = []
    threads = [
        threading.Thread(target=lambda share=share: found.append((share, shop.make(Choice(share)).zeros.zeros)))
        for share in (0.25, 0.5, 0.75) * 3
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(share == zeros for share, zeros in found)


def test_all_that_is_wrong_with_a_wish_is_said_at_once(shop):
    with pytest.raises(
        PanelError, match=r"below 1, given 1\.5; method is one of .*'none'; where is one of .*'nowhere'"
    ):
        shop.check(1.5, method="none", where="nowhere")


def test_several_are_every_method_at_every_share(shop):
    several = shop.several(Choice(), None, [0.5, 0.9])
    assert [(one.sparsity, one.method) for one in several] == [
        (0.5, "magnitude, global"), (0.5, "random"), (0.9, "magnitude, global"), (0.9, "random"),
    ]  # fmt: skip
    with pytest.raises(PanelError, match=r"given 1\.0; method is one of .*'none'"):
        shop.several(Choice(), ["none"], [1.0])
    with pytest.raises(PanelError, match="a method and a share, one of each"):
        shop.several(Choice(), [], [0.5])
