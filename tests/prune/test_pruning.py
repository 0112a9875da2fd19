import io

import pytest
import pytorch_lightning as pl
import torch
from torch import nn

from leyden.errors import PruneError
from leyden.prune import Magnitude, Random, Threshold, bake, depthwise, masks, named, prune, prune_, remask, sparsity


def values(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def equal(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def zero_where_pruned(model, kept):
    state = model.state_dict()
    return all(not state[name][~mask].any() for name, mask in kept.items())


def test_the_model_stays_as_it_is_and_shares_no_storage(photo, picture):
    before, kinds = values(photo), [type(module) for module in photo.modules()]
    sparse = prune(photo, Magnitude(0.5))
    sparse(picture).sum().backward()
    for tensor in sparse.state_dict().values():
        tensor.add_(1)
    assert equal(values(photo), before)
    assert [type(module) for module in photo.modules()] == kinds
    assert all(parameter.grad is None for parameter in photo.parameters())
    own = {tensor.data_ptr() for tensor in photo.state_dict().values()}
    assert not own & {tensor.data_ptr() for tensor in sparse.state_dict().values()}


def test_the_pruned_model_is_the_same_thing(photo, picture):
    photo.note = "kept"
    sparse = prune(photo, Magnitude(0.5))
    assert type(sparse) is type(photo)
    assert sparse.note == "kept"
    assert list(sparse.state_dict()) == list(photo.state_dict())
    assert [name for name, _ in sparse.named_parameters()] == [name for name, _ in photo.named_parameters()]
    assert all(isinstance(one, type(other)) for one, other in zip(sparse.modules(), photo.modules(), strict=True))
    assert sparse(picture).shape == photo(picture).shape


def test_a_pruned_forward_is_the_dense_forward_with_zeros_written(photo, picture):
    sparse = prune(photo, Magnitude(0.5))
    photo.load_state_dict(sparse.state_dict())
    assert torch.equal(sparse.eval()(picture), photo.eval()(picture))


def test_the_wanted_share_is_hit_exactly(photo):
    report = sparsity(prune(photo, Magnitude(0.7), where=~depthwise & ~named("head.*")))
    total = 8 * 3 * 9 + 8 * 8 + 24 * 8 + 8 * 8
    assert sum(row.zeros for row in report.rows if row.touched) == round(0.7 * total)
    assert not any(row.touched for row in report.rows if row.name.startswith(("filter", "head")))


def test_a_pruned_checkpoint_loads_into_the_plain_model(photo):
    sparse, file = prune(photo, Magnitude(0.8)), io.BytesIO()
    torch.save(sparse.state_dict(), file)
    file.seek(0)
    photo.load_state_dict(torch.load(file, weights_only=True), strict=True)
    assert equal(values(photo), values(sparse))


@pytest.mark.parametrize("assign", [False, True])
def test_a_dense_checkpoint_loads_into_the_pruned_model_which_stays_pruned(photo, words, assign):
    for model in (photo, words):
        sparse, dense = prune(model, Magnitude(0.8)), model.state_dict()
        before, kept = {name: value.clone() for name, value in dense.items()}, masks(sparse)
        sparse.load_state_dict(dense, strict=True, assign=assign)
        assert equal(dense, before)
        loaded = sparse.state_dict()
        assert zero_where_pruned(sparse, kept)
        assert all(torch.equal(loaded[name][mask], before[name][mask]) for name, mask in kept.items())
        assert all(
            torch.equal(loaded[name], before[name]) for name in before if name not in kept and "output" not in name
        )


def test_what_is_pruned_counts_towards_the_next_share(photo):
    for method in (Magnitude(0.8), Magnitude(0.8, "local"), Random(0.8, seed=1)):
        scope = method.scope
        first = prune(photo, Magnitude(0.5, scope))
        second = prune(first, method)
        exact = sum(row.total * 0.8 for row in sparsity(second).rows if row.touched)
        assert sparsity(second).zeros == pytest.approx(
            exact / sum(r.total for r in sparsity(second).rows if r.touched), abs=0.01
        )
        assert all(bool((masks(first)[name] | ~mask).all()) for name, mask in masks(second).items())


def test_a_smaller_share_after_a_larger_changes_nothing(photo):
    first = prune(photo, Magnitude(0.8))
    assert equal(masks(prune(first, Magnitude(0.5))), masks(first))
    assert equal(masks(prune(first, Threshold(0.0))), masks(first))


def test_pruning_twice_prunes_the_union(photo):
    once = prune(photo, Random(0.5, seed=1), where="stem")
    twice = prune(once, lambda weights: {name: weight > 0 for name, weight in weights.items()}, where=("st*"))
    kept = masks(once)["stem.weight"] & (photo.stem.weight > 0)
    assert torch.equal(masks(twice)["stem.weight"], kept)


def test_pruning_elsewhere_leaves_what_stands(photo):
    first = prune(photo, Magnitude(0.5), where="attention.in_proj_weight")
    second = prune(first, Magnitude(0.5), where="attention.out_proj")
    assert equal({"attention.in_proj_weight": masks(second)["attention.in_proj_weight"]}, masks(first))
    assert list(masks(second)) == ["attention.in_proj_weight", "attention.out_proj.weight"]


def test_tied_weights_are_pruned_once_and_stay_tied(words, tokens):
    sparse = prune(words, Magnitude(0.5))
    assert sparse._modules["output"]._parameters["weight"] is sparse._modules["embedding"]._parameters["weight"]
    assert list(masks(sparse)) == ["embedding.weight", "hidden.weight_ih_l0", "hidden.weight_hh_l0"]
    assert torch.equal(sparse.output.weight, sparse.embedding.weight)
    sparse(tokens).square().sum().backward()
    leaf = dict(sparse.named_parameters())["embedding.weight"]
    assert not leaf.grad[~masks(sparse)["embedding.weight"]].any()
    plain = bake(sparse)
    assert plain.output.weight is plain.embedding.weight


def test_baking_gives_plain_classes_with_the_same_numbers(photo, words, picture, tokens):
    for model, example in ((photo, picture), (words, tokens)):
        sparse = prune(model.eval(), Magnitude(0.5))
        plain = bake(sparse)
        assert [type(module) for module in plain.modules()] == [type(module) for module in model.modules()]
        assert equal(values(plain), values(sparse))
        assert [name for name, _ in plain.named_buffers()] == [name for name, _ in model.named_buffers()]
        assert torch.equal(plain(example), sparse(example))
        assert masks(plain) == {}
        assert masks(sparse) != {}
        assert isinstance(plain.get_parameter(next(iter(masks(sparse)))), nn.Parameter)


def test_baking_a_plain_model_copies_it(photo):
    assert equal(values(bake(photo)), values(photo))


def test_masks_are_copies(photo):
    sparse = prune(photo, Magnitude(0.5))
    masks(sparse)["stem.weight"].fill_(False)
    assert masks(sparse)["stem.weight"].any()


def test_a_lightning_module_comes_back_as_one_and_trains(picture, tmp_path):
    class Task(pl.LightningModule):
        def __init__(self):
            super().__init__()
            self.save_hyperparameters()
            self.matrix = nn.Parameter(torch.randn(3, 4))

        def training_step(self, batch, index):
            return (batch[0].mean((2, 3)) @ self.matrix).square().sum()

        def configure_optimizers(self):
            return torch.optim.AdamW(self.parameters(), lr=0.1)

    task = Task()
    sparse = prune(task, Magnitude(0.5))
    assert isinstance(sparse, Task)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(picture), batch_size=1)
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}
    trainer = pl.Trainer(max_epochs=2, enable_checkpointing=False, default_root_dir=tmp_path, **quiet)
    trainer.fit(sparse, loader)
    assert sparsity(sparse).zeros == 0.5
    assert not torch.equal(sparse.matrix, prune(task, Magnitude(0.5)).matrix)
    trainer.save_checkpoint(tmp_path / "last.ckpt")
    assert equal(Task.load_from_checkpoint(tmp_path / "last.ckpt", weights_only=True).state_dict(), sparse.state_dict())
    again = prune(sparse, Magnitude(0.75))
    assert sparsity(again).zeros == 0.75


