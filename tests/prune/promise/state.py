"""What a pruned model is: promises about the model that was given, names, classes and checkpoints."""

import copy
import io

import torch
from torch import nn
from torch.func import functional_call

from prune.promise.cases import Case, loss, zero_in_forward, zero_in_state
from prune.promise.designs import Design


def the_model_given_is_left_bit_for_bit(design: Design, case: Case) -> bool:
    model = case.model()
    before = copy.deepcopy(model.state_dict())
    design.prune(model)
    now = model.state_dict()
    return list(now) == list(before) and all(torch.equal(now[name], before[name]) for name in before)


def the_model_and_its_layers_keep_their_classes(design: Design, case: Case) -> bool:
    model, plain = case.model(), case.model()
    model.note = "mine"
    sparse = design.prune(model)
    found = dict(sparse.named_modules())
    same = all(isinstance(found[path], type(module)) for path, module in plain.named_modules())
    return same and type(sparse) is type(plain) and sparse.note == "mine"


def the_keys_of_the_state_stay(design: Design, case: Case) -> bool:
    return list(design.prune(case.model()).state_dict()) == list(case.model().state_dict())


def the_names_of_the_parameters_stay(design: Design, case: Case) -> bool:
    pruned, plain = design.prune(case.model()), case.model()
    return [name for name, _ in pruned.named_parameters()] == [name for name, _ in plain.named_parameters()]


def the_forward_is_that_of_the_model_with_zeros_written(design: Design, case: Case) -> bool:
    return zero_in_forward(design, design.prune(case.model()), case)


def its_checkpoint_loads_strictly_into_the_plain_model(design: Design, case: Case) -> bool:
    sparse, file = design.prune(case.model()).eval(), io.BytesIO()
    torch.save(sparse.state_dict(), file)
    file.seek(0)
    plain = case.model().eval()
    plain.load_state_dict(torch.load(file, weights_only=True), strict=True)
    return torch.allclose(plain(case.example), sparse(case.example))


def a_dense_checkpoint_loads_strictly_and_it_stays_pruned(design: Design, case: Case) -> bool:
    sparse = design.prune(case.model())
    kept = design.kept(sparse)
    sparse.load_state_dict(case.model().state_dict(), strict=True)
    return zero_in_forward(design, sparse, case) and zero_in_state(design, sparse, kept)


def its_checkpoint_is_no_larger(design: Design, case: Case) -> bool:
    sizes = [sum(value.nbytes for value in m.state_dict().values()) for m in (case.model(), design.prune(case.model()))]
    return sizes[1] <= sizes[0]


def a_loaded_weight_can_be_read_at_once(design: Design, case: Case) -> bool:
    model = design.prune(case.model())
    model.load_state_dict({name: torch.ones_like(value) for name, value in model.state_dict().items()})
    return all(bool((_read(model, name)[mask] == 1).all()) for name, mask in design.kept(model).items())


def pruned_parameters_are_zero_from_the_start(design: Design, case: Case) -> bool:
    return zero_in_state(design, design.prune(case.model()))


def masks_compose(design: Design, case: Case) -> bool:
    first = design.prune(case.model())
    before = design.kept(first)
    second = design.prune(first, 0.8)
    zeros = {name: (~mask).sum().item() for name, mask in design.kept(second).items()}
    return all(
        count == round(0.8 * before[name].numel()) and not design.kept(second)[name][~before[name]].any()
        for name, count in zeros.items()
    )


def infinite_weights_can_be_pruned(design: Design, case: Case) -> bool:
    layer = nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[torch.inf, 1.0]]))
    return design.prune_by(layer, torch.tensor([[False, True]]))(torch.ones(1, 2)).item() == 1


def tied_weights_stay_tied(design: Design, case: Case) -> bool:
    model = nn.Sequential(nn.Embedding(6, 4), nn.Linear(4, 6, bias=False))
    model[1].weight = model[0].weight
    sparse = design.prune(model)
    rule = torch.optim.SGD(sparse.parameters(), lr=0.1)
    loss(sparse(torch.arange(6))).backward()
    rule.step()
    sparse(torch.arange(6))
    return len(list(sparse.parameters())) == 1 and torch.equal(sparse[0].weight, sparse[1].weight)


def baked_it_is_plain_and_computes_the_same(design: Design, case: Case) -> bool:
    sparse = design.prune(case.model()).eval()
    answer = sparse(case.example)
    baked, plain = design.bake(sparse), case.model()
    classes = [type(module) for module in baked.modules()] == [type(module) for module in plain.modules()]
    return classes and set(baked.state_dict()) == set(plain.state_dict()) and torch.equal(baked(case.example), answer)


def functional_call_takes_the_names_of_the_model(design: Design, case: Case) -> bool:
    sparse, given = design.prune(case.model()).eval(), dict(case.model().named_parameters())
    kept = design.kept(sparse)
    zeroed = {name: torch.where(kept[name], value, 0) if name in kept else value for name, value in given.items()}
    got = functional_call(sparse, given, (case.example,))
    return torch.allclose(got, functional_call(case.model().eval(), zeroed, (case.example,)))


def _read(model: nn.Module, name: str) -> torch.Tensor:
    path, _, attribute = name.rpartition(".")
    return getattr(model.get_submodule(path), attribute)
