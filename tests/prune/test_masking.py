import copy
import io
import pickle

import pytest
import torch
from torch import fx, nn
from torch.func import functional_call, grad, stack_module_state, vmap
from torch.optim import swa_utils

from leyden.errors import PruneError
from leyden.prune import Magnitude, Random, bake, masks, prune, prune_


def train(model, example, steps=3):
    """Take steps that would move every weight that is free to move."""
    rule = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1)
    for _ in range(steps):
        rule.zero_grad()
        out = model(example)
        (out[0] if isinstance(out, tuple) else out).float().square().mean().backward()
        rule.step()


def still_pruned(model, kept):
    state = model.state_dict()
    parameters = dict(model.named_parameters())
    return all(
        not state[name][~mask].any() and not parameters[name].grad[~mask].any() and state[name][mask].any()
        for name, mask in kept.items()
    )


def deepcopied(model):
    return copy.deepcopy(model)


def shallow_copied(model):
    return copy.copy(model)


def pickled(model):
    return pickle.loads(pickle.dumps(model))


def saved(model):
    file = io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


COPIES = [deepcopied, shallow_copied, pickled, saved]


@pytest.mark.parametrize("copied", COPIES)
def test_copies_made_after_a_forward_and_a_backward_stay_pruned(photo, picture, copied):
    sparse = prune(photo, Magnitude(0.6))
    kept = masks(sparse)
    sparse(picture).sum().backward()
    other = copied(sparse)
    assert torch.equal(other.eval()(picture), sparse.eval()(picture))
    train(other.train(), picture)
    assert still_pruned(other, kept)


@pytest.mark.parametrize("copied", COPIES)
def test_copies_keep_ties_and_recurrent_layers(words, tokens, copied):
    sparse = prune(words, Magnitude(0.6))
    kept = masks(sparse)
    sparse(tokens).sum().backward()
    other = copied(sparse)
    assert torch.equal(other(tokens), sparse(tokens))
    assert other.output._parameters["weight"] is other.embedding._parameters["weight"]
    train(other, tokens)
    assert still_pruned(other, kept)


def test_a_gradient_that_overflowed_is_zero_where_pruned():
    layer = prune(nn.Linear(4, 2, bias=False), Magnitude(0.5))
    (layer(torch.ones(1, 4)) * torch.inf).sum().backward()
    gradient, mask = layer._parameters["weight"].grad, masks(layer)["weight"]
    assert not gradient[~mask].any()
    assert bool(gradient[mask].isinf().all())


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_compiled_training_is_eager_training(photo, picture, backend):
    sparse = prune(photo, Magnitude(0.6))
    twin = copy.deepcopy(sparse)
    train(torch.compile(sparse, fullgraph=True, backend=backend), picture)
    train(twin, picture)
    assert still_pruned(sparse, masks(sparse))
    for name, value in sparse.state_dict().items():
        torch.testing.assert_close(value, twin.state_dict()[name])
    torch._dynamo.reset()


def test_a_compiled_model_can_be_pruned(photo, picture):
    sparse = prune(torch.compile(photo, backend="eager"), Magnitude(0.6), where="*stem.weight")
    train(sparse, picture)
    assert still_pruned(sparse, masks(sparse))
    torch._dynamo.reset()


def test_a_symbolic_trace_keeps_names_masks_and_numbers(photo, picture):
    sparse = prune(photo, Magnitude(0.6))
    kept = masks(sparse)
    traced = fx.symbolic_trace(sparse)
    traced.graph.eliminate_dead_code()
    traced.recompile()
    assert sorted(traced.state_dict()) == sorted(sparse.state_dict())
    assert torch.equal(traced.eval()(picture), sparse.eval()(picture))
    other = copy.deepcopy(traced).train()
    train(other, picture)
    assert still_pruned(other, kept)


def test_a_masked_parameter_of_the_root_cannot_be_traced_and_says_so(photo):
    with pytest.raises(PruneError, match=r"Mixing: its own parameter 'matrix' .* trace bake\(model\)"):
        fx.symbolic_trace(prune(photo.mixing, Magnitude(0.5)))


@pytest.mark.parametrize("copied", [deepcopied, pickled])
def test_a_traced_module_can_be_pruned_and_copied(photo, copied):
    example = torch.randn(2, 8)
    sparse = prune(fx.symbolic_trace(photo.mixing), Magnitude(0.5))
    other = copied(sparse)
    assert torch.equal(other(example), sparse(example))
    train(other, example)
    assert still_pruned(other, masks(sparse))
    assert torch.equal(bake(other)(example), other(example))