def test_frozen_and_evaluating_models_stay_so(photo):
    photo.eval().requires_grad_(False)
    sparse = prune(photo, Magnitude(0.5))
    assert not sparse.training
    assert not any(parameter.requires_grad for parameter in sparse.parameters())
    assert not sparse.stem.weight.requires_grad


def test_every_nan_is_named(photo):
    with torch.no_grad():
        photo.stem.weight[0, 0, 0, 0] = torch.nan
        photo.head.weight[0, 0] = torch.nan
    with pytest.raises(PruneError, match=r"stem.weight, head.weight: NaN"):
        prune(photo, Magnitude(0.5))
    prune(photo, Magnitude(0.5), where="mixing")


def test_infinite_weights_can_be_pruned_away(picture):
    layer = nn.Conv2d(3, 2, 1)
    with torch.no_grad():
        layer.weight[0, 0] = torch.inf
    sparse = prune(layer, lambda weights: {name: weight.isfinite() for name, weight in weights.items()})
    sparse(picture).sum().backward()
    assert bool(sparse(picture).isfinite().all())
    assert sparse._parameters["weight"].grad[0, 0].item() == 0


@pytest.mark.parametrize(
    ("method", "message"),
    [
        (lambda weights: {}, "weight: no mask"),
        (lambda weights: None, "this one gave NoneType"),
        (lambda weights: {"weight": torch.ones(2, 3)}, "a mask of torch.float32, not a tensor of torch.bool"),
        (lambda weights: {"weight": [True]}, "a mask of list"),
        (lambda weights: {"weight": torch.ones(3, dtype=torch.bool)}, r"a mask of shape \(3,\) for weights \(2, 3\)"),
        (lambda weights: {"weight": torch.ones(2, 3, dtype=torch.bool), "w": 1}, "w: not among the weights"),
    ],
)
def test_a_method_that_gives_no_proper_masks_is_told_so(method, message):
    with pytest.raises(PruneError, match=message):
        prune(nn.Linear(3, 2), method)


