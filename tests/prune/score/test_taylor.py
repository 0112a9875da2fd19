import torch
from torch import nn
from torch.nn import functional

from leyden.prune import Subject, places, prune
from leyden.prune.score.taylor import Taylor


def about(model):
    found = {place.name: place for place in places(model)}
    return {name: place.parameter.detach() for name, place in found.items()}, Subject(model, found)


def test_scores_are_the_root_mean_square_of_gradient_times_weight():
    layer = nn.Linear(2, 1, bias=False)
    layer.load_state_dict({"weight": torch.tensor([[2.0, -1.0]])})
    batches = [torch.tensor([[3.0, 1.0]]), torch.tensor([[-4.0, 1.0]])]
    scores = Taylor(0.5, batches, lambda model, batch: model(batch).sum()).scores(*about(layer))
    torch.testing.assert_close(scores["weight"], torch.tensor([[(6**2 + 8**2) ** 0.5 / 2**0.5, 1.0]]))


def test_changes_that_cancel_out_between_batches_still_count():
    layer = nn.Linear(2, 1, bias=False)
    layer.load_state_dict({"weight": torch.tensor([[1.0, 1.0]])})
    batches = [torch.tensor([[5.0, 1.0]]), torch.tensor([[-5.0, 1.0]])]
    kept = prune(layer, Taylor(0.5, batches, lambda model, batch: model(batch).sum()))
    assert kept.weight.tolist() == [[1.0, 0.0]]


def test_scores_tell_what_removing_a_weight_does_to_the_loss():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()
    for parameter in model.parameters():
        parameter.data *= 1e-3  # so small that the first order is all there is
    inputs, classes = torch.randn(6, 3).double(), torch.tensor([0, 1, 0, 1, 1, 0])
    scores = Taylor(0.5, [(inputs, classes)]).scores(*about(model))["2.weight"]
    loss = functional.cross_entropy(model(inputs), classes)
    for place in range(4):
        model_without = prune(
            model,
            lambda weights, place=place: {
                name: (weight != weight[1, place] if name == "2.weight" else torch.ones_like(weight, dtype=torch.bool))
                for name, weight in weights.items()
            },
        )
        change = functional.cross_entropy(model_without(inputs), classes) - loss
        torch.testing.assert_close(change.abs(), scores[1, place], rtol=1e-2, atol=0)


def test_scores_too_small_to_be_squared_still_rank():
    layer = nn.Linear(2, 1, bias=False)
    layer.load_state_dict({"weight": torch.tensor([[1e-12, 2e-12]])})
    batches = [torch.tensor([[1e-12, 1e-12]])]
    scores = Taylor(0.5, batches, lambda model, batch: model(batch).sum()).scores(*about(layer))["weight"]
    assert 0 < scores[0, 0] < scores[0, 1]
