"""What people hold against torch.nn.utils.prune, run against it and against leyden.prune by the very same checks.

`True` in the table means that torch passes a check as well: the table is to be honest, not long.
"""

import copy
import pickle

import pytest
import torch
import torch.nn.utils.prune as torch_prune  # noqa: TID251 (this is the comparison that the ban is based on)
from torch import fx, nn
from torch.func import functional_call
from torch.optim.swa_utils import AveragedModel

from leyden.errors import PruneError
from leyden.prune import Magnitude, masks, prune


class Torch:
    """Pruning as torch does it: in place, one (module, name) after the other."""

    @staticmethod
    def prune(model, share=0.5):
        for module in model.modules():
            for name, parameter in list(module.named_parameters(recurse=False)):
                if parameter.ndim > 1:
                    torch_prune.l1_unstructured(module, name.removesuffix("_orig"), share)
        return model

    @staticmethod
    def kept(model):
        return {
            name.removesuffix("_mask"): buffer.bool()
            for name, buffer in model.named_buffers()
            if name.endswith("_mask")
        }

    @staticmethod
    def leaf(model, name):
        return dict(model.named_parameters())[name + "_orig"]


class Ours:
    """Pruning as leyden does it: a model in, a model out."""

    @staticmethod
    def prune(model, share=0.5):
        return prune(model, Magnitude(share, "local"))

    kept = staticmethod(masks)

    @staticmethod
    def leaf(model, name):
        return dict(model.named_parameters())[name]


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 4))


EXAMPLE = torch.randn(5, 6, generator=torch.Generator().manual_seed(1))


def step(model, example=EXAMPLE, rule=None):
    rule = rule or torch.optim.SGD(model.parameters(), lr=0.1)
    rule.zero_grad()
    out = model(example)
    (out if isinstance(out, torch.Tensor) else out[0]).square().sum().backward()
    rule.step()


def the_model_given_is_left_alone(way):
    model = network()
    before = copy.deepcopy(model.state_dict())
    way.prune(model)
    now = model.state_dict()
    return list(now) == list(before) and all(torch.equal(now[name], before[name]) for name in before)


def state_dict_keys_stay(way):
    return list(way.prune(network()).state_dict()) == list(network().state_dict())


def parameter_names_stay(way):
    return [n for n, _ in way.prune(network()).named_parameters()] == [n for n, _ in network().named_parameters()]


def a_pruned_checkpoint_loads_into_the_plain_model(way):
    network().load_state_dict(way.prune(network()).state_dict(), strict=True)
    return True


def a_dense_checkpoint_loads_into_the_pruned_model(way):
    way.prune(network()).load_state_dict(network().state_dict(), strict=True)
    return True


def a_checkpoint_is_no_larger(way):
    sizes = [sum(v.nbytes for v in model.state_dict().values()) for model in (network(), way.prune(network()))]
    return sizes[1] <= sizes[0]


def deepcopy_works_after_a_forward(way):
    model = way.prune(network())
    model(EXAMPLE)
    return torch.equal(copy.deepcopy(model)(EXAMPLE), model(EXAMPLE))


def an_average_of_models_works_after_a_forward(way):
    model = way.prune(network())
    model(EXAMPLE)
    return torch.equal(AveragedModel(model)(EXAMPLE), model(EXAMPLE))


def pickle_works_after_a_forward(way):
    model = way.prune(network())
    model(EXAMPLE)
    return torch.equal(pickle.loads(pickle.dumps(model))(EXAMPLE), model(EXAMPLE))


def attention_trains_with_all_its_weights_pruned(way):
    attention = nn.MultiheadAttention(6, 2)
    sparse, example = way.prune(attention), EXAMPLE[:, None]
    for _ in range(2):
        out = sparse(example, example, example)[0]
        sparse.zero_grad()
        out.square().sum().backward()
        with torch.no_grad():
            for parameter in sparse.parameters():
                parameter -= 0.1 * parameter.grad
    return True


def a_recurrent_layer_trains(way):
    layer = way.prune(nn.LSTM(6, 4))
    rule = torch.optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(2):
        step(layer, EXAMPLE[:, None], rule)
    return True


def the_forward_stays_pruned_in_training(way):
    model = way.prune(network())
    kept = way.kept(model)
    rule = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1)
    for _ in range(5):
        step(model, rule=rule)
    model(EXAMPLE)
    return all(not model.get_submodule(name.rpartition(".")[0]).weight[~mask].any() for name, mask in kept.items())


def pruned_parameters_are_zero(way):
    model = way.prune(network())
    return all(not way.leaf(model, name)[~mask].any() for name, mask in way.kept(model).items())


