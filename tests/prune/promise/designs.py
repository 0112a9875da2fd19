"""Three designs that prune the half of each matrix that is smallest, with the same few verbs, to be asked the same."""

from dataclasses import dataclass
from typing import Any, Protocol

import torch
import torch.nn.utils.prune as torch_prune  # noqa: TID251 (this is the comparison that the ban is based on)
from torch import Tensor, nn
from torch.nn.utils import parametrize

from leyden.prune import Magnitude, bake, carry, masks, prune


class Design(Protocol):
    """A way to prune, and to ask what came of it; `name` is a parameter's path in the dense model."""

    title: str

    def prune(self, model: nn.Module, share: float = 0.5) -> nn.Module: ...
    def prune_by(self, layer: nn.Module, mask: Tensor) -> nn.Module:
        """Prune the `weight` of one layer by this mask."""
        ...

    def kept(self, model: nn.Module) -> dict[str, Tensor]: ...
    def key(self, name: str) -> str:
        """The name under which the trained parameter is found in `named_parameters` and `state_dict`."""
        ...

    def carry(self, trainer: Any, model: nn.Module, pruned: nn.Module) -> Any: ...
    def bake(self, model: nn.Module) -> nn.Module: ...


@dataclass(frozen=True)
class Torch:
    """torch.nn.utils.prune: hooks that write `weight` as `weight_orig * weight_mask` before each forward."""

    title: str = "torch.nn.utils.prune"

    def prune(self, model: nn.Module, share: float = 0.5) -> nn.Module:
        for module in model.modules():
            for name, parameter in list(module.named_parameters(recurse=False)):
                if parameter.ndim > 1:
                    torch_prune.l1_unstructured(module, name.removesuffix("_orig"), share)
        return model

    def prune_by(self, layer: nn.Module, mask: Tensor) -> nn.Module:
        torch_prune.custom_from_mask(layer, "weight", mask.to(torch.float32))
        return layer

    def kept(self, model: nn.Module) -> dict[str, Tensor]:
        found = [(name, mask.bool()) for name, mask in model.named_buffers() if name.endswith("_mask")]
        return {name.removesuffix("_mask"): mask for name, mask in found}

    def key(self, name: str) -> str:
        return f"{name}_orig"

    def carry(self, trainer: Any, model: nn.Module, pruned: nn.Module) -> Any:
        return trainer  # pruned in place, the parameters are the same objects

    def bake(self, model: nn.Module) -> nn.Module:
        for name in self.kept(model):
            path, _, attribute = name.rpartition(".")
            torch_prune.remove(model.get_submodule(path), attribute)
        return model


class Mask(nn.Module):
    """A parametrisation written with care: no NaN from infinities, zeros written on registering and on assigning."""

    def __init__(self, mask: Tensor) -> None:
        super().__init__()
        self.register_buffer("mask", mask)

    def forward(self, weight: Tensor) -> Tensor:
        return torch.where(self.mask, weight, 0)

    def right_inverse(self, weight: Tensor) -> Tensor:
        return torch.where(self.mask, weight, 0)


@dataclass(frozen=True)
class Parametrised:
    """torch.nn.utils.parametrize with a mask as the parametrisation of each weight."""

    title: str = "parametrize"

    def prune(self, model: nn.Module, share: float = 0.5) -> nn.Module:
        for module in list(model.modules()):
            if isinstance(module, parametrize.ParametrizationList | Mask):
                continue
            names = {name for name, own in module.named_parameters(recurse=False) if own.ndim > 1}
            names |= set(module.parametrizations) if parametrize.is_parametrized(module) else set()
            for name in sorted(names):
                sizes = getattr(module, name).detach().abs().flatten()
                mask = torch.ones_like(sizes, dtype=torch.bool)
                mask[sizes.argsort(stable=True)[: round(share * len(sizes))]] = False
                parametrize.register_parametrization(module, name, Mask(mask.view_as(getattr(module, name))))
        return model

    def prune_by(self, layer: nn.Module, mask: Tensor) -> nn.Module:
        return parametrize.register_parametrization(layer, "weight", Mask(mask))

    def kept(self, model: nn.Module) -> dict[str, Tensor]:
        found = {}
        for path, module in model.named_modules():
            if parametrize.is_parametrized(module):
                for name, chain in module.parametrizations.items():
                    together = torch.stack([part.mask for part in chain]).all(0)
                    found[f"{path}.{name}".removeprefix(".")] = together
        return found

    def key(self, name: str) -> str:
        path, _, attribute = name.rpartition(".")
        return f"{path}.parametrizations.{attribute}.original".removeprefix(".")

    def carry(self, trainer: Any, model: nn.Module, pruned: nn.Module) -> Any:
        return trainer  # likewise

    def bake(self, model: nn.Module) -> nn.Module:
        for name in self.kept(model):
            path, _, attribute = name.rpartition(".")
            parametrize.remove_parametrizations(model.get_submodule(path), attribute, leave_parametrized=True)
        return model


@dataclass(frozen=True)
class Ours:
    """leyden.prune."""

    title: str = "leyden"

    def prune(self, model: nn.Module, share: float = 0.5) -> nn.Module:
        return prune(model, Magnitude(share, "local"))

    def prune_by(self, layer: nn.Module, mask: Tensor) -> nn.Module:
        return prune(layer, lambda _: {"weight": mask}, where="weight")

    def kept(self, model: nn.Module) -> dict[str, Tensor]:
        return masks(model)

    def key(self, name: str) -> str:
        return name

    def carry(self, trainer: Any, model: nn.Module, pruned: nn.Module) -> Any:
        return carry(trainer, model, pruned)

    def bake(self, model: nn.Module) -> nn.Module:
        return bake(model)


DESIGNS: tuple[Design, ...] = (Torch(), Parametrised(), Ours())
