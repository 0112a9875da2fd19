"""Fused kernels switched off for a while, so that a model computes step by step."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

__all__ = ["unfused"]


@contextmanager
def unfused(model: nn.Module) -> Iterator[None]:
    """Within it attention and recurrent layers run in plain steps: slower, but each can be watched and derived twice.

    Args:
        model: what is to be run; recurrent kernels are left alone if it has no recurrent layer.

    Examples:
        >>> with unfused(nn.LSTM(2, 2)):
        ...     torch.backends.cudnn.enabled
        False
    """
    with ExitStack() as stack:
        stack.enter_context(sdpa_kernel(SDPBackend.MATH))
        stack.callback(torch.backends.mha.set_fastpath_enabled, torch.backends.mha.get_fastpath_enabled())
        torch.backends.mha.set_fastpath_enabled(False)
        if any(isinstance(module, nn.RNNBase) for module in model.modules()):
            # not by their flags(), which reset other settings too, with a warning
            for backend in (torch.backends.cudnn, torch.backends.mkldnn):
                stack.callback(setattr, backend, "enabled", backend.enabled)
                setattr(backend, "enabled", False)  # noqa: B010  a module to pyright, without settable attributes
        yield
