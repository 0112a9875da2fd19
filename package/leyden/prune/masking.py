"""The mechanism: a module whose weights are read through masks, and is otherwise what it was.

A masked module keeps its parameters where they were, so `named_parameters` and `state_dict` keep their keys. Its class
becomes a generated subclass of its own class, in which each masked weight is a property: the parameter where it is
kept, zero elsewhere. So autograd itself gives exact zeros as the gradient of pruned positions; there is no hook that a
copy could lose. The masks are non-persistent boolean buffers: they follow the module between devices and stay out of
checkpoints. An export to ONNX sees the parameters themselves.
"""

import copy
import types
from collections.abc import Callable, Generator, Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, fx, nn
from torch._subclasses import FakeTensor

from leyden.errors import PruneError
from leyden.prune.bits import through, zero_

__all__ = ["Masked", "MaskedRecurrent", "clean_", "mask_", "mask_name", "standing", "unmask_"]

_HELD = "_masks_held"  # where a module that is being unpickled keeps its masks until its state is there


class Masked(nn.Module):
    """Abstract: what a generated class adds to the class of the module that it masks.

    A generated class carries the name and module path of the class it stands for, so that `repr`, `torch.fx` (which
    knows its leaves by module path) and the metadata of an ONNX export go on seeing that class.
    """

    plain_class: ClassVar[type[nn.Module]]
    masked_names: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls) -> None:
        # Not passed on: a class that registers its subclasses by name must not take ours for its own.
        if cls.__base__ is not Masked and not cls.__dict__.get("masked_names"):
            # Parametrisations subclass the layer, and would take the computed weight for the parameter.
            raise PruneError(f"{cls.__name__} cannot be put on a masked layer: add parametrisations before pruning")

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )
        if local_metadata.get("assign_to_params_buffers", False):
            for name in standing(self):
                self._own_(name, state_dict.get(prefix + name))
        clean_(self)

    def register_parameter(self, name: str, param: nn.Parameter | None) -> None:
        """Put another parameter in the place of one, as any module does; assigning one comes by here."""
        mask = standing(self).get(name)
        if param is not None and mask is not None and param.shape != mask.shape:
            raise PruneError(
                f"{name} of {type(self).__name__} is masked as {tuple(mask.shape)}, and its new parameter is "
                f"{tuple(param.shape)}: put it into bake(model), and prune that"
            )
        super().register_parameter(name, param)

    def _own_(self, name: str, given: Tensor | None) -> None:
        # assign=True made the caller's tensors our parameters: write the zeros into copies.
        leaf = self._parameters[name]
        if leaf is None or given is None:
            return
        if leaf is given:
            self._parameters[name] = nn.Parameter(leaf.detach().clone(), leaf.requires_grad)
        else:
            leaf.data = leaf.data.clone()

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        clean_(self)
        super()._save_to_state_dict(destination, prefix, keep_vars)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Any:
        # to_empty gives memory without values, and type() makes numbers of everything: masks keep what they say.
        held = standing(self)

        def keeping(tensor: Tensor) -> Tensor:
            moved = fn(tensor)
            if moved is tensor or not any(tensor is mask for mask in held.values()):
                return moved
            if tensor.is_meta and not moved.is_meta:
                raise PruneError(
                    f"the masks of {', '.join(held)} in {type(self).__name__} have no values, since the model was put "
                    "on the meta device; keep masks(model) first, and say remask_(plain model, masks) afterwards"
                )
            return moved.to(torch.bool).copy_(tensor)

        return super()._apply(keeping, recurse)

    def named_modules(
        self, memo: set[nn.Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Generator[tuple[str, nn.Module], None, None]:
        """List the modules, as any module does; every listing of parameters comes by here.

        torch.export lists them, past `state_dict`, before it lays them aside: the last moment to write the zeros.
        """
        if torch.onnx.is_in_onnx_export():
            clean_(self)
        return super().named_modules(memo, prefix, remove_duplicate)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        # A generated class has no importable name: pickle its plain class, and how to mask that again.
        constructor, arguments, *rest = super().__reduce_ex__(protocol)
        maker, *plain = (self.plain_class if part is type(self) else part for part in (constructor, *arguments))
        return (_revive, (self.masked_names, standing(self), maker, tuple(plain)), *rest)

    def __setstate__(self, state: Any) -> None:
        # A class with a state of its own may make its tensors anew, and the masks are no part of that.
        held = self.__dict__.pop(_HELD, {})
        super().__setstate__(state)
        for name in held.keys() - standing(self).keys():
            self.register_buffer(mask_name(name), held[name], persistent=False)

    def extra_repr(self) -> str:
        """Describe the layer as its class does, then name the weights that are masked."""
        return ", ".join(part for part in (super().extra_repr(), f"masked={', '.join(self.masked_names)}") if part)


class MaskedRecurrent(Masked):
    """Abstract: recurrent layers compute from a cached list of weights, which must be read anew to be masked."""

    _flat_weights_names: list[str]

    @property
    def _flat_weights(self) -> Any:
        # Any: torch.compile traces this, and could not trace a checker of types that looks into the list.
        return [getattr(self, name, None) for name in self._flat_weights_names]

    @_flat_weights.setter
    def _flat_weights(self, _: object) -> None:
        # A stored list would hold results of autograd, and those cannot be deep-copied.
        pass

    def _update_flat_weights(self) -> None:
        pass

    def flatten_parameters(self) -> None:
        """Do nothing: the tensors computed with are made afresh for each forward, so packing them once is of no use."""


def mask_name(name: str) -> str:
    """Name the buffer that holds the mask of a parameter.

    Examples:
        >>> mask_name("weight")
        '_mask_weight'
    """
    return f"_mask_{name}"


def standing(module: nn.Module) -> dict[str, Tensor]:
    """Give the masks of one module (not of its children), by attribute name, True where kept; empty if it is plain."""
    if not isinstance(module, Masked):
        return {}
    found = {name: module._buffers.get(mask_name(name)) for name in module.masked_names}
    return {name: mask for name, mask in found.items() if mask is not None}


def clean_(module: nn.Module) -> None:
    """Write exact zeros where the module is masked.

    Reading a masked weight is right whatever its parameter holds, but a parameter can be written to from outside: by an
    optimiser that mixes its entries, by `parameter.data.copy_`, by an average of models.
    """
    for name, mask in standing(module).items():
        leaf = module._parameters.get(name)
        if leaf is not None and not isinstance(leaf, FakeTensor):
            zero_(leaf.data, mask)


def mask_(module: nn.Module, masks: Mapping[str, Tensor]) -> None:
    """Mask parameters that the module itself holds, in place; masks that stand on other parameters of it stay."""
    plain = module.plain_class if isinstance(module, Masked) else type(module)
    names = tuple(name for name in module._parameters if name in masks or name in standing(module))
    for name, mask in masks.items():
        module.register_buffer(mask_name(name), mask, persistent=False)
    if issubclass(plain, nn.RNNBase):
        module.__dict__.pop("_flat_weights", None)
    _turn_(module, _masked_class(plain, names))
    if isinstance(module, fx.GraphModule):
        module.recompile()
    clean_(module)
    for name in masks:
        leaf = module._parameters.get(name)
        if leaf is not None and not leaf.is_inference():
            # The backward of an earlier forward would compute with the zeros: let autograd refuse it.
            torch.autograd.graph.increment_version(leaf)


def unmask_(module: nn.Module) -> None:
    """Make a masked module plain again, in place: its own class, no masks, zeros written where they were."""
    if not isinstance(module, Masked):
        return
    clean_(module)
    for name in standing(module):
        delattr(module, mask_name(name))
    bare: Any = module
    _turn_(bare, module.plain_class)
    if isinstance(bare, nn.RNNBase):
        bare._init_flat_weights()
    if isinstance(bare, fx.GraphModule):
        bare.recompile()


def _turn_(module: nn.Module, into: type[nn.Module]) -> None:
    # Past a `__setattr__` of the class, which may have its own idea of attributes.
    object.__setattr__(module, "__class__", into)


def _read(module: nn.Module, name: str) -> Any:
    # Code that swaps parameters for tensors of its own (meta-learning, DataParallel) leaves them in the instance.
    leaf: Any = module.__dict__[name] if name in module.__dict__ else nn.Module.__getattr__(module, name)
    mask = module._buffers.get(mask_name(name))
    if isinstance(leaf, fx.Proxy):
        return _traced(module, name, leaf)
    if leaf is None or mask is None or (torch.onnx.is_in_onnx_export() and _stands_in_export(leaf)):
        return leaf
    return through(leaf, mask)


def _stands_in_export(leaf: Tensor) -> bool:
    # Both exporters have listed the weights, which wrote the zeros, so the graph can do without the mask. An export is
    # one of the whole process: a model that trains in another thread meanwhile goes on reading masked.
    return torch.jit.is_tracing() or isinstance(leaf, FakeTensor)


def _traced(module: nn.Module, name: str, leaf: fx.Proxy) -> fx.Proxy:
    # A graph that held the bare parameter would lose the mask, so it holds the module and reads the weight from it.
    path = leaf.tracer.path_of_module(module) if isinstance(leaf.tracer, fx.Tracer) else ""
    if not path:
        raise PruneError(
            f"torch.fx cannot trace {type(module).__name__}: its own parameter {name!r} is masked, and a graph has no "
            "place for a masked parameter of the root; trace bake(model), or prune the traced module instead"
        )
    return getattr(leaf.tracer.create_proxy("get_attr", path, (), {}), name)


def _property_for(name: str) -> property:
    return property(
        lambda module: _read(module, name),
        lambda module, value: module.__dict__.__setitem__(name, value),
        lambda module: module.__dict__.pop(name),
        f"The parameter {name!r}, zero where it is pruned.",
    )


def _masked_class(plain: type[nn.Module], names: tuple[str, ...]) -> type[Masked]:
    """Find or make the subclass of a class that masks these names.

    One class for equal requests keeps `torch.compile` from compiling a layer type again and again. The only table of
    them is the one Python keeps of subclasses: it is weak, so that classes made in a notebook can go.
    """
    for known in plain.__subclasses__():
        # not `known.plain_class`: Masked itself is a subclass of a plain nn.Module, and stands for no class
        if issubclass(known, Masked) and known.__dict__.get("plain_class") is plain and known.masked_names == names:
            return known
    namespace: dict[str, Any] = {name: _property_for(name) for name in names}
    namespace |= {name: getattr(plain, name) for name in ("__module__", "__qualname__", "__doc__")}
    namespace |= {"plain_class": plain, "masked_names": names}
    # jit.trace would compile properties as script.
    unused = [*getattr(plain, "__jit_unused_properties__", ()), *names, "_flat_weights"]
    namespace["__jit_unused_properties__"] = unused
    if hasattr(plain, "__deepcopy__"):
        namespace["__deepcopy__"] = _deepcopy
    mixin = MaskedRecurrent if issubclass(plain, nn.RNNBase) else Masked
    # Each GraphModule has a class of its own, into which it compiles its forward: ours takes the place of that class.
    bases = plain.__bases__ if issubclass(plain, fx.GraphModule) else (plain,)
    return types.new_class(plain.__name__, (mixin, *bases), exec_body=lambda body: body.update(namespace))


def _deepcopy(module: Masked, memo: dict[int, Any]) -> nn.Module:
    """Copy a module whose class has its own way of copying (fx.GraphModule): as that class, then mask the copy."""
    twin = object.__new__(module.plain_class)
    twin.__dict__.update(module.__dict__)
    copied = copy.deepcopy(twin, memo)
    mask_(copied, {name: copy.deepcopy(mask, memo) for name, mask in standing(module).items()})
    memo[id(module)] = copied
    return copied


def _revive(
    names: tuple[str, ...], masks: Mapping[str, Tensor], constructor: Any, arguments: tuple[Any, ...]
) -> nn.Module:
    """Rebuild a pickled masked module; pickles hold the path of this function, so it stays here under this name."""
    module = constructor(*arguments)
    if "_parameters" in module.__dict__:
        mask_(module, masks)
    else:
        # Python's own protocol: the state, masks included, comes in after the class.
        _turn_(module, _masked_class(type(module), names))
        module.__dict__[_HELD] = masks
    return module
