"""One node of a file on its way into a network: what a maker of layers gets to see and to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, final

import onnx_ir as ir
from torch import Tensor, fx, nn

from leyden.onnx.lower.given import Given, Origin
from leyden.onnx.lower.naming import family_of
from leyden.onnx.lower.reading import shape_of
from leyden.onnx.lower.weight.placing import twin

if TYPE_CHECKING:
    from leyden.onnx.lower.builder import Builder

__all__ = ["Call", "Maker", "find_maker", "maker", "makers"]

Maker = Callable[["Call"], "fx.Node | Sequence[Given] | None"]
"""Makes nodes of a network of one node of a file; None where it leaves that to the operator's function.

It gives the node whose value is the output (a tuple of values if the file asks for more than one output), or what is
known of each output.
"""

_HINTS = frozenset(("consumed_inputs",))  # what memory a runtime may use again, in files from before version 6
_MAKERS: dict[tuple[str, str], Maker] = {}


def maker(*names: str, domain: str = "") -> Callable[[Maker], Maker]:
    """Enter a maker of layers for operators; it is asked before the functions of `leyden.onnx.ops` are."""

    def entered(function: Maker) -> Maker:
        for name in names:
            known = _MAKERS.get((domain, name), function)
            if (known.__module__, known.__qualname__) != (function.__module__, function.__qualname__):  # not a reload
                raise ValueError(f"{domain}::{name} has a maker already")
            _MAKERS[domain, name] = function
        return function

    return entered


def find_maker(name: str, domain: str = "") -> Maker | None:
    """Find the maker of layers of an operator; None if it has none."""
    return _MAKERS.get((domain, name))


def makers() -> tuple[tuple[str, str], ...]:
    """List the operators that have a maker of layers, by domain and name."""
    return tuple(sorted(_MAKERS))


@final
class Call:
    """One node of a file: its operator, attributes and inputs, and the network that is being built.

    Args:
        builder: Builds the network.
        node: The node.
        coming: An input that no node gives yet, because this one is only looked at.

    Attributes:
        op: The operator, as in `Conv`.
        domain: Its domain; ONNX's own is the empty text.
        opset: Version of the operator set of that domain.
        name: Name of the node; empty if it has none.
        scope: Path of the module that it came from; empty where the file does not say.
        family: Class of that module; empty where the file does not say.
        inputs: What is known of each input; None for one that is left out.
        attributes: Numbers, texts, tuples of them, tensors; graphs stay `onnx_ir.Graph`.
        outputs: The values that it gives; trailing ones that nobody asked for are not among them.
    """

    def __init__(self, builder: Builder, node: ir.Node, coming: ir.Value | None = None) -> None:
        self.builder = builder
        self.node = node
        self.op = node.op_type
        self.domain = "" if node.domain == "ai.onnx" else node.domain
        self.opset = node.version or builder.opset(self.domain)
        self.name = node.name or ""
        self.scope = builder.names.scope_of(self.name, node.metadata_props)
        self.family = family_of(node.metadata_props)
        self.inputs = tuple(_coming(value) if value is coming else builder.given(value) for value in node.inputs)
        self.attributes: Mapping[str, Any] = {
            name: _setting(attr) for name, attr in node.attributes.items() if name not in _HINTS
        }
        self.outputs = _asked(node)

    @property
    def origin(self) -> Origin:
        """Where the nodes that are made of it come from."""
        return Origin(self.name or f"{self.op} of {self.outputs[0].name}", self.op, self.domain, self.scope, self.opset)

    def given(self, position: int) -> Given | None:
        """Give what is known of an input; None if it is left out."""
        return self.inputs[position] if position < len(self.inputs) else None

    def constant(self, position: int) -> Given | None:
        """Give what is known of an input whose value is known beforehand; None if it is not, or is left out."""
        given = self.given(position)
        return given if given is not None and given.is_constant else None

    def tensor(self, position: int) -> fx.Node:
        """Give the node of the network whose tensor is an input."""
        given = self.given(position)
        assert given is not None
        return self.builder.tensor(given)

    def own(
        self, position: int, *, layout: str = "same", make: Callable[[Tensor], Sequence[Tensor]] | None = None,
        invert: Callable[..., Tensor] | None = None,
    ) -> tuple[nn.Parameter, ...] | None:  # fmt: skip
        """Make parameters of an input; see `Weights.own`. None also if the input is left out."""
        given = self.given(position)
        if given is None:
            return None
        return self.builder.weights.own(given, layout=layout, make=make, invert=invert)

    def place(self, kind: type[nn.Module], weight: int | Given | None = None, *, nodes: int = 1) -> str | None:
        """Say where a layer belongs; None where torch wrote the file and its names say that no such layer stands there.

        Args:
            kind: Class of the layer.
            weight: Its `weight`, or the position of that input; None if it has none.
            nodes: How many nodes a layer without weights is made of.
        """
        names, place = self.builder.names, {"scope": self.scope, "family": self.family}
        if weight is None:
            return names.of_scope(kind.__name__, **place, nodes=nodes)
        given = _whole(self.given(weight) if isinstance(weight, int) else weight)
        name = given.name if given is not None and given.stored else ""
        return names.of_weight(kind.__name__, name, parameter="weight", **place)

    def module(
        self, module: nn.Module, *arguments: Any, weight: int | Given | None = None, path: str | None = None
    ) -> fx.Node:  # fmt: skip
        """Put a layer into the network, and call it.

        A layer that stands there already, made alike and of the same parameters, is called again instead.

        Args:
            module: The layer.
            arguments: What it is called with: nodes of the network, numbers, None.
            weight: What tells by its name where the layer belongs, or its position; None if it has no weights.
            path: What `place` says; None to ask it.
        """
        given = _whole(self.given(weight) if isinstance(weight, int) else weight)
        path = path or self.place(type(module), weight) or twin(self.builder.root, module)
        path = path or self.builder.names.numbered(type(module).__name__, self.scope)
        claim = None if given is None else self.builder.weights.claim(given)
        if given is not None and given.rounded is not None and claim is not None:
            module = given.rounded(module, claim.layout)
        return self.builder.call_module(module, arguments, path=path, name=self.outputs[0].name)

    def function(self, function: Callable[..., Any], *arguments: Any, **settings: Any) -> fx.Node:
        """Put a call of a function into the network; the function must be found in a module by its name."""
        return self.builder.call_function(function, arguments, settings, name=self.outputs[0].name)

    def follower(self, op: str) -> Call | None:
        """Give the one node that takes the one output, if it is of an operator and nobody else takes that output."""
        value = self.outputs[0]
        uses = tuple(value.uses())
        if len(self.outputs) != 1 or len(uses) != 1 or value.is_graph_output():
            return None
        node = uses[0].node
        if node.op_type != op or node.graph is not self.node.graph:
            return None
        return Call(self.builder, node, coming=value) if self.builder.can_read(node, besides=value) else None

    def absorb(self, follower: Call) -> None:
        """Say that what is made of this node gives the outputs of a follower, too."""
        self.builder.absorb(follower.node)
        self.outputs = follower.outputs


def _coming(value: ir.Value | None) -> Given | None:
    """Say of a value what the file says of it: what gives it is not made yet."""
    return None if value is None else Given(value.name or "", int(value.dtype or 0), shape_of(value))


def _whole(given: Given | None) -> Given | None:
    return given.whole or given if given is not None else None


def _asked(node: ir.Node) -> tuple[ir.Value, ...]:
    """Leave out trailing outputs that have no name: nobody can take them."""
    outputs = list(node.outputs)
    while len(outputs) > 1 and not outputs[-1].name:
        outputs.pop()
    return tuple(outputs)


def _setting(attribute: ir.Attr) -> Any:
    value = attribute.value
    return tuple(value) if isinstance(value, list | tuple) else value
