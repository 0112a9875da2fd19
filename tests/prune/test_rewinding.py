import copy
from typing import Any, cast

import pytest
import torch

from leyden.errors import PruneError
from leyden.prune import Magnitude, Random, masks, prune
from leyden.prune.rewinding import rewind


def trained(model):
    """The model as it would be after training: every number another."""
    copied = copy.deepcopy(model)
    for value in copied.state_dict().values():
        value.add_(torch.ones_like(value))
    return copied


@pytest.fixture(params=["photo", "words"])
def young(request):
    return request.getfixturevalue(request.param)


def is_ticket(ticket, young, keep):
    early = young.state_dict()
    return all(
        torch.equal(value, early[name] * keep.get(name, True)) for name, value in ticket.state_dict().items()
        if name in keep or name not in ("output.weight",)
    )  # fmt: skip


@pytest.mark.parametrize("given", [lambda model: model, lambda model: model.state_dict()], ids=["model", "state"])
def test_masks_are_those_of_the_one_and_weights_those_of_the_other(young, given):
    pruned = prune(trained(young), Magnitude(0.6))
    ticket = rewind(pruned, given(young))
    assert str(masks(ticket)) == str(masks(pruned))
    assert is_ticket(ticket, young, masks(pruned))


def test_both_are_left_as_they_were(young):
    pruned = prune(trained(young), Magnitude(0.6))
    before = [copy.deepcopy(model.state_dict()) for model in (pruned, young)]
    ticket = rewind(pruned, young)
    for value in ticket.state_dict().values():
        value.zero_()
    for model, state in zip((pruned, young), before, strict=True):
        assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())


def test_an_earlier_model_may_be_pruned_itself(photo):
    pruned, earlier = prune(trained(photo), Random(0.5, seed=0)), prune(photo, Random(0.5, seed=1))
    ticket = rewind(pruned, earlier)
    assert torch.equal(ticket.head.weight, earlier.head.weight * masks(pruned)["head.weight"])


def test_type_and_mode_are_those_of_the_pruned_one(photo):
    ticket = rewind(prune(trained(photo), Magnitude(0.5)).double().eval(), photo)
    assert ticket.head.weight.dtype == torch.float64
    assert not ticket.training


def test_a_ticket_is_trained_and_stays_pruned(photo, picture):
    ticket = rewind(prune(trained(photo), Magnitude(0.5)), photo)
    optimizer = torch.optim.Adam(ticket.parameters(), lr=0.1, weight_decay=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        ticket(picture).square().sum().backward()
        optimizer.step()
    assert not any(dict(ticket.named_parameters())[name][~mask].any() for name, mask in masks(ticket).items())


def test_a_model_without_masks_is_refused(photo):
    with pytest.raises(PruneError, match=r"Photo has no masks to keep: rewind\(prune\(model, method\), earlier\)"):
        rewind(photo, photo)


def test_weights_that_hold_no_numbers_are_refused_by_name(photo):
    state = {name: value.to("meta") if name == "head.bias" else value for name, value in photo.state_dict().items()}
    state["head.weight"] = cast("Any", state["head.weight"].numpy())
    with pytest.raises(PruneError, match=r"head.weight was no tensor, but ndarray; head.bias was on the meta device"):
        rewind(prune(photo, Magnitude(0.5)), state)


def test_another_model_is_refused_with_all_that_differs(photo):
    state = photo.state_dict()
    state["head.weight"] = state["head.weight"][:2]
    state["tail"] = state.pop("stem.bias")
    with pytest.raises(PruneError) as told:
        rewind(prune(photo, Magnitude(0.5)), state)
    assert str(told.value) == (
        "rewind wants the same model as it was earlier; stem.bias is missing; tail is left over; "
        "head.weight was (2, 8) and is (4, 8)"
    )
