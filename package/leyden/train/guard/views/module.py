"""The task as a callback may see it: its modules are free to walk, its tensors, flags and attributes are not."""

from collections.abc import Iterable, Iterator
from functools import partial
from types import MethodType
from typing import Any

import pytorch_lightning as pl
import torch
from torch import nn

from leyden.train.guard.views.view import Method, View, real
from leyden.train.guard.views.walk import walked

__all__ = ["ModuleView"]

_OF_TRAINER = {"current_epoch": "trainer.current_epoch", "global_step": "trainer.global_step"}
_LISTS = {"logger": "logger", "loggers": "logger"}
_SHOWN = {"optimizers": "optimizer", "lr_schedulers": "scheduler"}
_VALUES = "model.parameters"
_WRITES = {
    **dict.fromkeys(("train", "eval"), ("model.training",)),
    **dict.fromkeys(("freeze", "unfreeze"), (_VALUES, "model.training")),
    **dict.fromkeys(("requires_grad_", "toggle_optimizer", "untoggle_optimizer", "share_memory"), (_VALUES,)),
    **dict.fromkeys(("to", "cuda", "cpu", "xpu", "half", "float", "double", "bfloat16", "to_empty"), (_VALUES,)),
    **dict.fromkeys(("_apply", "type", "register_parameter", "add_module", "register_module"), (_VALUES,)),
    **dict.fromkeys(("backward", "manual_backward", "clip_gradients"), ("model.gradients",)),
    **dict.fromkeys(("zero_grad", "optimizer_zero_grad", "configure_gradient_clipping"), ("model.gradients",)),
    "load_state_dict": (_VALUES, "model.buffers"),
    "register_buffer": ("model.buffers",),
    "optimizer_step": (_VALUES, "optimizer"),
    **dict.fromkeys(("lr_scheduler_step",), ("scheduler", "optimizer.lr")),
}


