import copy

import pytest
import torch
from torch import nn
from torch.nn import functional

from leyden.errors import PruneError
from leyden.prune import Magnitude, bake, prune
from leyden.prune.score.gradient import gradients


def summed(model, batch):
    return model(batch).sum()


def next_word(model, tokens):
    return functional.cross_entropy(model(tokens).flatten(0, 1), tokens.flatten())


def test_gradients_are_the_mean_over_the_batches():
    batches = [torch.tensor([[1.0, 0.0]]), torch.tensor([[3.0, 2.0], [0.0, 2.0]])]
    assert gradients(nn.Linear(2, 1), batches, summed)["weight"].tolist() == [[2.0, 2.0]]


def test_gradients_are_those_of_autograd_for_every_weight(photo, picture):
    batch = (picture, torch.tensor([0, 3]))
    found = gradients(photo, [batch])
    functional.cross_entropy(photo(batch[0]), batch[1]).backward()
    expected = {name: weight.grad for name, weight in photo.named_parameters() if weight.ndim > 1}
    assert list(found) == list(expected)
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient)


def test_pruned_weights_get_the_gradient_they_would_have(photo, picture):
    sparse = prune(photo, Magnitude(0.8))
    batch = (picture, torch.tensor([0, 3]))
    found, dense = gradients(sparse, [batch]), gradients(bake(sparse), [batch])
    assert all(torch.equal(found[name], dense[name]) for name in dense)
    assert bool((found["head.weight"][sparse.head.weight == 0] != 0).any())


def test_frozen_weights_get_one_too():
    model = nn.Linear(2, 1).requires_grad_(False)
    assert gradients(model, [torch.ones(1, 2)], summed)["weight"].tolist() == [[1.0, 1.0]]


@pytest.mark.parametrize("training", [True, False])
def test_tied_weights_get_the_sum_of_all_their_uses(words, tokens, training):
    words.train(training)
    found = gradients(words, [tokens], next_word)
    assert list(found) == ["embedding.weight", "hidden.weight_ih_l0", "hidden.weight_hh_l0"]
    next_word(words, tokens).backward()
    torch.testing.assert_close(found["embedding.weight"], words.embedding.weight.grad)


def test_a_layer_used_twice_counts_twice():
    layer = nn.Linear(1, 1, bias=False)
    nn.init.constant_(layer.weight, 3.0)
    found = gradients(nn.Sequential(layer, layer), [torch.tensor([[2.0]])], summed)
    assert found["0.weight"].item() == 12.0


def test_one_tensor_that_autograd_gives_for_two_weights_is_not_added_to_itself():
    class Twins(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.other = nn.Parameter(torch.zeros(1, 2)), nn.Parameter(torch.zeros(1, 2))

    batches = [torch.ones(1, 2)] * 3
    found = gradients(Twins(), batches, lambda model, batch: ((model.one + model.other) * batch).sum())
    assert [gradient.tolist() for gradient in found.values()] == [[[1.0, 1.0]]] * 2


def test_the_model_its_statistics_gradients_and_the_random_state_stay(photo, picture):
    photo.train()
    photo(picture).sum().backward()
    slopes = [parameter.grad.clone() for parameter in photo.parameters()]
    kept, random = copy.deepcopy(photo.state_dict()), torch.get_rng_state()
    gradients(nn.Sequential(photo, nn.Dropout(0.5)), [(picture, torch.tensor([0, 3]))])
    assert all(torch.equal(value, kept[name]) for name, value in photo.state_dict().items())
    assert all(torch.equal(parameter.grad, slope) for parameter, slope in zip(photo.parameters(), slopes, strict=True))
    assert torch.equal(torch.get_rng_state(), random)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_gradients_are_found_where_the_caller_wants_none(mode):
    with mode():
        assert gradients(nn.Linear(2, 1), [torch.ones(1, 2)], summed)["weight"].tolist() == [[1.0, 1.0]]


def test_a_weight_that_the_loss_does_not_depend_on_gets_zeros():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    assert gradients(model, [torch.ones(1, 2)], lambda model, batch: model[0](batch).sum())["1.weight"].sum() == 0


@pytest.mark.parametrize(("given", "found"), [("bfloat16", "float32"), ("float64", "float64")])
def test_gradients_are_in_single_precision_at_least(given, found):
    model = nn.Linear(2, 1).to(getattr(torch, given))
    gradient = gradients(model, [torch.ones(1, 2, dtype=getattr(torch, given))] * 2, summed)["weight"]
    assert gradient.dtype == getattr(torch, found)


def test_the_loader_of_torch_feeds_it():
    pairs = [(torch.ones(2), index % 2) for index in range(4)]
    loader = torch.utils.data.DataLoader(pairs, batch_size=2, shuffle=True)
    assert gradients(nn.Linear(2, 2), loader)["weight"].shape == (2, 2)


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (lambda model, batch: model(batch), r"one number, as a tensor; that of batch 0 is a tensor of shape \(2, 3\)"),
        (lambda model, batch: model(batch).sum().item(), "that of batch 0 is float"),
        (lambda model, batch: {"loss": model(batch).sum()}, r"batch 0 is dict: give the tensor alone, .*\['loss'\]"),
        (
            lambda model, batch: model(batch).sum() * 1j,
            "gives a real number; that of batch 0 is torch.complex64",
        ),
        (lambda model, batch: model(batch).sum().detach(), "does not depend on the model"),
        (lambda model, batch: nn.Linear(2, 1)(batch).sum(), r"depends on none of the weights.*\(weight\)"),
        (lambda model, batch: model(batch).sum() * torch.nan, "the loss of batch 0 is nan"),
        (lambda model, batch: (model.weight - model.weight.detach()).abs().sqrt().sum(), "to weight is not finite"),
    ],
    ids=["vector", "number", "dict", "complex", "detached", "another model", "nan", "infinite slope"],
)
def test_a_loss_of_no_use_is_refused(loss, said):
    with pytest.raises(PruneError, match=said):
        gradients(nn.Linear(2, 3), [torch.ones(2, 2)], loss)


def test_a_batch_without_samples_is_named():
    batches = [(torch.ones(2, 2), torch.tensor([0, 1])), (torch.ones(0, 2), torch.zeros(0, dtype=torch.int64))]
    with pytest.raises(PruneError, match="the loss of batch 1 is nan: is the batch empty, or"):
        gradients(nn.Linear(2, 2), batches)


def test_an_error_of_the_model_itself_says_at_which_batch():
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied") as caught:
        gradients(nn.Linear(2, 2), [(torch.ones(1, 2), torch.tensor([0])), (torch.ones(1, 3), torch.tensor([0]))])
    assert caught.value.__notes__ == ["raised by the loss of batch 1, on which pruning measures the model"]


def test_no_batches_are_refused_at_the_door():
    with pytest.raises(PruneError, match="batches are empty"):
        gradients(nn.Linear(2, 2), [])