def test_functional_call_masks_the_parameters_it_is_given(photo, words, picture, tokens):
    for model, example in ((photo, picture), (words, tokens)):
        sparse = prune(model, Magnitude(0.6)).eval()
        given = {name: torch.randn_like(value) for name, value in sparse.named_parameters()}
        zeroed = {name: value * masks(sparse).get(name, 1) for name, value in given.items()}
        assert torch.equal(
            functional_call(sparse, given, (example,)), functional_call(model.eval(), zeroed, (example,))
        )
        slopes = grad(lambda p: functional_call(sparse, p, (example,)).square().sum())(given)  # noqa: B023 (called at once)
        assert all(not slopes[name][~mask].any() for name, mask in masks(sparse).items())


def test_an_ensemble_under_vmap_keeps_a_mask_for_each_member():
    example = torch.randn(2, 3, 6, 6)
    members = [prune(nn.Conv2d(3, 4, 3), Random(0.5, seed=seed)) for seed in range(3)]
    parameters, buffers = stack_module_state(members)
    together = vmap(lambda p, b: functional_call(members[0], (p, b), (example,)))(parameters, buffers)
    for member, output in zip(members, together, strict=True):
        torch.testing.assert_close(output, member(example))


@pytest.mark.parametrize("use_buffers", [False, True])
def test_an_average_of_pruned_models_is_pruned(photo, picture, use_buffers):
    sparse = prune(photo, Magnitude(0.6))
    sparse(picture).sum().backward()
    average = swa_utils.AveragedModel(sparse, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.5), use_buffers=use_buffers)
    for _ in range(3):
        train(sparse, picture, steps=1)
        average.update_parameters(sparse)
    state = average.module.state_dict()
    assert all(not state[name][~mask].any() for name, mask in masks(sparse).items())
    assert all(torch.equal(mask, masks(average.module)[name]) for name, mask in masks(sparse).items())


def test_whatever_is_written_into_a_parameter_the_model_and_its_checkpoint_stay_pruned(photo, picture):
    sparse = prune(photo, Magnitude(0.6)).eval()
    plain = copy.deepcopy(photo).eval()
    for parameter, other in zip(sparse.parameters(), plain.parameters(), strict=True):
        parameter.data.fill_(0.5)
        other.data.fill_(0.5)
    state = plain.state_dict()
    for name, mask in masks(sparse).items():
        state[name].masked_fill_(~mask, 0)
    assert torch.equal(sparse(picture), plain(picture))
    assert all(torch.equal(value, state[name]) for name, value in sparse.state_dict().items())


def wide(dtype=torch.float32):
    """A layer so large that it is not masked by torch.where, and its zeroed twin."""
    layer = nn.Conv2d(64, 64, 3, bias=False).to(dtype)
    sparse = prune(layer, Magnitude(0.75))
    return sparse, bake(sparse), masks(sparse)["weight"]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("form", [torch.contiguous_format, torch.channels_last])
def test_large_layers_compute_as_their_zeroed_selves(dtype, form):
    sparse, plain, mask = (part.to(memory_format=form) for part in wide(dtype))
    example, gradients = torch.randn(2, 64, 5, 5, dtype=dtype), []
    for layer in (sparse, plain):
        output = layer(example)
        output.square().sum().backward()
        gradients.append([output, next(layer.parameters()).grad])
    assert torch.equal(gradients[0][0], gradients[1][0])
    assert torch.equal(gradients[0][1], torch.where(mask, gradients[1][1], 0))
    assert gradients[0][1].stride() == sparse._parameters["weight"].stride()


def test_large_layers_read_zero_for_whatever_is_not_a_number():
    sparse, _, mask = wide()
    sparse._parameters["weight"].data.masked_fill_(~mask, torch.nan)
    assert torch.equal(sparse.weight, sparse.weight.nan_to_num())
    (sparse.weight * torch.inf).sum().backward()
    assert not sparse._parameters["weight"].grad[~mask].any()


def test_large_layers_have_second_derivatives():
    sparse, _, mask = wide()
    leaf = sparse._parameters["weight"]
    (first,) = torch.autograd.grad(sparse.weight.pow(3).sum(), leaf, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), leaf)
    torch.testing.assert_close(second, torch.where(mask, 6 * leaf, 0))


def test_large_layers_go_through_the_transforms_of_torch_func():
    sparse, plain, mask = wide()
    examples = torch.randn(3, 64, 4, 4)
    slopes = vmap(grad(lambda x: sparse(x).square().sum()))(examples)
    torch.testing.assert_close(slopes, vmap(grad(lambda x: plain(x).square().sum()))(examples))
    given = {"weight": torch.randn(2, *mask.shape)}
    outputs = vmap(lambda held: functional_call(sparse, held, (examples,)))(given)
    torch.testing.assert_close(outputs[0], functional_call(plain, {"weight": given["weight"][0] * mask}, (examples,)))


def test_tensors_put_in_place_of_parameters_are_masked():
    layer = prune(nn.Linear(3, 2, bias=False), lambda weights: {"weight": torch.eye(2, 3, dtype=torch.bool)})
    del layer.weight
    layer.weight = torch.ones(2, 3)
    assert layer.weight.tolist() == [[1, 0, 0], [0, 1, 0]]


