"""The nodes of a file, one after the other, into the graph of a network."""

from __future__ import annotations

import operator as python
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import onnx_ir as ir
import torch
from torch import Tensor, fx, nn

from leyden.errors import OnnxImportError
from leyden.onnx.lower.applying import apply, fold
from leyden.onnx.lower.call import Call, find_maker
from leyden.onnx.lower.constant import Constant
from leyden.onnx.lower.given import Given, Origin
from leyden.onnx.lower.hosting.structure import drop_unused
from leyden.onnx.lower.naming import Names, identifier, parameter_path
from leyden.onnx.lower.reading import read_tensor, read_turned, shape_of
from leyden.onnx.lower.result.network import Network
from leyden.onnx.lower.safety.budget import Budget
from leyden.onnx.lower.weight.placing import place_
from leyden.onnx.lower.weight.viewing import view
from leyden.onnx.lower.weights import Weights
from leyden.onnx.ops.dtypes import as_tensor
from leyden.onnx.ops.sequence.lists import sequence_construct

__all__ = ["Builder", "Shared", "device_of"]


@final
@dataclass
class Shared:
    """What the graphs of one file have in common while networks are made of them.

    Args:
        opsets: Version of each operator set, by domain.
        weights: Which tensors became which parameters.
        budget: What may still be computed beforehand.
        nodes: How many nodes their networks may still have.
        current: The node that is being put into a network.
    """

    opsets: Mapping[str, int]
    weights: Weights = field(default_factory=Weights)
    budget: Budget = field(default_factory=lambda: Budget(2**26, 2 * 10**9))
    nodes: int = 100_000
    current: ir.Node | None = None


