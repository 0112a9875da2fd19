"""How a network is called: tensors bound to the parameters of its forward, and which of their axes are free.

The order of the tensors is the order of the parameters, which is also the order of the inputs of the ONNX file.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

from leyden.errors import ExportError

__all__ = ["Axes", "Call", "Example", "bind", "flatten"]

Example: TypeAlias = Tensor | tuple[Tensor, ...] | Mapping[str, Tensor]
"""What a network is called with: one tensor, a tuple by position, or a dict by name."""

Axes: TypeAlias = Mapping[int, str]
"""The free axes of one tensor, each with its name."""

_SAMPLE = 4096  # elements that tell whether a tensor holds a continuous quantity


@dataclass(frozen=True)
class Call:
    """Tensors bound to the parameters of a network.

    Args:
        names: One name a tensor: its parameter; `xs_0`, `xs_1`, ... for `*xs`.
        tensors: The tensors, on the CPU.
        keywords: One entry a tensor: the keyword it is passed by, or None when it is passed by position.
        axes: One entry a tensor: its free axes.
    """

    names: tuple[str, ...]
    tensors: tuple[Tensor, ...]
    keywords: tuple[str | None, ...]
    axes: tuple[Axes, ...]

    @property
    def sizes(self) -> dict[str, int]:
        """The size of each free axis, by its name."""
        return {name: size for name, size, _ in self._free()}

    def arguments(self, values: Sequence[Any] | None = None) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Give the positional and the keyword arguments; `values` stand in for the tensors, which are cloned."""
        chosen = [tensor.clone() for tensor in self.tensors] if values is None else values
        pairs = list(zip(self.keywords, chosen, strict=True))
        return tuple(value for key, value in pairs if key is None), {k: v for k, v in pairs if k is not None}

    def on(self, net: nn.Module) -> list[tuple[str, Tensor]]:
        """Run the network on a clone of the tensors, without gradients, and name its outputs."""
        positional, keywords = self.arguments()
        with torch.no_grad():
            return flatten(net(*positional, **keywords))

    def conflicts(self) -> list[str]:
        """List the free axes that have one name and two sizes."""
        seen: dict[str, dict[str, int]] = {}
        for name, size, tensor in self._free():
            seen.setdefault(name, {})[tensor] = size
        return [
            f"the axis {name!r} has different sizes: {', '.join(f'{size} in {key}' for key, size in sizes.items())}; "
            "fix or rename it with dynamic={input: {axis: name}}, {} for an input without free axes"
            for name, sizes in seen.items()
            if len(set(sizes.values())) > 1
        ]

    def like(self, sizes: Mapping[str, int], generator: torch.Generator) -> "Call":
        """Make fresh tensors like these, with the free axes at `sizes`.

        Elements are drawn from the example's own, so indices stay in range and masks stay masks; where these are mostly
        distinct floating numbers, each is a random mixture of two, so that there are no ties for a sort to break in its
        own way. A floating tensor that holds one value only becomes standard normal.
        """
        shapes = (
            [sizes.get(axes.get(i, ""), size) for i, size in enumerate(tensor.shape)]
            for tensor, axes in zip(self.tensors, self.axes, strict=True)
        )
        drawn = tuple(_draw(tensor, shape, generator) for tensor, shape in zip(self.tensors, shapes, strict=True))
        return replace(self, tensors=drawn)

    def widened(self) -> "Call":
        """Repeat the example along free axes of size one: the exporter takes a size of one for a fixed one."""
        wide = []
        for tensor, axes in zip(self.tensors, self.axes, strict=True):
            repeats = [2 if i in axes and size == 1 else 1 for i, size in enumerate(tensor.shape)]
            wide.append(tensor.repeat(repeats) if tensor.dim() else tensor)
        return replace(self, tensors=tuple(wide))

    def _free(self) -> Iterator[tuple[str, int, str]]:
        for tensor, axes, name in zip(self.tensors, self.axes, self.names, strict=True):
            for axis, label in axes.items():
                yield label, tensor.shape[axis], name


def bind(function: Callable[..., Any], example: object) -> Call:
    """Bind an example to the parameters of a function; axis 0 of every tensor is the free axis `batch`.

    Raises:
        ExportError: The example holds something other than tensors, or does not fit the parameters.
    """
    given = (example,) if isinstance(example, Tensor) else example
    if not isinstance(given, tuple | Mapping) or not given:
        raise ExportError(f"an example is a tensor, a tuple of tensors or a dict of tensors, not {_kind(example)}")
    pairs = given.items() if isinstance(given, Mapping) else enumerate(given)
    odd = [f"{key}: {_kind(value)}" for key, value in pairs if not isinstance(value, Tensor)]
    if odd:
        raise ExportError(f"every part of an example must be a tensor; these are not: {', '.join(odd)}")
    try:
        signature = inspect.signature(function)
    except ValueError as error:
        raise ExportError(f"{function!r} does not say what parameters it takes; wrap it in a def") from error
    try:
        bound = signature.bind(**given) if isinstance(given, Mapping) else signature.bind(*given)
    except TypeError as error:
        raise ExportError(f"the example does not fit the network's parameters {signature}: {error}") from error
    names = [name for key, value in bound.arguments.items() for name in _names(signature.parameters[key], value)]
    tensors = tuple(value.detach().cpu() for value in (*bound.args, *bound.kwargs.values()))
    keywords = (None,) * len(bound.args) + tuple(bound.kwargs)
    return Call(tuple(names), tensors, keywords, tuple({0: "batch"} if value.dim() else {} for value in tensors))


def flatten(value: object, name: str = "") -> list[tuple[str, Tensor]]:
    """List the tensors of a network's answer with their names, in the exporter's order; None is left out.

    Raises:
        ExportError: The answer holds something that ONNX has no place for.

    Examples:
        >>> [name for name, _ in flatten({"logits": torch.ones(1), "boxes": (torch.ones(1), torch.ones(1))})]
        ['logits', 'boxes_0', 'boxes_1']
    """
    if isinstance(value, Tensor):
        return [(name or "output", value)]
    if value is None:
        return []
    if isinstance(value, Mapping):
        parts = [(str(key), part) for key, part in value.items()]
    elif isinstance(value, tuple | list):
        fields = getattr(value, "_fields", None)
        parts = [(fields[i] if fields else (str(i) if name else f"output_{i}"), part) for i, part in enumerate(value)]
    else:
        raise ExportError(
            f"the network's {name or 'answer'} is {_kind(value)}; ONNX takes tensors, and tuples and dicts of tensors"
        )
    return [leaf for key, part in parts for leaf in flatten(part, f"{name}_{key}" if name else key)]


def _names(parameter: inspect.Parameter, value: object) -> list[str]:
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL and isinstance(value, tuple):
        return [f"{parameter.name}_{i}" for i in range(len(value))]
    if parameter.kind is inspect.Parameter.VAR_KEYWORD and isinstance(value, dict):
        return list(value)
    return [parameter.name]


def _draw(tensor: Tensor, shape: list[int], generator: torch.Generator) -> Tensor:
    pool = tensor.reshape(-1)
    one, other = (pool[torch.randint(len(pool), shape, generator=generator)] for _ in range(2))
    if not pool.is_floating_point():
        return one
    sample = pool[:_SAMPLE]
    distinct = len(sample.unique())
    if distinct == 1:
        return torch.randn(shape, generator=generator).to(tensor.dtype)
    if 2 * distinct < len(sample):
        return one
    return torch.lerp(one, other, torch.rand(shape, generator=generator).to(tensor.dtype))


def _kind(value: object) -> str:
    return f"a {type(value).__name__}"