class ModuleView(View):
    """A module of the task, or the task itself.

    A parameter may be had by who reads `model.parameters` or `model.gradients`, since a gradient is reached through it.
    """

    __slots__ = ()

    @property
    def log(self) -> Any:
        """`LightningModule.log`, which asks for the name that is logged; of another module whatever it calls so."""
        scope = self._leyden_scope
        logs = scope.within is not None and isinstance(self._leyden_real, pl.LightningModule)
        return scope.log if logs else self.__getattr__("log")

    @property
    def log_dict(self) -> Any:
        """`LightningModule.log_dict`, as `log`."""
        scope = self._leyden_scope
        logs = scope.within is not None and isinstance(self._leyden_real, pl.LightningModule)
        return scope.log_dict if logs else self.__getattr__("log_dict")

    def _leyden_look(self, name: str, value: Any) -> Any:
        scope = self._leyden_scope
        if torch.is_tensor(value):
            return self._leyden_tensor(name, value)
        if isinstance(value, nn.Module):
            return scope.wrap(value, self._leyden_path)
        if type(value) is MethodType:
            return self._leyden_method(name, value)
        return scope.wrap(value, self._leyden_place(name))

    def _leyden_tensor(self, name: str, value: torch.Tensor) -> torch.Tensor:
        inner = self._leyden_real
        if name in inner._parameters:
            return self._leyden_scope.parameter(value)
        if name in inner._buffers:
            return self._leyden_scope.buffer(value)
        return self._leyden_scope.tensor(value, self._leyden_place(name))

    def _leyden_method(self, name: str, value: Any) -> Any:
        scope = self._leyden_scope
        if name in _SHOWN:
            return Method(scope, value, shown=_SHOWN[name])
        if name in ("keys", "values", "items") and isinstance(self._leyden_real, nn.ModuleDict | nn.ParameterDict):
            return partial(self._leyden_pairs, name)
        writes = _WRITES.get(name, ())
        hooks = name.startswith("register_") and name.endswith("hook")
        reads = () if writes else ("model.hooks" if hooks else self._leyden_place(name),)
        return Method(scope, value, reads=reads, writes=writes)

    def _leyden_place(self, name: str) -> str:
        inner = self._leyden_real
        if name == "training":
            return "model.training"
        if name in _OF_TRAINER:
            return _OF_TRAINER[name]
        if name in _LISTS:
            return _LISTS[name]
        below = self._leyden_path.partition(".")[2]
        tail = f"{below}.{name}" if below else name
        if name in inner.__dict__.get("_buffers", ()):
            return f"model.buffers.{tail}"
        if name in inner.__dict__.get("_parameters", ()) or name in inner.__dict__.get("_modules", ()):
            return f"model.parameters.{tail}"
        return f"{self._leyden_path}.{name}"

    def _leyden_pairs(self, name: str) -> list[Any]:
        """What `keys`, `values` or `items` of a dictionary of modules or parameters give."""
        keys = list(self._leyden_real.keys())
        return keys if name == "keys" else [(key, self[key]) if name == "items" else self[key] for key in keys]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The real module's forward pass; one that changes buffers (batch norm in training) has written them."""
        inner = self._leyden_real
        if not self._leyden_hand(inner.parameters(), inner.buffers()):
            self._leyden_scope.read(self._leyden_place("forward"))
        return inner(*map(real, args), **{name: real(value) for name, value in kwargs.items()})

    def _leyden_hand(self, parameters: Iterable[nn.Parameter], buffers: Iterable[torch.Tensor]) -> bool:
        """Hands out all of these at once; whether there were any."""
        scope = self._leyden_scope
        handed = scope.parameters(list(parameters)) + [scope.buffer(item) for item in buffers]
        return bool(handed)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The module's forward pass, on the module itself: reads its parameters and buffers."""
        inner = self._leyden_real
        self._leyden_hand(inner.parameters(), inner.buffers())
        return inner.forward(*map(real, args), **{name: real(value) for name, value in kwargs.items()})

    def parameters(self, recurse: bool = True) -> Iterator[torch.Tensor]:
        """The real parameters, each one asked for and watched."""
        inner = self._leyden_real
        found = walked(inner) if recurse else None
        return iter(self._leyden_scope.parameters(list(inner.parameters(recurse)) if found is None else found))

    def named_parameters(self, *args: Any, **kwargs: Any) -> Iterator[tuple[str, torch.Tensor]]:
        """The real parameters with their names, each one asked for and watched."""
        found = list(self._leyden_real.named_parameters(*args, **kwargs))
        self._leyden_scope.parameters([item for _, item in found])
        return iter(found)

    def buffers(self, recurse: bool = True) -> Iterator[torch.Tensor]:
        """The real buffers, each one asked for and watched."""
        return map(self._leyden_scope.buffer, self._leyden_real.buffers(recurse))

    def named_buffers(self, *args: Any, **kwargs: Any) -> Iterator[tuple[str, torch.Tensor]]:
        """The real buffers with their names, each one asked for and watched."""
        found = self._leyden_real.named_buffers(*args, **kwargs)
        return ((name, self._leyden_scope.buffer(item)) for name, item in found)

    def state_dict(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The state dictionary of the module itself; its tensors are the real ones, and watched."""
        self._leyden_hand(self._leyden_real.parameters(), self._leyden_real.buffers())
        return self._leyden_real.state_dict(*args, **kwargs)

    def modules(self) -> Iterator[Any]:
        """Views of the module and all in it."""
        return (self._leyden_view(item) for item in self._leyden_real.modules())

    def named_modules(self, *args: Any, **kwargs: Any) -> Iterator[tuple[str, Any]]:
        """Views of the module and all in it, with their names."""
        return ((name, self._leyden_view(item)) for name, item in self._leyden_real.named_modules(*args, **kwargs))

    def children(self) -> Iterator[Any]:
        """Views of the modules directly in it."""
        return (self._leyden_view(item) for item in self._leyden_real.children())

    def named_children(self) -> Iterator[tuple[str, Any]]:
        """Views of the modules directly in it, with their names."""
        return ((name, self._leyden_view(item)) for name, item in self._leyden_real.named_children())

    def get_submodule(self, target: str) -> Any:
        """A view of a module in it."""
        return self._leyden_view(self._leyden_real.get_submodule(target))

    def get_parameter(self, target: str) -> Any:
        """One real parameter, asked for and watched."""
        return self._leyden_scope.parameter(self._leyden_real.get_parameter(target))

    def get_buffer(self, target: str) -> Any:
        """One real buffer, asked for and watched."""
        return self._leyden_scope.buffer(self._leyden_real.get_buffer(target))

    def apply(self, fn: Any) -> Any:
        """Calls a function with a view of each module in it."""
        for item in self.modules():
            fn(item)
        return self

    def _leyden_view(self, item: nn.Module) -> Any:
        return self._leyden_scope.wrap(item, self._leyden_path) if self._leyden_scope.within is not None else item

    def __getitem__(self, key: Any) -> Any:
        found = self._leyden_real[key]
        if isinstance(found, nn.Parameter):
            return self._leyden_scope.parameter(found)
        return self._leyden_view(found) if isinstance(found, nn.Module) else found

    def __setitem__(self, key: Any, value: Any) -> None:
        self._leyden_scope.write(f"model.parameters.{self._leyden_path.partition('.')[2]}")
        self._leyden_real[key] = real(value)

    def __len__(self) -> int:
        return len(self._leyden_real)

    def __bool__(self) -> bool:
        return bool(self._leyden_real)

    def __contains__(self, key: object) -> bool:
        return real(key) in self._leyden_real

    def __iter__(self) -> Iterator[Any]:
        return (self._leyden_view(item) if isinstance(item, nn.Module) else item for item in self._leyden_real)

    def _leyden_whole(self) -> None:
        self._leyden_hand(self._leyden_real.parameters(), self._leyden_real.buffers())
