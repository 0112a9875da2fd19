import copy

import pytest
import torch
from torch import nn

from leyden.errors import PruneError
from leyden.prune import masks, named, prune
from leyden.prune.method import BatchNormScale


def scaled(norm, *values):
    with torch.no_grad():
        norm.weight.copy_(torch.tensor(values))
    return norm


def kept(model, share, example, *, where=None):
    found = masks(prune(model, BatchNormScale(share, example), where=where))
    return {name: mask.flatten(1).all(1).tolist() for name, mask in found.items()}


class Branches(nn.Module):
    """Declares its layers in another order than it runs them in."""

    def __init__(self):
        super().__init__()
        self.late = scaled(nn.BatchNorm2d(2), 0.1, 4.0)
        self.second = nn.ConvTranspose2d(2, 2, 2)
        self.early = scaled(nn.BatchNorm2d(2), 3.0, -0.2)
        self.first = nn.Conv2d(1, 2, 1)

    def forward(self, x):
        return self.late(self.second(self.early(self.first(x)).relu()))


IMAGE = torch.randn(1, 1, 4, 4)


def test_the_batchnorm_is_the_one_that_runs_next_not_the_one_that_is_declared_next():
    found = masks(prune(Branches(), BatchNormScale(0.5, IMAGE)))
    assert found["first.weight"].flatten(1).all(1).tolist() == [True, False]
    # of a transposed convolution the filters lie along the second axis
    assert found["second.weight"].all(0).flatten(1).all(1).tolist() == [False, True]


def test_all_filters_are_ranked_together_but_the_best_of_each_layer_stays():
    model = nn.Sequential(
        nn.Conv2d(1, 2, 1), scaled(nn.BatchNorm2d(2), 0.1, 0.2), nn.Conv2d(2, 2, 1), scaled(nn.BatchNorm2d(2), 8.0, 9.0)
    )
    assert kept(model, 0.25, IMAGE) == {"0.weight": [False, True], "2.weight": [True, True]}
    assert kept(model, 0.5, IMAGE) == {"0.weight": [False, True], "2.weight": [False, True]}


def test_local_scope_takes_the_share_of_each_layer():
    found = masks(prune(Branches(), BatchNormScale(0.5, IMAGE, "local")))
    assert [int((~mask).sum()) for mask in found.values()] == [8, 1]


@pytest.mark.parametrize(
    "between", [nn.Identity(), nn.Dropout(0.5), nn.Flatten(start_dim=3)], ids=["Identity", "Dropout", "Flatten"]
)
def test_what_passes_the_output_on_unchanged_does_not_matter(between):
    norm = scaled(nn.BatchNorm2d(3), 1.0, 0.1, 2.0)
    assert kept(nn.Sequential(nn.Conv2d(1, 3, 1), between, norm), 0.34, IMAGE) == {"0.weight": [True, False, True]}


class Shared(nn.Module):
    """One convolution for two levels of a pyramid, each with a BatchNorm of its own."""

    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(1, 3, 1)
        self.fine = scaled(nn.BatchNorm2d(3), 0.1, 0.2, 0.3)
        self.coarse = scaled(nn.BatchNorm2d(3), 5.0, -0.1, 0.1)

    def forward(self, x):
        return self.fine(self.head(x)).sum() + self.coarse(self.head(x[..., ::2])).sum()


def test_of_several_batchnorms_the_one_that_needs_the_filter_most_counts():
    assert kept(Shared(), 0.34, IMAGE) == {"head.weight": [True, False, True]}


def test_tied_convolutions_count_with_all_their_batchnorms():
    model = nn.Sequential(
        nn.Conv2d(2, 2, 1), scaled(nn.BatchNorm2d(2), 0.1, 0.2), nn.Conv2d(2, 2, 1), scaled(nn.BatchNorm2d(2), 0.3, 0.1)
    )
    model[2].weight = model[0].weight
    assert kept(model, 0.5, torch.randn(1, 2, 4, 4)) == {"0.weight": [True, False]}


