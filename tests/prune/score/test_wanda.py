import pytest
import torch
from torch import nn

from leyden.errors import PruneError
from leyden.prune import Magnitude, masks, named, prune
from leyden.prune.score.wanda import Wanda, feed_first


def test_weights_are_compared_within_each_output():
    layer = nn.Linear(3, 2, bias=False)
    layer.load_state_dict({"weight": torch.tensor([[1.0, -2.0, 3.0], [0.3, 0.2, 0.1]])})
    # norms 10, 1, 4: products 10, 2, 12 and 3, 0.2, 0.4
    batches = [torch.tensor([[6.0, 1.0, 0.0]]), torch.tensor([[8.0, 0.0, 4.0]])]
    assert masks(prune(layer, Wanda(0.34, batches)))["weight"].tolist() == [[True, False, True]] * 2
    assert masks(prune(layer, Wanda(0.5, batches, scope="global")))["weight"].tolist() == [
        [True, False, True],
        [True, False, False],
    ]


def slow_rows(layer):
    """Give the places of the weights of each output, told by which outputs change with them."""
    shape = {"Linear": (1, layer.weight.shape[1])}.get(type(layer).__name__)
    given = torch.ones(shape or (1, layer.in_channels, 4, 4))
    rows = {}
    for place in range(layer.weight.numel()):
        single = torch.zeros(layer.weight.numel())
        single[place] = 1
        layer.weight.data.copy_(single.view_as(layer.weight))
        (output,) = (
            (layer(given)[0].flatten(1).sum(1) if shape is None else layer(given)[0]).nonzero().flatten().tolist()
        )
        rows.setdefault(output, []).append(place)
    return rows


@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.Linear(5, 3, bias=False),
        lambda: nn.Conv2d(2, 3, 2, bias=False),
        lambda: nn.Conv2d(4, 6, 2, bias=False, groups=2),
        lambda: nn.ConvTranspose2d(3, 2, 2, bias=False),
        lambda: nn.ConvTranspose2d(4, 6, 2, bias=False, groups=2),
    ],
    ids=["linear", "convolution", "in groups", "transposed", "transposed in groups"],
)
def test_of_each_output_the_exact_number_goes(make):
    layer = make()
    given = torch.randn(3, 5) if isinstance(layer, nn.Linear) else torch.randn(3, layer.in_channels, 4, 4)
    keep = masks(prune(layer, Wanda(0.6, [given])))["weight"].flatten()
    rows = slow_rows(layer)
    assert len(rows) == (layer.out_features if isinstance(layer, nn.Linear) else layer.out_channels)
    assert all(int((~keep[row]).sum()) == round(0.6 * len(row)) for row in rows.values())


def test_inputs_that_are_never_there_go_first():
    conv = nn.Conv2d(2, 4, 3)
    batch = torch.randn(2, 2, 5, 5)
    batch[:, 1] = 0
    keep = masks(prune(conv, Wanda(0.5, [batch])))["weight"]
    assert keep[:, 0].all()
    assert not keep[:, 1].any()


def test_it_is_magnitude_where_all_inputs_are_alike():
    layer = nn.Linear(6, 1)
    assert torch.equal(prune(layer, Wanda(0.5, [torch.ones(2, 6)])).weight, prune(layer, Magnitude(0.5)).weight)


def test_what_is_pruned_counts_towards_the_share_of_its_output():
    layer = nn.Linear(10, 4)
    sparse = prune(layer, Wanda(0.3, [torch.randn(5, 10)]))
    both = prune(sparse, Wanda(0.6, [torch.randn(5, 10)]))
    assert (~masks(both)["weight"]).sum(1).tolist() == [6] * 4
    assert bool((masks(sparse)["weight"] | ~masks(both)["weight"]).all())


@pytest.mark.parametrize("training", [True, False])
def test_attention_recurrent_layers_and_tied_weights_are_pruned(photo, words, picture, tokens, training):
    for model, batch in ((photo.train(training), picture), (words.train(training), tokens)):
        for name, mask in masks(prune(model, Wanda(0.5, [batch]))).items():
            kept = mask.float().mean().item()
            assert 0.4 < kept < 0.6, name


def test_layers_that_did_not_run_and_tables_are_refused_by_name():
    model = nn.Sequential(nn.Embedding(5, 4), nn.Linear(4, 2))
    model.add_module("unused", nn.Linear(3, 3))
    words = [torch.tensor([[1, 2]])]

    def run(model, batch):
        return model[1](model[0](batch))

    with pytest.raises(PruneError) as caught:
        prune(model, Wanda(0.5, words, run))
    assert "0.weight (Embedding, 5 x 4), unused.weight (Linear, 3 x 3)" in str(caught.value)
    assert "leave it out by where=" in str(caught.value)
    assert int((prune(model, Wanda(0.5, words, run), where=named("1"))[1].weight == 0).sum()) == 4


def test_inputs_that_are_not_finite_are_refused():
    with pytest.raises(PruneError, match="what comes into weight is not finite"):
        prune(nn.Linear(2, 2), Wanda(0.5, [torch.tensor([[1.0, torch.inf]])]))


def test_an_error_of_the_model_itself_says_at_which_batch():
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied") as caught:
        prune(nn.Linear(2, 2), Wanda(0.5, [torch.ones(1, 2), torch.ones(1, 3)]))
    assert caught.value.__notes__ == ["raised by the model on batch 1, on which pruning measures it"]


def test_a_batch_is_fed_by_its_first_part():
    assert feed_first(nn.Identity(), [1, 2]) == 1
    assert feed_first(nn.Identity(), 3) == 3