@final
class Builder:
    """Makes a network of a graph: of the main one, or of a branch or a body inside another.

    Args:
        graph: The graph, its nodes in topological order.
        shared: What all graphs of the file share.
        outer: The builder of the graph around it; None for the main graph.
    """

    def __init__(self, graph: ir.Graph, shared: Shared, outer: Builder | None = None) -> None:
        self.source = graph
        self.shared = shared
        self.outer = outer
        self.root = nn.Module()
        self.graph = fx.Graph()
        self._graphs = [graph]  # this graph, and the branches that were taken into it
        self.captured: list[fx.Node] = []  # nodes of the graph around that this one takes, in the order of its inputs
        self._taken: dict[fx.Node, fx.Node] = {}
        self._known: dict[ir.Value, Given] = {}
        self._nodes: dict[Given, fx.Node] = {}
        self._absorbed: set[ir.Node] = set()
        nodes = ((node.name or "", node.metadata_props) for node in graph)
        self.names = Names(nodes, (name for name in graph.initializers))
        self._origin: Origin | None = None
        self._device: fx.Node | None = None

    @property
    def weights(self) -> Weights:
        """Which tensors of the file became which parameters."""
        return self.shared.weights

    def opset(self, domain: str) -> int:
        """Give the version of the operator set of a domain."""
        return self.shared.opsets.get(domain, 1)

    def build(self) -> fx.GraphModule:
        """Make the network."""
        self.lower()
        return self.finish()

    def lower(self, inputs: Sequence[Given] = ()) -> list[Given]:
        """Put all nodes into the network; say what is known of the outputs of the graph.

        Args:
            inputs: What is known of what the inputs are given: whether they are Python numbers, and types and shapes
                that the graph does not say itself.
        """
        for index, value in enumerate(value for value in self.source.inputs if not value.is_initializer()):
            self._origin = Origin(value.name or "", "input")
            node = self._noted(self.graph.placeholder(identifier(value.name or "input")))
            known = self._known[value] = self._described(value, node=node)
            if index < len(inputs):
                known.numbers, known.code = inputs[index].numbers, known.code or inputs[index].code
                known.shape = inputs[index].shape if known.shape is None else known.shape
        return self.inline(self.source)

    def inline(self, graph: ir.Graph) -> list[Given]:
        """Put the nodes of a graph without inputs, as of a branch, into this one; say what is known of its outputs."""
        self._graphs.append(graph)
        for node in graph:
            if node not in self._absorbed:
                self._lower(node)
        return [self.require(value) for value in graph.outputs]

    def finish(self, numbers: Collection[int] = ()) -> fx.GraphModule:
        """Make the network of what was put into it.

        Args:
            numbers: Positions of the outputs that are given as Python numbers; all others are tensors.
        """
        self._origin = None
        known = [self.require(value) for value in self.source.outputs]
        outputs = [self._plain(given) if at in numbers else self.tensor(given) for at, given in enumerate(known)]
        self.graph.output(outputs[0] if len(outputs) == 1 and self.outer is None else tuple(outputs))
        drop_unused(self.graph)
        self.graph.lint()
        return Network(self.root, self.graph, identifier(self.source.name or "network"))

    def inner(self, graph: ir.Graph) -> Builder:
        """Give the builder of a graph that a node of this one holds."""
        return Builder(graph, self.shared, self)

    def given(self, value: ir.Value | None) -> Given | None:
        """Give what is known of a value; None for one that is left out."""
        if value is None or (not value.name and value.producer() is None):
            return None
        return self.require(value)

    def require(self, value: ir.Value) -> Given:
        """Give what is known of a value, of this graph or of one around it."""
        if value not in self._known:
            if value.is_initializer() and any(value.graph is graph for graph in self._graphs):
                self._known[value] = self._described(value, read=lambda: read_tensor(value))
                self._known[value].read_turned = lambda: read_turned(value)
            elif self.outer is None:
                raise OnnxImportError(f"value {value.name!r} is taken before any node gives it; the file is broken")
            else:
                self._known[value] = self._from_outside(self.outer.require(value))
        return self._known[value]

    def can_read(self, node: ir.Node, *, besides: ir.Value) -> bool:
        """Say whether all inputs of a node are known already, one of them set aside."""
        return all(
            value is None or value is besides or value in self._known or value.is_initializer() for value in node.inputs
        )

    def has_made(self, node: ir.Node) -> bool:
        """Say whether what a node gives is known already."""
        return all(value in self._known for value in node.outputs)

    def tensor(self, given: Given) -> fx.Node:
        """Give the node whose tensor is a value; what is known beforehand becomes a parameter or a constant."""
        if given.node is not None and not given.numbers:
            return given.node
        if given not in self._nodes:
            if given.node is not None:
                settings = {"code": given.code, "device": self.device()}
                self._nodes[given] = self.call_function(as_tensor, (given.node,), settings, name=given.name)
            else:
                self._nodes[given] = self._held(given) if given.emit is None else given.emit(self)
        return self._nodes[given]

    def constant(self, given: Given) -> fx.Node:
        """Give the node whose tensor is a value that is known beforehand, and that no training changes."""
        return self.call_module(Constant(given.value()), (), path=f"constants.{_name(given.name)}", name=given.name)

    def device(self) -> fx.Node | None:
        """Give the node whose value is the device that the network runs on; None if it has no input that tells."""
        if self._device is None and self.outer is not None:
            outside = self.outer.device()
            if outside is not None:
                self._device = self._take(outside, "device")
        elif self._device is None:
            inputs = [node for node in self.graph.nodes if node.op == "placeholder"]
            if inputs:
                with self.graph.inserting_after(inputs[-1]):
                    self._device = self.graph.call_function(device_of, (inputs[0],))
        return self._device

    def call_module(self, module: nn.Module, arguments: Iterable[Any], *, path: str, name: str | None) -> fx.Node:
        """Put a layer into the network under a path, or under the next free one, and call it."""
        target = place_(self.root, module, path)
        return self._noted(self.graph.create_node("call_module", target, tuple(arguments), name=_name(name)))

    def call_function(
        self, function: Callable[..., Any], arguments: Iterable[Any], settings: Mapping[str, Any], *, name: str | None
    ) -> fx.Node:
        """Put a call of a function into the network."""
        arguments, settings = tuple(arguments), dict(settings)
        return self._noted(self.graph.create_node("call_function", function, arguments, settings, name=_name(name)))

    def absorb(self, node: ir.Node) -> None:
        """Leave out a node: what it gives is given already, or nobody else takes it."""
        self._absorbed.add(node)
        for value in node.outputs:
            self._known.setdefault(value, self._described(value))

    def _lower(self, node: ir.Node) -> None:
        self.shared.current = node
        call = Call(self, node)
        self._origin = call.origin
        make = find_maker(call.op, call.domain)
        made = self.shared.budget.watch(make, call) if make is not None else None
        if made is None:
            made = view(call) or fold(call) or apply(call)
        self._learn(call.outputs, made)

    def _learn(self, outputs: Sequence[ir.Value], made: fx.Node | Sequence[Given]) -> None:
        if not isinstance(made, fx.Node):
            for value, known in zip(outputs, made, strict=False):
                if known.stored:
                    self._known[value] = known
                    continue
                described = self._described(value, node=known.node, read=known.read)
                described.code = known.code or described.code
                described.shape = described.shape if known.shape is None else known.shape
                described.numbers, described.stored = known.numbers, False
                described.whole, described.order, described.emit = known.whole, known.order, known.emit
                self._known[value] = described
            return
        if len(outputs) == 1:
            self._known[outputs[0]] = self._described(outputs[0], node=made)
            return
        for index, value in enumerate(outputs):
            if value.name:
                part = self.call_function(python.getitem, (made, index), {}, name=value.name)
                self._known[value] = self._described(value, node=part)

    def _described(self, value: ir.Value, *, node: Any = None, read: Callable[[], Any] | None = None) -> Given:
        code, shape = int(value.dtype or 0), shape_of(value)
        uses = len(tuple(value.uses())) + value.is_graph_output()
        return Given(value.name or "", code, shape, node, read=read, stored=value.is_initializer(), uses=uses)

    def _from_outside(self, given: Given) -> Given:
        if given.is_constant:
            return given
        node = fx.map_arg(given.node, lambda outside: self._take(outside, given.name))
        return Given(given.name, given.code, given.shape, node, numbers=given.numbers, uses=given.uses)

    def _take(self, outside: fx.Node, name: str) -> fx.Node:
        """Give the input that takes what a node of the graph around gives."""
        if outside not in self._taken:
            self.captured.append(outside)
            inputs = [node for node in self.graph.nodes if node.op == "placeholder"]
            first = next(iter(self.graph.nodes), None)
            with self.graph.inserting_after(inputs[-1]) if inputs else self.graph.inserting_before(first):
                self._taken[outside] = node = self.graph.placeholder(identifier(name))
            node.meta["onnx"] = Origin(name, "input")
        return self._taken[outside]

    def _plain(self, given: Given) -> Any:
        return given.node if given.numbers else given.literal()

    def _held(self, given: Given) -> fx.Node:
        value = None if given.stored else given.value()
        if isinstance(value, list):
            path = f"constants.{_name(given.name)}"
            parts = [self.call_module(Constant(part), (), path=path, name=given.name) for part in value]
            return self.call_function(sequence_construct, parts, {}, name=given.name)
        claim = self.weights.claim(given)
        if claim is None and given.is_weight:
            claim = self.weights.keep(given)
        if claim is None or (claim.invert is None and claim.layout != "same"):
            return self.constant(given)
        parts = [self._parameter(given.name, parameter) for parameter in claim.parameters]
        whole = parts[0] if claim.invert is None else self.call_function(claim.invert, parts, {}, name=given.name)
        if given.rounded is None:
            return whole
        return self.call_module(
            given.rounded(None, "same"), (whole,), path=f"quantisers.{_name(given.name)}", name=None
        )

    def _parameter(self, name: str, parameter: nn.Parameter) -> fx.Node:
        path = next((known for known, held in self.root.named_parameters() if held is parameter), None)
        path = place_(self.root, parameter, parameter_path(name)) if path is None else path
        return self._noted(self.graph.create_node("get_attr", path, name=_name(name)))

    def _noted(self, node: fx.Node) -> fx.Node:
        self.shared.nodes -= 1
        if self.shared.nodes < 0:
            raise OnnxImportError("the network has more nodes than are allowed (Limits.nodes)")
        if self._origin is not None:
            node.meta["onnx"] = self._origin
        return node


def device_of(value: Any) -> torch.device:
    """Give the device of a tensor, or of the first tensor in a list; the CPU for anything else."""
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return value.device if isinstance(value, Tensor) else torch.device("cpu")


def _name(name: str | None) -> str | None:
    return identifier(name) if name else None