def test_linear_layers_and_one_dimension_count_too():
    model = nn.Sequential(nn.Linear(4, 3), scaled(nn.BatchNorm1d(3), 1.0, 0.1, 2.0))
    assert kept(model, 0.34, torch.randn(1, 4)) == {"0.weight": [True, False, True]}


@pytest.mark.parametrize(
    "example", [IMAGE, (IMAGE,), {"input": IMAGE}, IMAGE[:0]], ids=["one", "tuple", "dict", "none"]
)
def test_examples_are_given_as_the_model_is_called(example):
    model = nn.Sequential(nn.Conv2d(1, 2, 1), scaled(nn.BatchNorm2d(2), 1.0, 0.1))
    assert kept(model, 0.5, example) == {"0.weight": [True, False]}


def test_the_model_is_not_run_itself_nor_its_statistics_moved():
    model = Branches()
    before, state = copy.deepcopy(model.state_dict()), torch.random.get_rng_state()
    sparse = prune(model, BatchNormScale(0.5, IMAGE))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert torch.equal(sparse.late.get_buffer("running_mean"), before["late.running_mean"])
    assert not sparse.first._forward_hooks
    assert sparse.training
    assert torch.equal(torch.random.get_rng_state(), state)


def test_pruned_again_what_is_gone_counts():
    once = prune(Branches(), BatchNormScale(0.5, IMAGE))
    twice = prune(once, BatchNormScale(0.5, IMAGE))
    assert all(torch.equal(mask, masks(once)[name]) for name, mask in masks(twice).items())


class Residual(nn.Module):
    """What reaches the BatchNorm is no longer what the convolution gave."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Conv2d(2, 2, 1)
        self.norm = nn.BatchNorm2d(2)

    def forward(self, x):
        out = self.inner(x)
        out += x
        return self.norm(out)


@pytest.mark.parametrize(
    "model",
    [Residual(), nn.Sequential(nn.Conv2d(2, 2, 1), nn.ReLU(), nn.BatchNorm2d(2))],
    ids=["added to in place", "behind an activation"],
)
def test_a_batchnorm_of_something_else_does_not_count(model):
    with pytest.raises(PruneError, match="no BatchNorm with a scale takes the output of"):
        prune(model, BatchNormScale(0.5, torch.randn(1, 2, 4, 4)))


def test_every_weight_without_a_batchnorm_is_named_with_the_way_out(photo, picture):
    rest = ("stem.weight", "mixing.matrix", "attention.in_proj_weight", "attention.out_proj.weight", "head.weight")
    with pytest.raises(PruneError) as caught:
        prune(photo, BatchNormScale(0.5, picture))
    assert str(caught.value).endswith(f"leave these out by where=~named({', '.join(map(repr, rest))})")
    assert list(kept(photo, 0.5, picture, where=~named(*rest))) == ["filter.weight"]


def test_a_batchnorm_without_a_scale_is_no_help():
    model = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2, affine=False))
    with pytest.raises(PruneError, match=r"no BatchNorm with a scale takes the output of 0\.weight"):
        prune(model, BatchNormScale(0.5, IMAGE))


def test_an_example_that_the_model_does_not_take_is_told_so():
    with pytest.raises(PruneError, match=r"Branches does not run on the example given to BatchNormScale \(.*conv2d"):
        prune(Branches(), BatchNormScale(0.5, torch.ones(2)))


def test_it_cannot_do_without_a_model():
    with pytest.raises(PruneError, match="BatchNormScale measures the model"):
        BatchNormScale(0.5, IMAGE)({"a": torch.ones(2, 2)})


def test_a_sparsity_out_of_range_is_refused_at_once():
    with pytest.raises(PruneError, match="share from 0 to below 1"):
        BatchNormScale(1.0, IMAGE)


def test_its_example_is_not_printed():
    assert repr(BatchNormScale(0.5, IMAGE)) == "BatchNormScale(sparsity=0.5, scope='global')"
