"""What comes into each weight of a running model: sums of squares, whichever layer or function multiplies by it.

Every product of a model, in linear layers, convolutions, attention, recurrent layers or written by hand, ends in one of
a few operations of torch. Those are watched, and a weight is known by its place in memory, so that pieces of it (the
queries, keys and values of attention), transposed views and tied weights are recognised. A weight that is first
computed with (other than cast to another precision) is not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

__all__ = ["Incoming", "InputWatch"]

_aten = torch.ops.aten
_MATRICES = {  # which arguments are multiplied, left and right
    _aten.mm.default: (0, 1),
    _aten.bmm.default: (0, 1),
    _aten.mv.default: (0, 1),
    _aten.addmm.default: (1, 2),
    _aten.baddbmm.default: (1, 2),
    _aten.addmv.default: (1, 2),
}
_BACKWARD = _aten.convolution_backward.default
_CAST = _aten._to_copy.default
_CONVOLUTION = _aten.convolution.default  # input, weight, bias, stride, padding, dilation, transposed, extra, groups


@dataclass(eq=False)
class Incoming:
    """What came into one weight so far.

    Args:
        squares: the sum of squares of what each entry of the weight was multiplied by, of its shape.
        output_axis: the axis of the weight along which the outputs lie; None until it was met.
        groups: how many times the outputs along that axis repeat, each time for inputs of their own: more than 1 for
            a transposed convolution in groups.
    """

    squares: Tensor
    output_axis: int | None = None
    groups: int = 1


class InputWatch(TorchDispatchMode):
    """While it is entered, adds up what comes into weights.

    Args:
        weights: to be watched, by name.

    Attributes:
        incoming: what came into each of them, by name.

    Examples:
        >>> layer = torch.nn.Linear(2, 1)
        >>> watch = InputWatch({"weight": layer.weight})
        >>> with torch.no_grad(), watch:
        ...     _ = layer(torch.tensor([[1.0, 2.0], [3.0, 0.0]]))
        >>> watch.incoming["weight"].squares
        tensor([[10.,  4.]])
    """

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        self._weights = {name: weight.detach() for name, weight in weights.items()}
        # by storage, of which recurrent layers share one: the weights in it, or casts of them
        self._stored: dict[int, dict[str, Tensor]] = {}
        for name, weight in self._weights.items():
            self._stored.setdefault(_address(weight), {})[name] = weight
        self._casts: dict[str, Tensor] = {}
        self.incoming = {
            name: Incoming(torch.zeros_like(weight, dtype=torch.promote_types(weight.dtype, torch.float32)))
            for name, weight in self._weights.items()
        }

    def __torch_dispatch__(
        self, func: Any, types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        out = func(*args, **(kwargs or {}))
        if func in _MATRICES:
            left, right = (args[index] for index in _MATRICES[func])
            self._note_product(left, right)
        elif func is _CONVOLUTION:
            self._note_convolution(out, *args)
        elif func is _CAST:
            self._note_cast(args[0], out)
        return out

    def _note_cast(self, given: Tensor, cast: Tensor) -> None:
        """Know a weight in another precision, as autocast makes it, by its new place; only the last is held."""
        found = self._found(given)
        if found is None or cast.stride() != self._weights[found[0]].stride() or cast.device != given.device:
            return
        name = found[0]
        if name in self._casts:
            self._stored.pop(_address(self._casts[name]), None)
        self._casts[name] = cast
        self._stored[_address(cast)] = {name: cast}

    def _note_product(self, left: Tensor, right: Tensor) -> None:
        """Note left @ right, whichever of them is a weight; each may lack an axis."""
        if self._found(right) is not None:
            weight = right if right.ndim > 1 else right.unsqueeze(-1)
            self._note_matrix(weight, left if left.ndim > 1 else left.unsqueeze(0))
        if self._found(left) is not None:
            other = right if right.ndim > 1 else right.unsqueeze(-1)
            self._note_matrix(left.mT, other.mT)

    def _note_matrix(self, weight: Tensor, inputs: Tensor) -> None:
        """Note inputs @ weight: rows of inputs, columns of outputs, perhaps many such side by side."""
        squares = _squared(inputs).sum(-2).unsqueeze(-1)
        if weight.ndim == 3 and weight.stride(0) == 0:  # one weight, repeated along a batch
            weight, squares = weight[0], squares.sum(0)
        self._add(weight, squares, output=-1)

    def _note_convolution(self, out: Tensor, inputs: Tensor, weight: Tensor, _: object, *settings: Any) -> None:
        if self._found(weight) is None:
            return
        stride, padding, dilation, transposed, extra, groups = settings
        # One output a group is enough, for all outputs of a group see the same. A convolution is linear in its kernel,
        # so the gradient of the sum of what comes out of the squares is what came in, for every place in the kernel.
        given = _squared(inputs)
        shape = (weight.shape[0], 1) if transposed else (groups, weight.shape[1])
        kernel = given.new_zeros(*shape, *weight.shape[2:])
        slope = given.new_ones(out.shape[0], groups, *out.shape[2:])
        squares = _BACKWARD(
            slope, given, kernel, None, stride, padding, dilation, transposed, extra, groups, [False, True, False]
        )[1]
        if not transposed:
            squares = squares.repeat_interleave(weight.shape[0] // groups, 0)
        self._add(weight, squares, output=1 if transposed else 0, groups=groups if transposed else 1)

    def _add(self, weight: Tensor, squares: Tensor, *, output: int, groups: int = 1) -> None:
        found = self._found(weight)
        if found is None:
            return
        name, offset = found
        held, whole = self.incoming[name], self._weights[name]
        torch.as_strided(held.squares, weight.shape, weight.stride(), offset).add_(squares)
        if held.output_axis is None:
            alike = [axis for axis in range(whole.ndim) if whole.stride(axis) == weight.stride(output)]
            # of axes of one length the stride says nothing
            held.output_axis = max(alike, key=lambda axis: whole.shape[axis] == weight.shape[output], default=0)
            held.groups = groups

    def _found(self, tensor: Tensor) -> tuple[str, int] | None:
        """Name the weight that a tensor is a view of, and where in it that begins, if it is of one."""
        for name, whole in self._stored.get(_address(tensor), {}).items():
            offset = int(tensor.storage_offset() - whole.storage_offset())
            if 0 <= offset < whole.numel():
                return name, offset
        return None


def _address(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _squared(inputs: Tensor) -> Tensor:
    # squares of half precision overflow at 256
    return inputs.detach().to(torch.promote_types(inputs.dtype, torch.float32)).square()
