"""A model in, a pruned model out; the one that went in stays as it was.

A pruned model has the class of the model (a layer whose own weights are masked, a subclass of its class), its
`state_dict` keys and its parameter names. Checkpoints load strictly from either into the other, and the pruned one
stays pruned. The gradients of pruned weights are exactly zero, so optimisers, weight decay and averaging leave them at
zero; an optimiser that has a history needs `carry`. Pruning again adds to what is pruned.

Three things to know. `layer.weight` is computed when it is read, so write through `parameters()` or `load_state_dict`,
never into it. A layer that reads its weights past its attributes, as `self._parameters["weight"]`, escapes the mask.
Code that asks for the exact `type` of a layer, as dynamic quantisation does, and TorchScript, which has no buffers
outside checkpoints, want `bake(model)`.

Source:
    A mask between a parameter and its use: Han, Pool, Tran and Dally, Learning both weights and connections for
    efficient neural networks, NeurIPS 2015.
"""

import copy
from collections.abc import Mapping
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils.weight_norm import WeightNorm

from leyden.errors import PruneError
from leyden.prune.masking import clean_, mask_, mask_name, standing, unmask_
from leyden.prune.ranking import has_nan
from leyden.prune.selection import Place, Selector, places, select
from leyden.prune.subject import Keep, Method, Rule, Subject

__all__ = ["bake", "masks", "prune", "prune_", "remask", "remask_"]

_Model = TypeVar("_Model", bound=nn.Module)


@torch.inference_mode(False)
def prune(model: _Model, method: Method | Rule, *, where: Selector | None = None) -> _Model:
    """Copy a model with some of its weights fixed at zero; use the copy exactly as the model.

    Args:
        model: any module, LightningModules included; left bit for bit as it is, sharing no storage with the copy.
        method: `Magnitude` or another of `leyden.prune`, or any function of {name: weights} that gives {name: mask},
            True where a weight is kept; it sees copies.
        where: `named("head.*")`, `layers(nn.Conv2d)`, `depthwise`, their combinations by `&`, `|` and `~`; or a bare
            pattern, layer type, tuple of types, or function of a `Place`. It chooses among the floating-point
            parameters of two axes or more; without it all of them may be pruned.

    Returns:
        The pruned copy, in the mode of the model (train or eval), without `.grad`. It takes the memory of the model
        and a byte for each weight that may be pruned; a forward reads each of those once more.

    Raises:
        PruneError: if `where` selects nothing, a weight is NaN, the method does not answer with one boolean mask of
            the right shape for each tensor, or the model cannot be copied or masked.

    Examples:
        >>> from leyden.prune import Magnitude, named, prune
        >>> model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
        >>> sparse = prune(model, Magnitude(0.75), where=~named("2"))
        >>> int((sparse[0].weight == 0).sum()), list(sparse.state_dict()) == list(model.state_dict())
        (24, True)
    """
    _check_method(method)
    chosen = select(model, where)
    _check_maskable(chosen)
    pruned = _copied(model)
    homes = {place.name: place for place in places(pruned)}
    _check_apart(chosen, homes)
    _prune_(pruned, method, {place.name: homes[place.name] for place in chosen})
    return pruned


@torch.inference_mode(False)
def prune_(model: _Model, method: Method | Rule, *, where: Selector | None = None) -> _Model:
    """Prune a model in place, for who holds it where no other can be put: a Trainer in the midst of a fit.

    The module stays the same object, with the same parameters; its layers get the classes of masked ones. Optimisers
    that hold its parameters go on, and need `mask_history_`. A compiled model compiles anew.

    Args:
        model: changed; left bit for bit as it is where anything is raised.
        method: as for `prune`.
        where: as for `prune`.

    Returns:
        The model.

    Raises:
        PruneError: as for `prune`.

    Examples:
        >>> from leyden.prune import Magnitude
        >>> model = nn.Linear(4, 2)
        >>> int((prune_(model, Magnitude(0.5)).weight == 0).sum()), int((model.weight == 0).sum())
        (4, 4)
    """
    _check_method(method)
    chosen = select(model, where)
    _check_maskable(chosen)
    _prune_(model, method, {place.name: place for place in chosen})
    return model


