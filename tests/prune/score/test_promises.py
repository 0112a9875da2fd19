"""What every method that runs the model promises."""

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional

from leyden.errors import PruneError
from leyden.prune import Random, bake, masks, prune
from leyden.prune.score import Grasp, Movement, Snip, SynFlow, Taylor, Wanda

INPUTS = torch.linspace(-1, 1, 2 * 3 * 6 * 6).view(2, 3, 6, 6).sin()
BATCHES = [(INPUTS, torch.tensor([0, 3])), (INPUTS.flip(0) + 1, torch.tensor([1, 2]))]
FED = {"Taylor": Taylor, "Snip": Snip, "Grasp": Grasp, "Movement": Movement, "Wanda": Wanda}
METHODS = {name: lambda share, kind=kind, **more: kind(share, BATCHES, **more) for name, kind in FED.items()}
METHODS["SynFlow"] = lambda share, **more: SynFlow(share, INPUTS[:1], rounds=3, **more)


def small():
    torch.manual_seed(1)
    layers = (nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 4, 3, groups=2), nn.Flatten())
    return nn.Sequential(*layers, nn.Linear(16, 4))


def pruned_share(model):
    found = masks(model).values()
    return sum(int((~mask).sum()) for mask in found) / sum(mask.numel() for mask in found)


@pytest.mark.parametrize("name", METHODS)
def test_the_model_and_the_random_state_stay_as_they_are(name):
    model = small()
    model(INPUTS).sum().backward()
    before, slope, random = copy.deepcopy(model.state_dict()), model[0].weight.grad.clone(), torch.get_rng_state()
    prune(model, METHODS[name](0.5))
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    assert torch.equal(model[0].weight.grad, slope)
    assert torch.equal(torch.get_rng_state(), random)


@pytest.mark.parametrize("name", METHODS)
def test_the_statistics_of_the_pruned_model_are_those_of_the_model(name):
    model = small()
    assert torch.equal(prune(model, METHODS[name](0.5))[1].running_mean, model[1].running_mean)


@pytest.mark.parametrize("name", METHODS)
def test_weights_of_no_entries_are_no_hindrance(name):
    class Beside(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body, self.empty = small(), nn.Parameter(torch.zeros(0, 4))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.body(x) + x.new_zeros(len(x), 0) @ self.empty

    sparse = prune(Beside(), METHODS[name](0.5))
    assert masks(sparse)["empty"].shape == (0, 4)
    assert torch.equal(masks(sparse)["body.0.weight"], masks(prune(small(), METHODS[name](0.5)))["0.weight"])


@pytest.mark.parametrize("name", METHODS)
def test_equal_calls_give_equal_masks(name):
    model = nn.Sequential(small(), nn.Dropout(0.5))
    one, other = (masks(prune(model, METHODS[name](0.5))) for _ in range(2))
    assert all(torch.equal(mask, other[key]) for key, mask in one.items())


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_the_mode_of_the_caller_does_not_matter(name, mode):
    model = small()
    expected = masks(prune(model, METHODS[name](0.5)))
    with mode():
        found = masks(prune(model, METHODS[name](0.5)))
    assert all(torch.equal(mask, found[key]) for key, mask in expected.items())


@pytest.mark.parametrize("name", METHODS)
def test_pruning_further_ends_at_the_exact_share(name):
    twice = prune(prune(small(), Random(0.5, seed=0)), METHODS[name](0.8, scope="global"))
    count = sum(mask.numel() for mask in masks(twice).values())
    assert pruned_share(twice) == round(0.8 * count) / count


@pytest.mark.parametrize(
    "name", [name for name in METHODS if name != "Wanda"]
)  # of which the share is that of each output
def test_a_local_share_is_that_of_each_tensor(name):
    found = masks(prune(small(), METHODS[name](0.5, scope="local")))
    assert all(int((~mask).sum()) == mask.numel() // 2 for mask in found.values())


@pytest.mark.parametrize("name", METHODS)
def test_frozen_weights_are_measured_as_others_are(name):
    model = small().eval()
    frozen = copy.deepcopy(model).requires_grad_(False)
    free, held = (masks(prune(one, METHODS[name](0.5))) for one in (model, frozen))
    if name != "Movement":  # which does not move them
        assert all(torch.equal(mask, held[key]) for key, mask in free.items())
    assert pruned_share(prune(frozen, METHODS[name](0.5))) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("name", FED)
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_other_precisions_are_measured_in_their_own(name, dtype):
    batches = [(inputs.to(dtype), classes) for inputs, classes in BATCHES]
    assert pruned_share(prune(small().to(dtype), FED[name](0.5, batches))) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("name", FED)
@pytest.mark.parametrize("training", [True, False])
def test_attention_and_matrices_of_the_models_own_are_measured(name, training, photo):
    assert pruned_share(prune(photo.train(training), FED[name](0.5, BATCHES))) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("kind", [Taylor, Snip, Grasp, Movement])
@pytest.mark.parametrize("training", [True, False])
def test_recurrent_layers_and_tied_weights_are_measured(kind, training, words, tokens):
    def next_word(model, tokens):
        return functional.cross_entropy(model(tokens).flatten(0, 1), tokens.flatten())

    sparse = prune(words.train(training), kind(0.5, [tokens], next_word))
    assert pruned_share(sparse) == pytest.approx(0.5, abs=0.01)
    assert sparse.output.weight is not None
    assert torch.equal(sparse.output.weight, sparse.embedding.weight)


@pytest.mark.parametrize("name", ["Taylor", "Snip", "Wanda", "SynFlow"])  # to which a weight of zero is the least
def test_a_baked_model_is_measured_as_the_pruned_one(name):
    sparse = prune(small(), Random(0.3, seed=0)).eval()
    of_pruned = bake(prune(sparse, METHODS[name](0.7, scope="global"))).state_dict()
    of_baked = bake(prune(bake(sparse), METHODS[name](0.7, scope="global"))).state_dict()
    assert all(torch.equal(value, of_baked[key]) for key, value in of_pruned.items())


@pytest.mark.parametrize("name", METHODS)
def test_called_by_itself_it_says_how_to_be_called(name):
    with pytest.raises(PruneError, match=rf"{name} measures the model: call it through prune\(model"):
        METHODS[name](0.5)({"weight": torch.ones(2, 2)})


@pytest.mark.parametrize("name", METHODS)
def test_a_sparsity_or_scope_out_of_range_is_refused_at_once(name):
    with pytest.raises(PruneError, match="share from 0 to below 1"):
        METHODS[name](1.0)


@pytest.mark.parametrize("name", FED)
def test_batches_that_are_spent_after_one_are_refused_at_once(name):
    with pytest.raises(PruneError, match="make it a list"):
        FED[name](0.5, iter(BATCHES))


@pytest.mark.parametrize("name", FED)
def test_batches_that_turn_out_empty_are_refused(name):
    with pytest.raises(PruneError, match="batches are empty"):
        prune(small(), FED[name](0.5, torch.utils.data.DataLoader([])))


@pytest.mark.parametrize("name", METHODS)
def test_methods_print_without_their_batches(name):
    assert repr(METHODS[name](0.5)).startswith(f"{name}(sparsity=0.5")
    assert "tensor" not in repr(METHODS[name](0.5))


@pytest.mark.parametrize("name", METHODS)
def test_methods_can_be_kept_in_sets(name):
    method = METHODS[name](0.5)
    assert len({method, method}) == 1
