import pytest
import torch
from torch import nn

from leyden.errors import PruneError
from leyden.prune import Magnitude, Random, Subject, masks, named, places, prune
from leyden.prune.score.synflow import SynFlow


def scores(model, method):
    found = {place.name: place for place in places(model)}
    weights = {name: place.parameter.detach() for name, place in found.items()}
    return method.scores(weights, Subject(model, found, masks(model)))


def plain_net(depth=3, width=6):
    torch.manual_seed(0)
    layers = [module for _ in range(depth) for module in (nn.Linear(width, width, bias=False), nn.ReLU())]
    return nn.Sequential(nn.Linear(4, width, bias=False), nn.ReLU(), *layers, nn.Linear(width, 3, bias=False))


def test_the_score_of_a_weight_is_the_sum_over_all_paths_through_it():
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.ReLU(), nn.Linear(2, 1, bias=False))
    model.load_state_dict(
        {"0.weight": torch.tensor([[1.0, -2.0], [3.0, 4.0]]), "2.weight": torch.tensor([[-5.0, 6.0]])}
    )
    found = scores(model, SynFlow(0.5, torch.randn(1, 2), rounds=1))
    assert found["0.weight"].tolist() == [[5.0, 10.0], [18.0, 24.0]]
    assert found["2.weight"].tolist() == [[15.0, 42.0]]


def test_the_flow_through_every_layer_is_the_same():
    found = scores(plain_net(), SynFlow(0.5, torch.randn(1, 4), rounds=1))
    first, *others = [score.sum() for score in found.values()]
    for other in others:
        torch.testing.assert_close(other, first)


def test_every_layer_stays_connected_where_others_cut_the_network():
    model = plain_net(depth=4, width=16)
    with torch.no_grad():
        model[4].weight *= 0.01  # weights of this layer are the smallest of all
    keep = masks(prune(model, SynFlow(0.97, torch.ones(1, 4))))
    assert all(bool(mask.any()) for mask in keep.values())
    assert not masks(prune(model, Magnitude(0.97)))["4.weight"].any()


def test_rounds_are_those_of_the_paper():
    model = plain_net()
    sparse, rounds = model, 5
    for number in range(1, rounds + 1):
        sparse = prune(sparse, SynFlow(1 - 0.1 ** (number / rounds), torch.ones(1, 4), rounds=1))
    found = masks(prune(model, SynFlow(0.9, torch.ones(1, 4), rounds=rounds)))
    assert all(torch.equal(mask, found[name]) for name, mask in masks(sparse).items())


def test_what_stands_pruned_stays_and_counts():
    sparse = prune(plain_net(), Random(0.5, seed=0))
    both = prune(sparse, SynFlow(0.8, torch.ones(1, 4), rounds=7))
    before, after = masks(sparse), masks(both)
    assert sum(int((~mask).sum()) for mask in after.values()) == round(
        0.8 * sum(mask.numel() for mask in after.values())
    )
    assert all(bool((before[name] | ~mask).all()) for name, mask in after.items())


def test_neither_data_nor_signs_nor_the_mode_count():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(16, 2))
    turned = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(16, 2)).eval()
    turned.load_state_dict(
        {name: -value for name, value in model.state_dict().items()}
        | {"1.running_var": model[1].running_var, "1.num_batches_tracked": model[1].num_batches_tracked}
    )
    one = scores(model.train(), SynFlow(0.5, torch.randn(1, 3, 4, 4), rounds=3))
    other = scores(turned, SynFlow(0.5, torch.randn(1, 3, 4, 4), rounds=3))
    assert all(torch.equal(score, other[name]) for name, score in one.items())


def test_several_arguments_and_outputs_are_understood():
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.left, self.right = nn.Linear(2, 1), nn.Linear(3, 1)

        def forward(self, one: torch.Tensor, other: torch.Tensor) -> dict[str, object]:
            return {"pair": (self.left(one), [self.right(other)]), "note": "none"}

    sparse = prune(Two(), SynFlow(0.4, (torch.ones(1, 2), torch.ones(1, 3)), rounds=2))
    assert sum(int((~mask).sum()) for mask in masks(sparse).values()) == 2


def test_tied_recurrent_and_embedded_weights_have_a_flow(words, tokens):
    keep = masks(prune(words, SynFlow(0.5, tokens[:1], rounds=3)))
    assert sum(int((~mask).sum()) for mask in keep.values()) == round(0.5 * sum(mask.numel() for mask in keep.values()))


def test_where_nothing_flows_it_refuses_and_names_the_weights(photo, picture):
    with pytest.raises(
        PruneError, match=r"nothing flows through attention\.in_proj_weight \(MultiheadAttention, 24 x 8\)"
    ):
        prune(photo, SynFlow(0.5, picture[:1]))
    sparse = prune(photo, SynFlow(0.5, picture[:1], rounds=3), where=~named("attention.in_proj_weight"))
    assert bool((sparse.head.weight == 0).any())


def test_a_softmax_at_the_end_lets_nothing_flow():
    with pytest.raises(PruneError, match=r"nothing flows through 0\.weight"):
        prune(nn.Sequential(nn.Linear(2, 3), nn.Softmax(1)), SynFlow(0.5, torch.ones(1, 2)))


def test_a_flow_too_large_for_numbers_is_named():
    model = nn.Sequential(*(nn.Linear(1, 1, bias=False) for _ in range(4)))
    for layer in model:
        nn.init.constant_(layer.weight.data, 1e38)
    model.double()
    for layer in model:
        layer.weight.data *= 1e100
    with pytest.raises(PruneError, match="the flow through Sequential is inf: too much for double precision"):
        prune(model, SynFlow(0.5, torch.ones(1, 1)))


def test_settings_that_are_none_are_refused_together():
    with pytest.raises(PruneError, match=r"sparsity.*example is a tensor or a tuple of arguments; str.*rounds.*0 was"):
        SynFlow(-0.1, "picture", rounds=0)


def test_bounded_activations_do_not_end_the_flow():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(6, 64), nn.ReLU6(), nn.Sequential(nn.Linear(64, 64), nn.Hardtanh()), nn.Linear(64, 2))
    same = nn.Sequential(net[0], nn.ReLU(), nn.Sequential(net[2][0], nn.ReLU()), net[3])
    method = SynFlow(0.8, torch.ones(1, 6))
    found, wanted = masks(prune(net, method)), masks(prune(same, method))
    assert all(torch.equal(found[name], mask) for name, mask in wanted.items())
    assert isinstance(net[1], nn.ReLU6)
