import pytest
import torch
from torch import nn
from torch.autograd.functional import hessian
from torch.func import functional_call
from torch.nn import functional

from leyden.prune import Subject, places, prune
from leyden.prune.score.grasp import Grasp


def squared(model, batch):
    return (model(batch[0]) - batch[1]).square().mean()


def test_scores_are_weight_times_hessian_times_gradient():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 2, bias=False), nn.Tanh(), nn.Linear(2, 2, bias=False)).double()
    batches = [(torch.randn(4, 3).double(), torch.randn(4, 2).double()) for _ in range(2)]
    shapes = [(2, 3), (2, 2)]

    def flat_loss(flat):
        first, last = flat.split([6, 4])
        held = {"0.weight": first.view(2, 3), "2.weight": last.view(2, 2)}
        return torch.stack([(functional_call(model, held, x) - y).square().mean() for x, y in batches]).mean()

    flat = torch.cat([model[0].weight.flatten(), model[2].weight.flatten()]).detach()
    curved = hessian(flat_loss, flat) @ torch.func.grad(flat_loss)(flat)
    expected = [part.view(shape) for part, shape in zip((flat * curved).split([6, 4]), shapes, strict=True)]
    found = {place.name: place for place in places(model)}
    weights = {name: place.parameter.detach() for name, place in found.items()}
    scores = Grasp(0.5, batches, squared).scores(weights, Subject(model, found))
    for one, other in zip(scores.values(), expected, strict=True):
        torch.testing.assert_close(one, other)


def test_the_weight_that_holds_the_gradient_back_goes_first():
    # the loss (x - y - 1)^2 / 2 at x = 3, y = 1: removing y makes the slope larger, removing x makes it smaller
    class Difference(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.pair = nn.Parameter(torch.tensor([[3.0, 1.0]]))

        def forward(self, _):
            return (self.pair[0, 0] - self.pair[0, 1] - 1).square() / 2

    sparse = prune(Difference(), Grasp(0.5, [0], lambda model, batch: model(batch)))
    assert sparse.pair.tolist() == [[3.0, 0.0]]


def test_a_loss_that_is_linear_in_the_weights_scores_nothing():
    model = nn.Linear(2, 1, bias=False)
    method = Grasp(0.5, [torch.ones(1, 2)], lambda model, batch: model(batch).sum())
    found = {place.name: place for place in places(model)}
    assert method.scores({"weight": model.weight.detach()}, Subject(model, found))["weight"].tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize("training", [True, False])
def test_attention_and_recurrent_layers_are_differentiated_twice(photo, words, picture, tokens, training):
    def next_word(model, batch):
        return functional.cross_entropy(model(batch).flatten(0, 1), batch.flatten())

    seen = prune(photo.train(training), Grasp(0.5, [(picture, torch.tensor([0, 3]))]))
    read = prune(words.train(training), Grasp(0.5, [tokens], next_word))
    for model in (seen, read):
        weights = [place.parameter for place in places(model)]
        count = sum(weight.numel() for weight in weights)
        assert sum(int((weight == 0).sum()) for weight in weights) == round(0.5 * count)


def test_unless_told_the_loss_is_softened_as_by_the_authors():
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 2))
    batch = (torch.randn(4, 2), torch.tensor([0, 1, 1, 0]))
    soft = prune(
        model, Grasp(0.5, [batch], lambda model, batch: functional.cross_entropy(model(batch[0]) / 200, batch[1]))
    )
    assert torch.equal(prune(model, Grasp(0.5, [batch]))[0].weight, soft[0].weight)