@torch.inference_mode(False)
def remask(model: _Model, keep: Mapping[str, Tensor]) -> _Model:
    """Copy a model with other masks in place of those that stand; what was pruned and no longer is comes back as zero.

    Args:
        model: pruned or not; left as it is.
        keep: a boolean tensor for each parameter to be masked anew, as `masks` gives them; copied. Masks of
            parameters that are not in it stay.

    Returns:
        The copy.

    Raises:
        PruneError: if a name is not one of a parameter that can be pruned, or a mask is not boolean or has another
            shape.

    Examples:
        >>> from leyden.prune import Magnitude, prune
        >>> sparse = prune(nn.Linear(2, 2), Magnitude(0.5))
        >>> masks(remask(sparse, {"weight": torch.tensor([[True, False], [False, True]])}))["weight"].tolist()
        [[True, False], [False, True]]
    """
    copied = _copied(model)
    _check_apart([place for place in places(model) if place.name in keep], {home.name: home for home in places(copied)})
    return remask_(copied, keep)


@torch.inference_mode(False)
def remask_(model: _Model, keep: Mapping[str, Tensor]) -> _Model:
    """Do in place what `remask` does; the model is left as it is where anything is raised.

    Args:
        model: changed, and given back.
        keep: as for `remask`.

    Returns:
        The model.

    Raises:
        PruneError: as for `remask`.

    Examples:
        >>> layer = remask_(nn.Linear(2, 1), {"weight": torch.tensor([[True, False]])})
        >>> bool((layer.weight[0] != 0)[1])
        False
    """
    homes = {place.name: place for place in places(model)}
    known = {name: homes[name].parameter for name in keep if name in homes}
    chosen = _checked(keep, known)
    _check_maskable([homes[name] for name in chosen])
    _check_writable(known)
    _clean_all_(model)
    _install_(chosen, homes)
    return model


def masks(model: nn.Module) -> dict[str, Tensor]:
    """Give the masks of a model, by parameter name: boolean copies, True where a weight is kept.

    A parameter is in it if it could have been pruned, even if nothing of it was; a plain model gives an empty dict.
    """
    found = {}
    for place in places(model):
        held = standing(place.owners[0]).get(place.names[0].rpartition(".")[2])
        if held is not None:
            found[place.name] = held.clone()
    return found


@torch.inference_mode(False)
def bake(model: _Model) -> _Model:
    """Copy a pruned model into a plain one: its own classes, zeros written into the weights, no masks left.

    For export, quantisation and the end of training: trained further, its zeros fill up again. A plain model is just
    copied.
    """
    plain = _copied(model)
    for module in plain.modules():
        unmask_(module)
    return plain


def _copied(model: _Model) -> _Model:
    try:
        return copy.deepcopy(model)
    except (RuntimeError, TypeError) as error:
        raise PruneError(
            f"{type(model).__name__} cannot be copied ({error}); a module that keeps results of a forward, or an open "
            "file, as an attribute has to let go of it first"
        ) from error


def _prune_(model: nn.Module, method: Method | Rule, homes: Mapping[str, Place]) -> None:
    """Mask the parameters of a model at these places, as the method says; nothing is changed if it says nonsense."""
    weights = {name: place.parameter.detach() for name, place in homes.items()}
    _check_writable(weights)
    _clean_all_(model)
    stand = {name: mask for name, mask in masks(model).items() if name in weights}
    _check_numbers(weights)
    if isinstance(method, Method):
        keep = _checked(method(weights, Subject(model, homes, stand)), weights, fresh=True)
    else:
        keep = _checked(method({name: weight.clone() for name, weight in weights.items()}), weights)
    for name, mask in stand.items():
        keep[name].logical_and_(mask)
    _install_(keep, homes)


def _clean_all_(model: nn.Module) -> None:
    for module in model.modules():
        clean_(module)


def _check_method(method: object) -> None:
    if isinstance(method, type) or not callable(method):
        raise PruneError(f"a method is Magnitude(0.5), its like or a function of the weights; {method!r} was given")


def _check_maskable(chosen: list[Place]) -> None:
    faults = []
    for place in chosen:
        if nn.parameter.is_lazy(place.parameter):
            faults.append(f"{place.name} has no shape yet: run the model once on an example")
        elif place.parameter.is_meta:
            faults.append(f"{place.name} is on the meta device, without values: load a checkpoint first")
        elif place.parameter.element_size() == 1:
            faults.append(f"{place.name} is of {place.parameter.dtype}, which torch cannot mask: prune a wider type")
        elif place.parameter.layout != torch.strided:
            faults.append(
                f"{place.name} is laid out as {place.parameter.layout}: make it dense, or leave it out by where="
            )
        for name, owner in zip(place.names, place.owners, strict=True):
            faults += [f"{place.name} {fault}" for fault in _owner_faults(owner, name.rpartition(".")[2])]
    if faults:
        raise PruneError("; ".join(faults))