def test_equal_masks_share_a_class_and_the_class_looks_like_the_layer():
    one, other = (prune(nn.Linear(4, 4), Magnitude(0.5)) for _ in range(2))
    assert type(one) is type(other)
    assert repr(one) == "Linear(in_features=4, out_features=4, bias=True, masked=weight)"
    assert (type(one).__module__, type(one).__qualname__) == ("torch.nn.modules.linear", "Linear")


def test_a_class_that_counts_its_subclasses_does_not_see_ours():
    known = {}

    class Registered(nn.Linear):
        def __init_subclass__(cls, label):
            known[label] = cls

    class Mine(Registered, label="mine"):
        pass

    assert isinstance(prune(Mine(2, 2), Magnitude(0.5)), Mine)
    assert known == {"mine": Mine}


def test_a_parametrisation_on_top_of_a_mask_is_refused():
    with pytest.raises(PruneError, match="add parametrisations before pruning"):
        nn.utils.parametrizations.weight_norm(prune(nn.Linear(2, 2), Magnitude(0.5)))


def test_lists_and_dicts_of_parameters_can_be_pruned():
    model = nn.ModuleDict(
        {"row": nn.ParameterList([torch.randn(2, 2)]), "by": nn.ParameterDict({"a": torch.randn(2, 2)})}
    )
    sparse = pickled(prune(model, Magnitude(0.5, "local")))
    assert [int((value == 0).sum()) for value in (sparse["row"][0], sparse["by"]["a"])] == [2, 2]


@pytest.mark.parametrize("of", ["photo", "words"])
def test_masks_outlive_what_is_done_to_all_tensors_of_a_model(of, photo, picture, words, tokens):
    model, example = {"photo": (photo, picture), "words": (words, tokens)}[of]
    sparse = prune(model, Magnitude(0.5))
    kept = masks(sparse)
    state = {name: value.clone() for name, value in sparse.state_dict().items()}
    sparse.type(torch.float64).to_empty(device="cpu").float().load_state_dict(state)
    assert all(torch.equal(mask, kept[name]) for name, mask in masks(sparse).items())
    train(sparse, example)
    assert still_pruned(sparse, kept)


def test_masks_lost_on_the_meta_device_are_missed_when_it_comes_back():
    layer = prune(nn.Linear(4, 4), Magnitude(0.5)).to("meta")
    with pytest.raises(PruneError, match="the masks of weight in Linear have no values"):
        layer.to_empty(device="cpu")


def test_a_checkpoint_that_is_assigned_replaces_only_the_parameters_it_has(photo):
    sparse = prune(photo, Magnitude(0.5))
    before, given = dict(sparse.named_parameters()), torch.ones(4, 8)
    sparse.load_state_dict({"head.weight": given}, strict=False, assign=True)
    changed = [name for name, parameter in sparse.named_parameters() if parameter is not before[name]]
    assert (changed, bool(given.all()), int(sparse.head.weight.count_nonzero())) == (
        ["head.weight"],
        True,
        int(masks(sparse)["head.weight"].sum()),
    )


def test_a_backward_through_weights_pruned_since_is_refused():
    model, inputs = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3)), torch.ones(1, 3)
    out = model(inputs).sum()
    prune_(model, Magnitude(0.5))
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out.backward()


def test_a_masked_parameter_cannot_be_replaced_by_one_of_another_shape():
    layer = prune(nn.Linear(4, 4), Magnitude(0.5))
    with pytest.raises(PruneError, match=r"weight of Linear is masked as \(4, 4\), and its new parameter is \(6, 4\)"):
        layer.weight = nn.Parameter(torch.ones(6, 4))


class Sealed(nn.Linear):
    def __setattr__(self, name, value):
        if name == "__class__":
            raise AttributeError(name)
        super().__setattr__(name, value)


class Reduced(nn.Linear):
    def __reduce__(self):
        return self.__class__, (self.in_features, self.out_features), self.__dict__


class Remade(nn.Linear):
    def __getstate__(self):
        return self.in_features, self.out_features, self.state_dict()

    def __setstate__(self, state):
        *sizes, values = state
        self.__init__(*sizes)
        self.load_state_dict(values)


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("kind", [Sealed, Reduced, Remade])
def test_layers_with_ways_of_their_own_keep_their_masks(kind, copied):
    sparse = prune(nn.Sequential(kind(4, 4)), Magnitude(0.5))
    twin, kept = copied(sparse), masks(sparse)
    assert torch.equal(masks(twin)["0.weight"], kept["0.weight"])
    train(twin, torch.randn(2, 4))
    assert still_pruned(twin, kept)


def test_a_bare_module_may_hold_what_is_pruned():
    holder = nn.Module()
    holder.weight = nn.Parameter(torch.arange(1.0, 13.0).reshape(3, 4))
    assert int((prune(holder, Magnitude(0.5)).weight == 0).sum()) == 6
