import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from leyden.errors import PruneError
from leyden.prune import Magnitude, Scored, masks, named, prune, sparsity
from leyden.prune.method import Filters, SemiStructured


def by_sorting(row, keep, of):
    kept = [False] * len(row)
    for start in range(0, len(row), of):
        # stable, so that of equal ones the later stay
        for place in sorted(range(start, start + of), key=lambda place: abs(row[place]))[of - keep :]:
            kept[place] = True
    return kept


@given(
    sizes=st.integers(2, 8).flatmap(lambda of: st.tuples(st.integers(1, of - 1), st.just(of))),
    rows=st.integers(1, 3),
    blocks=st.integers(1, 3),
    seed=st.integers(0, 100),
)
def test_of_each_block_the_largest_stay(sizes, rows, blocks, seed):
    keep, of = sizes
    weight = torch.randint(-3, 4, (rows, blocks * of), generator=torch.Generator().manual_seed(seed)).float()
    kept = SemiStructured(keep, of)({"a": weight})["a"]
    assert kept.tolist() == [by_sorting(row, keep, of) for row in weight.tolist()]


def blocks_along_the_inputs(layer):
    kept = masks(prune(layer, SemiStructured(2, 4)))["weight"]
    inputs = kept.flatten(2) if kept.ndim > 2 else kept[..., None]
    return inputs.unflatten(1, (-1, 4)).sum(2)


@pytest.mark.parametrize(
    "layer",
    [nn.Linear(8, 3), nn.Conv1d(8, 3, 5), nn.Conv2d(8, 4, 3), nn.Conv2d(16, 4, 3, groups=2), nn.Conv3d(4, 2, 2)],
    ids=["Linear", "Conv1d", "Conv2d", "grouped", "Conv3d"],
)
def test_blocks_lie_along_the_input_channels_at_each_place_of_a_kernel(layer):
    assert (blocks_along_the_inputs(layer) == 2).all()


def test_a_transposed_convolution_has_its_inputs_along_the_first_axis():
    kept = masks(prune(nn.ConvTranspose2d(8, 6, 2, groups=2), SemiStructured(1, 4)))["weight"]
    assert (kept.unflatten(0, (2, 4)).sum(1) == 1).all()


def test_blocks_along_the_outputs_on_request():
    kept = SemiStructured(1, 2, axis=0)({"a": torch.tensor([[1.0, 5.0], [2.0, 4.0]])})["a"]
    assert kept.tolist() == [[False, True], [True, False]]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_every_floating_type_is_taken(dtype):
    assert sparsity(prune(nn.Linear(8, 8).to(dtype), SemiStructured())).zeros == 0.5


def test_weights_pruned_already_go_first():
    layer = nn.Linear(16, 16)
    sparse = prune(prune(layer, Magnitude(0.5)), SemiStructured(2, 4))
    kept = masks(sparse)["weight"].unflatten(1, (-1, 4)).sum(-1)
    possible = masks(prune(layer, Magnitude(0.5)))["weight"].unflatten(1, (-1, 4)).sum(-1)
    assert torch.equal(kept, possible.clamp(max=2))


def test_other_scores_can_decide():
    class Smallest(Scored):
        sparsity, scope = 0.5, "global"

        def scores(self, weights, subject=None):
            return {name: -weight.abs() for name, weight in weights.items()}

    kept = SemiStructured(1, 4, by=Smallest())({"a": torch.tensor([[4.0, -1.0, 2.0, 3.0]])})["a"]
    assert kept.tolist() == [[False, True, False, False]]
    both = nn.Linear(8, 2)
    assert torch.equal(prune(both, SemiStructured(by=Magnitude(0.9))).weight, prune(both, SemiStructured()).weight)


def test_every_layer_that_blocks_do_not_divide_is_named_with_the_way_out():
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3), nn.Conv2d(8, 8, 3, groups=8), nn.Linear(8, 2))
    faults = r"0.weight \(3\), 2.weight \(1\); leave these out by where=~named\('0.weight', '2.weight'\)"
    with pytest.raises(PruneError, match=faults):
        prune(model, SemiStructured(2, 4))
    assert sparsity(prune(model, SemiStructured(2, 4), where=~named("0.weight", "2.weight"))).zeros == 0.5


@pytest.mark.parametrize(("keep", "of"), [(0, 4), (4, 4), (5, 4), (-1, 4), (True, 4)])
def test_numbers_that_make_no_blocks_are_refused_at_once(keep, of):
    with pytest.raises(PruneError, match="whole number from 1 to of - 1"):
        SemiStructured(keep, of)


def test_nan_has_no_rank():
    with pytest.raises(PruneError, match="a: a score is NaN"):
        SemiStructured()({"a": torch.tensor([[1.0, 2.0, 3.0, torch.nan]])})


def test_it_composes_with_whole_filters():
    sparse = prune(prune(nn.Linear(8, 4), Filters(0.5)), SemiStructured(2, 4))
    assert sparsity(sparse).zeros == 0.75
