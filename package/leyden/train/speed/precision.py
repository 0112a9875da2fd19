"""In which numbers, and by which kernels, a network computes: a value, and a context that holds to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, final

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from leyden.train.speed.convolution import OneDnnConvolution, pointwise, torch_is_fast
from leyden.train.speed.normalisation import ChannelsLastNorm, channels_last

__all__ = ["Kernels", "Precision", "bfloat16_pays"]

Kernels = Literal["torch", "onednn", "channels_last"]
"""What computes volumes: what torch picks, oneDNN, or oneDNN on channels side by side with a norm to match."""


@final
@dataclass(frozen=True)
class Precision:
    """How a network computes on the CPU; without effect on what else runs, on other threads and on other devices.

    The network itself stays as it is, its weights float32: so do checkpoints, gradients and optimiser.

    Args:
        dtype: "float32", or "bfloat16" for autocast (8 bits of mantissa, sums in float32).
        kernels: "torch" for its own choice; "onednn" forces its three-dimensional convolution, which torch leaves aside
            for small volumes one at a time; "channels_last" also keeps the channels of a voxel side by side, with a
            group or instance norm that is fast there. Equal to torch's up to rounding, once differentiable.

    Examples:
        >>> network = torch.nn.Conv3d(1, 2, 3, padding=1)
        >>> with Precision("bfloat16", "channels_last").on():
        ...     network(torch.zeros(1, 1, 4, 4, 4)).dtype
        torch.bfloat16
        >>> Precision("bfloat16").apply(network)(torch.zeros(1, 1, 4, 4, 4)).dtype
        torch.float32
    """

    dtype: Literal["float32", "bfloat16"] = "float32"
    kernels: Kernels = "torch"

    def __str__(self) -> str:
        return self.dtype if self.kernels == "torch" else f"{self.dtype}, {self.kernels}"

    @contextmanager
    def on(self) -> Iterator[None]:
        """Computes so what is inside, on this thread; an autocast around it stays where this is float32."""
        with torch.autocast("cpu", torch.bfloat16, enabled=True) if self.dtype == "bfloat16" else _nothing():
            if self.kernels == "torch":
                yield
            else:
                with _Kernels(together=self.kernels == "channels_last"):
                    yield

    def apply(self, network: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        """A function that runs the network so and gives float32; the network stays as it was, and is held."""

        def applied(images: Tensor) -> Tensor:
            with self.on():
                return network(images).float()

        return applied


def bfloat16_pays() -> bool:
    """Whether the processor multiplies bfloat16 by instructions of its own; others take longer than in float32."""
    if torch.cpu._is_avx2_supported():  # on x86 oneDNN computes it by plain AVX-512 too, twice as slowly as float32
        return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


@contextmanager
def _nothing() -> Iterator[None]:
    yield


class _Kernels(TorchFunctionMode):
    """Takes over convolutions and norms of volumes on the CPU; everything else passes."""

    def __init__(self, *, together: bool) -> None:
        super().__init__()
        self._together = together

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        ours = self._ours(function)
        if ours is None or not (args and args[0].ndim == 5 and args[0].device.type == "cpu"):
            return function(*args, **kwargs)
        return ours(*args, **kwargs)

    def _ours(self, function: Any) -> Callable[..., Any] | None:
        if function is torch.conv3d:
            return self._convolve
        if function is nn.functional.group_norm and self._together:
            return _group_norm
        return _instance_norm if function is nn.functional.instance_norm and self._together else None

    def _convolve(
        self, images: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0,
        dilation: Any = 1, groups: int = 1,
    ) -> Tensor:  # fmt: skip
        images = channels_last(images) if self._together else images
        narrow = torch.is_autocast_enabled("cpu") or images.dtype != torch.float32  # torch takes oneDNN for these
        if narrow or isinstance(padding, str):
            return torch.conv3d(images, weight, bias, stride, padding, dilation, groups)
        sizes = (_three(stride), _three(padding), _three(dilation))
        if self._together and groups == 1 and tuple(weight.shape[2:]) == (1, 1, 1) and sizes[:2] == ([1] * 3, [0] * 3):
            return pointwise(images, weight, bias)
        if torch_is_fast(images, weight, groups):
            return torch.conv3d(images, weight, bias, stride, padding, dilation, groups)
        return OneDnnConvolution.apply(images, weight, bias, *sizes, groups)


def _group_norm(
    images: Tensor, groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    return ChannelsLastNorm.apply(images, groups, weight, bias, eps)


def _instance_norm(
    images: Tensor, running_mean: Tensor | None = None, running_var: Tensor | None = None,
    weight: Tensor | None = None, bias: Tensor | None = None, use_input_stats: bool = True, momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    if running_mean is None:
        return ChannelsLastNorm.apply(images, images.shape[1], weight, bias, eps)
    return nn.functional.instance_norm(
        images, running_mean, running_var, weight, bias, use_input_stats, momentum, eps
    )  # fmt: skip


def _three(value: Any) -> list[int]:
    return [value] * 3 if isinstance(value, int) else list(value)
