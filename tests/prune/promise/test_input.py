"""What cannot be pruned is refused with one error that says what, what was given, and what to do."""

import pytest
import torch
from torch import nn

from leyden.errors import PruneError
from leyden.prune import Magnitude, Scored, masks, prune, prune_, remask, remask_


class Broken(Scored):
    sparsity = 0.5
    scope = "global"

    def scores(self, weights, subject=None):
        return {name: weight * torch.nan for name, weight in weights.items()}


def integers():
    model = nn.Linear(3, 2)
    model.table = nn.Parameter(torch.zeros(2, 2, dtype=torch.int64), requires_grad=False)
    return model


def holding(values, **attributes):
    model = nn.Module()
    model.matrix = nn.Parameter(values)
    vars(model).update(attributes)
    return model


def ask(model, where):
    return lambda: prune(model, Magnitude(0.5), where=where)


def answer(give):
    return lambda: prune(nn.Linear(3, 2), give)


BAD = {
    "pattern": (ask(nn.Linear(3, 2), "haed"), r"'haed'\) matches nothing; there is weight"),
    "integers": (ask(integers(), "table"), r"matches table \(int64, 2 x 2\); only floating"),
    "vector": (ask(nn.Linear(3, 2), "bias"), r"matches bias \(float32, 2\); only floating"),
    "all of it": (lambda: Magnitude(1.0), r"sparsity is a share from 0 to below 1 .* 1\.0 was given"),
    "less than none": (lambda: Magnitude(-0.1), r"sparsity is a share from 0 to below 1 .* -0\.1 was given"),
    "shape": (
        answer(lambda weights: {"weight": torch.ones(3, dtype=torch.bool)}),
        r"weight: a mask of shape \(3,\) for weights \(2, 3\)",
    ),
    "NaN in a mask": (
        answer(lambda weights: {"weight": weights["weight"] * torch.nan}),
        r"weight: a mask of torch.float32, and NaN among it, not a tensor of torch.bool",
    ),
    "NaN in scores": (answer(Broken()), r"weight: a score is NaN, which has no rank"),
    "lazy": (ask(nn.LazyLinear(2), None), r"weight has no shape yet: run the model once"),
    "meta": (ask(nn.Linear(3, 2, device="meta"), None), r"weight is on the meta device, without values"),
    "sparse layout": (ask(holding(torch.eye(2).to_sparse()), None), r"matrix is laid out as torch.sparse_coo"),
    "expanded": (
        lambda: prune_(holding(torch.ones(1, 2).expand(2, 2)), Magnitude(0.5)),
        r"matrix: expanded, so that values share memory",
    ),
    "name taken": (ask(holding(torch.ones(2, 2), _mask_matrix=1), None), r"Module has '_mask_matrix': rename that"),
    "a class": (lambda: prune(nn.Linear(3, 2), Magnitude), r"a method is Magnitude\(0\.5\), its like or a function"),
    "nothing": (ask(nn.ReLU(), None), r"ReLU holds no floating-point parameter of two axes"),
    "unknown name": (
        lambda: remask(nn.Linear(3, 2), {"bias": torch.ones(2, dtype=torch.bool)}),
        r"bias: not among the weights that may be pruned",
    ),
}


@pytest.mark.parametrize(("act", "message"), BAD.values(), ids=BAD)
def test_it_is_refused_in_words(act, message):
    with pytest.raises(PruneError, match=message):
        act()


@pytest.mark.parametrize(
    "act",
    [
        lambda model: prune_(model, Broken()),
        lambda model: prune_(model, lambda weights: {}),
        lambda model: remask_(model, {"0.weight": torch.ones(1, dtype=torch.bool)}),
    ],
    ids=["scores", "method", "mask"],
)
def test_a_model_is_as_it_was_after_a_refusal_in_place(act):
    model = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 1))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with pytest.raises(PruneError):
        act(model)
    assert masks(model) == {}
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_all_faults_are_told_at_once():
    model = nn.Sequential(nn.LazyLinear(2), nn.Linear(2, 3, device="meta"))
    with pytest.raises(PruneError, match=r"0.weight has no shape yet.*; 1.weight is on the meta device"):
        prune(model, Magnitude(0.5))


@pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated:FutureWarning")
def test_the_parts_of_a_normed_weight_are_refused():
    with pytest.raises(PruneError, match=r"weight_g is not a weight .*; weight_v is not a weight"):
        prune_(nn.utils.weight_norm(nn.Linear(3, 2)), Magnitude(0.5))


@pytest.mark.filterwarnings("ignore:`torch.jit.script:DeprecationWarning")
def test_compiled_torchscript_of_several_layers_is_refused():
    with pytest.raises(PruneError, match=r"0.weight belongs to compiled TorchScript"):
        prune(torch.jit.script(nn.Sequential(nn.Linear(3, 2))), Magnitude(0.5))