def test_a_method_cannot_change_the_model_through_the_weights_it_is_given():
    def rude(weights):
        return {name: weight.zero_() == 0 for name, weight in weights.items()}

    layer = nn.Linear(3, 2)
    assert equal(values(prune(layer, rude)), values(layer))


@pytest.mark.filterwarnings("ignore:`torch.jit.trace` is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:`torch.jit.trace_method` is deprecated:DeprecationWarning")
def test_what_cannot_be_masked_is_refused_by_name():
    with pytest.raises(PruneError, match="weight has no shape yet"):
        prune(nn.LazyLinear(3), Magnitude(0.5))
    with pytest.raises(PruneError, match="weight is on the meta device"):
        prune(nn.Linear(3, 2, device="meta"), Magnitude(0.5))
    with pytest.raises(PruneError, match=r"weight is of torch.float8_e5m2, which torch cannot mask"):
        prune(nn.Linear(3, 2).to(torch.float8_e5m2), Magnitude(0.5))
    with pytest.raises(PruneError, match="weight has sparse gradients"):
        prune(nn.Embedding(3, 2, sparse=True), Magnitude(0.5))
    with pytest.raises(
        PruneError, match=r"parametrizations.weight.original0 is not a weight but what one is computed from"
    ):
        prune(nn.utils.parametrizations.weight_norm(nn.Linear(3, 2)), Magnitude(0.5))
    with pytest.raises(PruneError, match="weight belongs to compiled TorchScript"):
        prune(torch.jit.trace(nn.Linear(3, 2), torch.ones(1, 3)), Magnitude(0.5))


