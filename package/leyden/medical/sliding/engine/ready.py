"""A network made ready to answer windows, and left as it was found."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Literal, TypeAlias, final, get_args

import torch
from jaxtyping import Float
from torch import Tensor, nn

from leyden.errors import MedicalError
from leyden.items import Size
from leyden.medical.sliding.engine.detours import Detours

__all__ = ["Engine", "Layout", "Network", "engine_for", "running"]

Network: TypeAlias = Callable[[Tensor], Tensor]
"""Gives `batch region *space` for `batch modality *space`: a torch module, an `OnnxNetwork`, or any function."""

Layout: TypeAlias = Literal["fast", "plain"]
"""How torch computes in three dimensions on the CPU: in oneDNN with channels side by side, or as it does by itself."""

_PRECISIONS = (None, torch.bfloat16, torch.float16)


@final
@dataclass(frozen=True)
class Engine:
    """How windows are handed to a network.

    Args:
        device: where its weights are.
        dtype: of the windows it takes.
        fast: whether torch's slow ways with volumes are gone round.
        precision: autocast, or None.
    """

    device: torch.device
    dtype: torch.dtype
    fast: bool
    precision: torch.dtype | None

    def buffer(self, batch: int, modalities: int, window: Size) -> Float[Tensor, "batch modality *space"]:
        """Give zeros to lay windows into, in the memory order the network is quickest with."""
        empty = torch.zeros(batch, modalities, *window, device=self.device, dtype=self.dtype)
        return empty.to(memory_format=torch.channels_last_3d) if self.fast else empty


def engine_for(network: Network, image: Tensor, *, layout: Layout, precision: torch.dtype | None) -> Engine:
    """Decide how windows of an image are handed to a network.

    Args:
        network: a module decides about device and dtype by its first weight of real numbers; another callable gets
            float32 where the image is.
        image: `modality *space`.
        layout: `fast` is for modules in single precision on the CPU in three dimensions, and nothing else; compiled
            and scripted modules are left alone.
        precision: autocast to it.

    Raises:
        MedicalError: a layout or precision that there is not.
    """
    if layout not in get_args(Layout):
        raise MedicalError(f"no layout {layout!r}; choose of {', '.join(get_args(Layout))}")
    if precision not in _PRECISIONS:
        raise MedicalError(f"no precision {precision}; choose of {', '.join(map(str, _PRECISIONS))}")
    device, dtype = image.device, torch.float32
    if isinstance(network, nn.Module):
        tensors = (*network.parameters(), *network.buffers())
        weight = next((tensor for tensor in tensors if tensor.is_floating_point()), None)
        device, dtype = (device, dtype) if weight is None else (weight.device, weight.dtype)
    volumes = image.ndim == 4 and device.type == "cpu" and dtype == torch.float32 and precision is None
    fast = layout == "fast" and volumes and _is_open(network) and torch.backends.mkldnn.is_available()
    return Engine(device, dtype, fast, precision)


@contextmanager
def running(network: Network, engine: Engine) -> Iterator[None]:
    """Let a network answer without gradients and in evaluation mode; every module of it is put back, come what may.

    Args:
        network: its modules are set to evaluation inside.
        engine: how it runs.
    """
    modules = dict.fromkeys(network.modules()) if isinstance(network, nn.Module) else {}
    modes = {module: module.training for module in modules}
    with ExitStack() as stack:
        stack.enter_context(torch.inference_mode())
        if engine.precision is not None:
            stack.enter_context(torch.autocast(engine.device.type, engine.precision))
        if engine.fast:
            stack.enter_context(Detours())
        try:
            for module in modes:
                module.training = False
            yield
        finally:
            for module, mode in modes.items():
                module.training = mode


def _is_open(network: Network) -> bool:
    """Tell whether a network is a module whose calls of torch can be seen."""
    if not isinstance(network, nn.Module) or isinstance(network, torch.jit.ScriptModule):
        return False
    return not any(name.endswith("_orig_mod") for name, _ in network.named_modules())
