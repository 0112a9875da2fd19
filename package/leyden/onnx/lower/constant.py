"""A value that a network holds and that no training changes."""

from typing import Any, final

from torch import Tensor, nn

__all__ = ["Constant"]


@final
class Constant(nn.Module):
    """Gives the same value at each call: a tensor that moves with the network and is no part of its `state_dict`.

    Args:
        value: A tensor, or an array of texts.

    Examples:
        >>> import torch
        >>> Constant(torch.tensor([1, 2]))()
        tensor([1, 2])
    """

    def __init__(self, value: Any) -> None:
        super().__init__()
        if isinstance(value, Tensor):
            self.register_buffer("value", value, persistent=False)
        else:
            self.value = value

    def forward(self) -> Any:
        """Give the value."""
        return self.value

    def extra_repr(self) -> str:
        """Show the value if it is short, and its type and shape if not."""
        if not isinstance(self.value, Tensor) or self.value.numel() <= 8:
            return str(self.value.tolist() if isinstance(self.value, Tensor) else self.value)
        return f"{str(self.value.dtype).removeprefix('torch.')}{list(self.value.shape)}"