def test_a_model_that_cannot_be_copied_is_refused_with_the_reason():
    layer = nn.Linear(3, 2)
    layer.last = layer(torch.ones(1, 3))
    with pytest.raises(PruneError, match=r"Linear cannot be copied .* results of a forward"):
        prune(layer, Magnitude(0.5))


class Alone(nn.Linear):
    """Gives itself for a copy, as a frozen teacher does that is too large to have twice."""

    def __deepcopy__(self, memo):
        return self


@pytest.mark.parametrize(
    "act",
    [
        lambda model: prune(model, Magnitude(0.5)),
        lambda model: remask(model, {"1.weight": torch.eye(2, dtype=torch.bool)}),
    ],
    ids=["prune", "remask"],
)
def test_what_a_model_shares_with_its_copies_is_not_pruned_behind_its_back(act):
    model = nn.Sequential(nn.Linear(2, 2), Alone(2, 2))
    with pytest.raises(PruneError, match=r"1.weight: the same in a deep copy of the model"):
        act(model)
    assert masks(prune(model, Magnitude(0.5), where="0")).keys() == {"0.weight"}


@pytest.mark.parametrize("act", [prune, prune_], ids=["copied", "in place"])
def test_a_model_pruned_in_inference_mode_can_be_trained(act):
    layer = nn.Linear(4, 4)
    with torch.inference_mode():
        sparse = act(layer, Magnitude(0.5))
    sparse(torch.ones(1, 4)).sum().backward()
    assert int(next(sparse.parameters()).grad.count_nonzero()) == 8


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
@pytest.mark.parametrize(
    ("layer", "example"),
    [
        (nn.Conv1d(2, 3, 3), torch.randn(1, 2, 8)),
        (nn.Conv3d(2, 3, 3), torch.randn(1, 2, 4, 4, 4)),
        (nn.ConvTranspose2d(2, 3, 2), torch.randn(1, 2, 4, 4)),
        (nn.ConvTranspose3d(2, 3, 2), torch.randn(1, 2, 4, 4, 4)),
        (nn.Linear(2, 3, dtype=torch.float64), torch.randn(4, 2, dtype=torch.float64)),
        (nn.Bilinear(2, 2, 3), (torch.randn(4, 2), torch.randn(4, 2))),
        (nn.Embedding(6, 4, padding_idx=0, max_norm=1.0), torch.tensor([0, 1, 5])),
        (nn.EmbeddingBag(6, 4), torch.tensor([[0, 1, 5]])),
        (nn.LSTM(2, 4, 2, bidirectional=True, proj_size=3), torch.randn(3, 1, 2)),
        (nn.GRU(2, 4), torch.randn(3, 1, 2)),
        (nn.RNN(2, 4), torch.randn(3, 1, 2)),
        (nn.GRUCell(2, 4), torch.randn(3, 2)),
        (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), torch.randn(2, 3, 8)),
        (
            nn.MultiheadAttention(8, 2, kdim=4, vdim=4),
            (torch.randn(3, 1, 8), torch.randn(3, 1, 4), torch.randn(3, 1, 4)),
        ),
        (nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last), torch.randn(1, 3, 6, 6)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_every_kind_of_layer_computes_as_its_zeroed_self(layer, example):
    inputs = example if isinstance(example, tuple) else (example,)
    layer.eval()
    sparse = prune(layer, Magnitude(0.5))
    gradients = []
    for model in (sparse, bake(sparse)):
        given = model(*inputs)
        first = given[0] if isinstance(given, tuple) else given
        first.square().sum().backward()
        gradients.append({name: parameter.grad for name, parameter in model.named_parameters()})
        gradients[-1]["output"] = first
    kept = masks(sparse)
    assert kept
    for name, gradient in gradients[1].items():
        assert torch.equal(gradients[0][name], torch.where(kept[name], gradient, 0) if name in kept else gradient), name