def _owner_faults(owner: nn.Module, attribute: str) -> list[str]:
    faults = []
    hooks = [hook for hook in owner._forward_pre_hooks.values() if isinstance(hook, WeightNorm)]
    normed = {name for hook in hooks for name in (f"{hook.name}_g", f"{hook.name}_v")}
    if isinstance(owner, nn.utils.parametrize.ParametrizationList) or attribute in normed:
        faults.append(
            "is not a weight but what one is computed from: remove its parametrisation first, or leave it out by where="
        )
    if isinstance(owner, torch.jit.ScriptModule):
        faults.append("belongs to compiled TorchScript: prune the model before it is scripted")
    if isinstance(owner, nn.Embedding | nn.EmbeddingBag) and owner.sparse:
        faults.append("has sparse gradients: make its embedding with sparse=False")
    if attribute not in standing(owner) and hasattr(owner, mask_name(attribute)):
        faults.append(f"would have its mask where {type(owner).__name__} has {mask_name(attribute)!r}: rename that")
    return faults


def _check_writable(weights: Mapping[str, Tensor]) -> None:
    shared = [
        name
        for name, weight in weights.items()
        if any(stride == 0 and length > 1 for stride, length in zip(weight.stride(), weight.shape, strict=True))
    ]
    if shared:
        raise PruneError(f"{', '.join(shared)}: expanded, so that values share memory; make the parameter of a clone")


def _check_apart(given: list[Place], copied: Mapping[str, Place]) -> None:
    shared = [place.name for place in given if copied[place.name].parameter is place.parameter]
    if shared:
        raise PruneError(
            f"{', '.join(shared)}: the same in a deep copy of the model, so the model itself would be pruned; leave "
            "it out by where=, or say prune_"
        )


def _check_numbers(weights: Mapping[str, Tensor]) -> None:
    broken = [name for name, weight in weights.items() if has_nan(weight)]
    if broken:
        raise PruneError(
            f"{', '.join(broken)}: NaN among the weights, which cannot be ranked; go back to a sound checkpoint"
        )


def _checked(answer: object, asked: Mapping[str, Tensor], *, fresh: bool = False) -> Keep:
    """Give the masks, `fresh` ones without a copy, once they are known to fit."""
    if not isinstance(answer, Mapping):
        raise PruneError(f"a method gives {{name: mask}}; this one gave {type(answer).__name__}")
    faults = [f"{name}: not among the weights that may be pruned" for name in answer if name not in asked]
    for name, weight in asked.items():
        if name not in answer:
            faults.append(f"{name}: no mask")
        else:
            faults += _mask_faults(name, answer[name], weight)
    if faults:
        raise PruneError(f"a method gives one boolean mask for each tensor; this one gave: {'; '.join(faults)}")
    return {name: _laid_out(answer[name], weight, fresh=fresh) for name, weight in asked.items()}


def _mask_faults(name: str, mask: object, weight: Tensor) -> list[str]:
    if not isinstance(mask, Tensor):
        return [f"{name}: a mask of {type(mask).__name__}, not a tensor of torch.bool"]
    if mask.dtype != torch.bool:
        broken = ", and NaN among it" if has_nan(mask) else ""
        return [f"{name}: a mask of {mask.dtype}{broken}, not a tensor of torch.bool (say scores > limit)"]
    if mask.shape != weight.shape:
        return [f"{name}: a mask of shape {tuple(mask.shape)} for weights {tuple(weight.shape)}"]
    return []


def _laid_out(mask: Tensor, weight: Tensor, *, fresh: bool) -> Tensor:
    # In memory as the weight is, for a layer may choose its algorithm by that.
    if fresh and mask.stride() == weight.stride() and mask.device == weight.device:
        return mask
    return torch.empty_like(weight, dtype=torch.bool).copy_(mask)


def _install_(keep: Keep, homes: Mapping[str, Place]) -> None:
    # All masks of an owner at once, and the very same mask for weights that are tied.
    by_owner: dict[nn.Module, dict[str, Tensor]] = {}
    for place_name, mask in keep.items():
        place = homes[place_name]
        for name, owner in zip(place.names, place.owners, strict=True):
            by_owner.setdefault(owner, {})[name.rpartition(".")[2]] = mask
    for owner, found in by_owner.items():
        mask_(owner, found)
