import torch
from torch import nn

from leyden.prune import prune
from leyden.prune.score.snip import Snip


def summed(model, batch):
    return model(batch).sum()


def one_layer(*weights):
    layer = nn.Linear(len(weights), 1, bias=False)
    layer.load_state_dict({"weight": torch.tensor([list(weights)])})
    return layer


def test_the_smallest_of_mean_gradient_times_weight_go():
    # the products: 2 * 1, -3 * 4, 10 * 0.1
    sparse = prune(one_layer(2.0, -3.0, 10.0), Snip(0.67, [torch.tensor([[1.0, 4.0, 0.1]])], summed))
    assert sparse.weight.tolist() == [[0.0, -3.0, 0.0]]


def test_gradients_that_cancel_out_between_batches_count_for_nothing():
    batches = [torch.tensor([[5.0, 1.0]]), torch.tensor([[-5.0, 1.0]])]
    assert prune(one_layer(1.0, 1.0), Snip(0.5, batches, summed)).weight.tolist() == [[0.0, 1.0]]


def test_batches_of_a_size_are_as_one_large_batch(photo, picture):
    classes = torch.tensor([0, 3])
    photo.eval()
    parts = prune(photo, Snip(0.5, [(picture[:1], classes[:1]), (picture[1:], classes[1:])]))
    whole = prune(photo, Snip(0.5, [(picture, classes)]))
    assert all(torch.equal(one, other) for one, other in zip(parts.parameters(), whole.parameters(), strict=True))