def momentum_of_dense_training_does_not_move_pruned_parameters(way):
    model = network()
    rule = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    step(model, rule=rule)
    sparse = way.prune(model)
    if way is Ours:
        from leyden.prune import carry

        rule = carry(rule, model, sparse)
    before = {name: way.leaf(sparse, name).detach().clone() for name in way.kept(sparse)}
    step(sparse, rule=rule)
    return all(
        torch.equal(way.leaf(sparse, name)[~mask], before[name][~mask]) for name, mask in way.kept(sparse).items()
    )


def a_weight_read_after_a_step_is_the_new_one(way):
    model = way.prune(network())
    step(model)
    name, mask = "0.weight", way.kept(model)["0.weight"]
    return torch.equal(model[0].weight[mask], way.leaf(model, name)[mask])


def a_loaded_weight_can_be_read_at_once(way):
    model = way.prune(network())
    model.load_state_dict({name: torch.ones_like(value) for name, value in model.state_dict().items()})
    return bool((model[0].weight[way.kept(model)["0.weight"]] == 1).all())


def infinite_weights_can_be_pruned(way):
    model = nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[torch.inf, 1.0]]))
    if way is Torch:
        torch_prune.custom_from_mask(model, "weight", torch.tensor([[0.0, 1.0]]))
    else:
        model = prune(model, lambda weights: {"weight": torch.tensor([[False, True]])})
    return model(torch.ones(1, 2)).item() == 1


def tied_weights_stay_tied(way):
    model = nn.Sequential(nn.Embedding(6, 4), nn.Linear(4, 6, bias=False))
    model[1].weight = model[0].weight
    sparse = way.prune(model)
    step(sparse, torch.arange(5))
    return len(list(sparse.parameters())) == 1 and len(sparse.state_dict()) == 2


def half_then_four_fifths_is_four_fifths(way):
    model = way.prune(way.prune(network()), 0.8)
    mask = way.kept(model)["0.weight"]
    return int((~mask).sum()) == round(0.8 * mask.numel())


def a_functional_call_takes_the_names_of_the_model(way):
    sparse, plain = way.prune(network()), dict(network().named_parameters())
    kept = way.kept(sparse)
    zeroed = {name: value * kept.get(name, 1) for name, value in plain.items()}
    return torch.equal(functional_call(sparse, plain, (EXAMPLE,)), functional_call(network(), zeroed, (EXAMPLE,)))


def a_symbolic_trace_computes_the_same(way):
    model = way.prune(network())
    return torch.equal(fx.symbolic_trace(model)(EXAMPLE), model(EXAMPLE))


def a_compiled_model_trains(way):
    model = way.prune(network())
    try:
        step(torch.compile(model, fullgraph=True, backend="eager"))
    finally:
        torch._dynamo.reset()
    return True


def an_exported_program_keeps_the_names(way):
    program = torch.export.export(way.prune(network()), (EXAMPLE,))
    return sorted(program.state_dict) == sorted(network().state_dict())


TABLE = {
    the_model_given_is_left_alone: False,
    state_dict_keys_stay: False,
    parameter_names_stay: False,
    a_pruned_checkpoint_loads_into_the_plain_model: False,
    a_dense_checkpoint_loads_into_the_pruned_model: False,
    a_checkpoint_is_no_larger: False,
    deepcopy_works_after_a_forward: False,
    an_average_of_models_works_after_a_forward: False,
    pickle_works_after_a_forward: True,
    attention_trains_with_all_its_weights_pruned: False,
    a_recurrent_layer_trains: True,
    the_forward_stays_pruned_in_training: True,
    pruned_parameters_are_zero: False,
    momentum_of_dense_training_does_not_move_pruned_parameters: False,
    a_weight_read_after_a_step_is_the_new_one: False,
    a_loaded_weight_can_be_read_at_once: False,
    infinite_weights_can_be_pruned: False,
    tied_weights_stay_tied: False,
    half_then_four_fifths_is_four_fifths: False,
    a_functional_call_takes_the_names_of_the_model: False,
    a_symbolic_trace_computes_the_same: True,
    a_compiled_model_trains: True,
    an_exported_program_keeps_the_names: False,
}


def holds(check, way):
    try:
        return check(way)
    except (RuntimeError, KeyError, AttributeError, TypeError, PruneError, pickle.PicklingError) as error:
        print(f"{way.__name__}: {type(error).__name__}: {str(error)[:100]}")
        return False


@pytest.mark.filterwarnings("ignore:The tensor attributes .* were assigned during export:UserWarning")
@pytest.mark.parametrize(("check", "torch_too"), TABLE.items(), ids=[check.__name__ for check in TABLE])
def test_gripe(check, torch_too):
    assert check(Ours)
    assert holds(check, Torch) == torch_too
