from typing import NamedTuple

import pytest
import torch
from torch import Tensor, nn

from leyden.errors import PruneError
from leyden.prune import Magnitude, Subject, masks, prune
from leyden.prune.score.feeding import (
    apart,
    batch_faults,
    cross_entropy,
    dense_copy,
    leaves,
    loss_faults,
    measured,
    moved,
    numbered,
)

CPU = torch.device("cpu")


class Pair(NamedTuple):
    image: Tensor
    label: int


class Bag:
    """Moves by a method of its own, as the batches of other libraries do."""

    def to(self, device: torch.device) -> str:
        return f"moved to {device}"


def test_cross_entropy_is_that_of_torch():
    inputs, classes = torch.randn(5, 3), torch.tensor([0, 1, 2, 0, 1])
    found = cross_entropy(nn.Identity(), [inputs, classes])
    assert torch.equal(found, nn.functional.cross_entropy(inputs, classes))


def test_a_temperature_divides_the_logits():
    inputs, classes = torch.randn(5, 3), torch.tensor([0, 1, 2, 0, 1])
    cooled = cross_entropy(nn.Identity(), (inputs, classes), temperature=4)
    torch.testing.assert_close(cooled, cross_entropy(nn.Identity(), (inputs / 4, classes)))


@pytest.mark.parametrize(
    ("batch", "named"),
    [(torch.ones(2, 3), "a tensor of shape (2, 3)"), ((torch.ones(2),), "tuple of 1"), ({"x": 1}, "dict")],
    ids=["tensor", "single", "dict"],
)
def test_a_batch_that_is_no_pair_is_named_with_what_to_do(batch, named):
    with pytest.raises(PruneError) as caught:
        cross_entropy(nn.Identity(), batch)
    assert named in str(caught.value)
    assert "[(inputs, classes)]" in str(caught.value)


@pytest.mark.parametrize(
    ("batches", "fault"),
    [
        (iter([1]), "spent after one: make it a list"),
        ((number for number in range(2)), "spent after one: make it a list"),
        (None, "None was given"),
        (torch.ones(2, 3), "a tensor of shape (2, 3) was given"),
        ({"image": 1}, "dict was given"),
        ([], "empty"),
    ],
    ids=["iterator", "generator", "none", "tensor", "dict", "empty"],
)
def test_what_cannot_be_gone_through_again_and_again_is_a_fault(batches, fault):
    (said,) = batch_faults(batches)
    assert fault in said


@pytest.mark.parametrize(
    "batches", [[1], (1,), range(2), torch.utils.data.DataLoader([1, 2])], ids=lambda b: type(b).__name__
)
def test_what_can_be_gone_through_again_is_none(batches):
    assert batch_faults(batches) == []


def test_batches_that_turn_out_to_be_empty_are_an_error():
    with pytest.raises(PruneError, match="batches are empty"):
        list(numbered(range(0), CPU))


def test_a_loss_is_called():
    assert loss_faults(cross_entropy) == []
    assert loss_faults("mse") == ["loss is a function of a model and a batch; str was given"]


def test_all_of_a_batch_is_moved_and_keeps_its_form():
    batch = {"pair": Pair(torch.ones(1), 3), "list": [torch.zeros(1), ("a", None)], "bag": Bag()}
    meta = moved(batch, torch.device("meta"))
    assert meta["pair"].image.device.type == "meta"
    assert meta["pair"].label == 3
    assert meta["list"][0].device.type == "meta"
    assert meta["list"][1] == ("a", None)
    assert meta["bag"] == "moved to meta"


def test_tensors_made_in_inference_mode_become_usable_ones():
    with torch.inference_mode():
        made = torch.ones(2)
    assert not moved([made], CPU)[0].is_inference()


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_apart_computes_gradients_whatever_the_mode_of_the_caller(mode):
    model = nn.Linear(2, 1)
    with mode(), apart(model):
        plain, weights = dense_copy(model)
        plain(torch.ones(1, 2)).sum().backward()
    assert weights["weight"].grad is not None


def test_apart_gives_the_random_state_back():
    model, before = nn.Linear(2, 1), torch.get_rng_state()
    with apart(model):
        torch.rand(3)
    assert torch.equal(before, torch.get_rng_state())


def test_a_dense_copy_has_no_masks_and_the_zeros_that_they_left():
    sparse = prune(nn.Linear(4, 4), Magnitude(0.5)).eval()
    plain, weights = dense_copy(sparse)
    assert type(plain) is nn.Linear
    assert torch.equal(weights["weight"] == 0, ~masks(sparse)["weight"])
    assert not plain.training


def test_the_weights_of_a_copy_are_those_asked_for_and_not_frozen():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)).requires_grad_(False)
    _, weights = dense_copy(model, ["1.weight"])
    assert list(weights) == ["1.weight"]
    assert weights["1.weight"].requires_grad
    assert not model[1].weight.requires_grad


def test_recurrent_layers_in_evaluation_can_be_gone_back_through_and_give_the_same():
    model = nn.LSTM(3, 3, num_layers=2, dropout=0.5).eval()
    inputs = torch.randn(4, 1, 3)
    expected = model(inputs)[0]
    leaves(model)
    assert model.training
    assert torch.equal(model(inputs)[0], expected)


def test_without_a_model_there_is_nothing_to_measure():
    with pytest.raises(PruneError, match=r"Identity measures the model: call it through prune\(model, \.\.\.\)"):
        measured(None, nn.Identity())
    subject = Subject(nn.Identity(), {})
    assert measured(subject, nn.Identity()) is subject
