"""The nodes of a file, one after the other, into the graph of a network."""

from __future__ import annotations

import operator as python
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
import onnx_ir as ir
import torch
from torch import Tensor, fx, nn

from leyden.errors import OnnxImportError
from leyden.onnx.lower.applying import apply, fold
from leyden.onnx.lower.call import Call, find_maker
from leyden.onnx.lower.constant import Constant
from leyden.onnx.lower.given import Given, Origin
from leyden.onnx.lower.naming import identifier, parameter_path
from leyden.onnx.lower.reading import read_tensor, shape_of
from leyden.onnx.lower.weights import Weights
from leyden.onnx.ops.dtypes import as_tensor

__all__ = ["Builder", "Shared"]


@final
@dataclass
class Shared:
    """What the graphs of one file have in common while networks are made of them.

    Args:
        opsets: Version of each operator set, by domain.
        weights: Which tensors became which parameters.
        fold_bytes: How many bytes may still be computed beforehand.
    """

    opsets: Mapping[str, int]
    weights: Weights = field(default_factory=Weights)
    fold_bytes: int = 2**28


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
        self.captured: list[Given] = []  # values of the graph around that this one takes, in the order of their inputs
        self._known: dict[ir.Value, Given] = {}
        self._nodes: dict[Given, fx.Node] = {}
        self._absorbed: set[ir.Node] = set()
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
        for value in self.source.inputs:
            if not value.is_initializer():
                self._origin = Origin(value.name or "", "input")
                node = self._noted(self.graph.placeholder(identifier(value.name or "input")))
                self._known[value] = self._described(value, node=node)
        for node in self.source:
            if node not in self._absorbed:
                self._lower(node)
        self._origin = None
        outputs = [self.tensor(self.require(value)) for value in self.source.outputs]
        self.graph.output(outputs[0] if len(outputs) == 1 and self.outer is None else tuple(outputs))
        self.graph.lint()
        return fx.GraphModule(self.root, self.graph, identifier(self.source.name or "network"))

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
            if value.is_initializer() and value.graph is self.source:
                self._known[value] = self._described(value, read=lambda: read_tensor(value))
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

    def tensor(self, given: Given) -> fx.Node:
        """Give the node whose tensor is a value; what is known beforehand becomes a parameter or a constant."""
        if given.node is not None and not given.numbers:
            return given.node
        if given not in self._nodes:
            if given.node is not None:
                settings = {"code": given.code, "device": self.device()}
                self._nodes[given] = self.call_function(as_tensor, (given.node,), settings, name=given.name)
            else:
                self._nodes[given] = self._held(given)
        return self._nodes[given]

    def device(self) -> fx.Node | None:
        """Give the node whose value is the device that the network runs on; None if it has no input that tells."""
        if self._device is None:
            tensors = (node for node in self.graph.nodes if node.op == "placeholder")
            first = next(tensors, None)
            if first is not None:
                with self.graph.inserting_after(first):
                    self._device = self.graph.call_function(device_of, (first,))
        return self._device

    def call_module(self, module: nn.Module, arguments: Iterable[Any], *, path: str, name: str | None) -> fx.Node:
        """Put a layer into the network under a path, or under the next free one, and call it."""
        target = self._place(module, path)
        return self._noted(self.graph.create_node("call_module", target, tuple(arguments), name=_name(name)))

    def call_function(
        self, function: Callable[..., Any], arguments: Iterable[Any], settings: Mapping[str, Any], *, name: str | None
    ) -> fx.Node:
        """Put a call of a function into the network."""
        arguments, settings = tuple(arguments), dict(settings)
        return self._noted(self.graph.create_node("call_function", function, arguments, settings, name=_name(name)))

    def absorb(self, node: ir.Node) -> None:
        """Leave out a node: what it gives is given already."""
        self._absorbed.add(node)

    def _lower(self, node: ir.Node) -> None:
        call = Call(self, node)
        self._origin = call.origin
        make = find_maker(call.op, call.domain)
        made = make(call) if make is not None else None
        if made is None:
            made = fold(call) or apply(call)
        self._learn(call.outputs, made)

    def _learn(self, outputs: Sequence[ir.Value], made: fx.Node | Sequence[Given]) -> None:
        if not isinstance(made, fx.Node):
            for value, known in zip(outputs, made, strict=False):
                described = self._described(value, node=known.node, read=known.read)
                described.code = known.code or described.code
                described.shape = described.shape if known.shape is None else known.shape
                described.numbers, described.stored = known.numbers, False
                self._known[value] = described
            return
        if len(outputs) == 1:
            self._known[outputs[0]] = self._described(outputs[0], node=made)
            return
        for index, value in enumerate(outputs):
            if value.name:
                part = self.call_function(python.getitem, (made, index), {}, name=value.name)
                self._known[value] = self._described(value, node=part)

    def _described(
        self, value: ir.Value, *, node: fx.Node | None = None, read: Callable[[], Any] | None = None
    ) -> Given:
        code, shape = int(value.dtype or 0), shape_of(value)
        uses = len(tuple(value.uses())) + value.is_graph_output()
        return Given(value.name or "", code, shape, node, read=read, stored=value.is_initializer(), uses=uses)

    def _from_outside(self, given: Given) -> Given:
        if given.is_constant:
            return given
        assert self.outer is not None
        self.captured.append(given)
        inputs = [node for node in self.graph.nodes if node.op == "placeholder"]
        first = next(iter(self.graph.nodes), None)
        with self.graph.inserting_after(inputs[-1]) if inputs else self.graph.inserting_before(first):
            node = self.graph.placeholder(identifier(given.name))
        return Given(given.name, given.code, given.shape, node, uses=given.uses)

    def _held(self, given: Given) -> fx.Node:
        claim = self.weights.claim(given)
        if claim is None and given.is_weight and given.all_finite():
            self.weights.own(given)
            claim = self.weights.claim(given)
        if claim is None or (claim.invert is None and claim.layout != "same"):
            return self.call_module(Constant(given.value()), (), path=f"constants.{_name(given.name)}", name=given.name)
        parts = [self._parameter(given.name, parameter) for parameter in claim.parameters]
        if claim.invert is None:
            return parts[0]
        return self.call_function(claim.invert, parts, {}, name=given.name)

    def _parameter(self, name: str, parameter: nn.Parameter) -> fx.Node:
        path = next((known for known, held in self.root.named_parameters() if held is parameter), None)
        path = self._place(parameter, parameter_path(name)) if path is None else path
        return self._noted(self.graph.create_node("get_attr", path, name=_name(name)))

    def _place(self, thing: nn.Module | nn.Parameter, path: str) -> str:
        """Set a module or a parameter at a path where nothing else is; say where."""
        *prefix, last = path.split(".")
        home = self.root
        for index, part in enumerate(prefix):
            held = getattr(home, part, None)
            if held is None or type(held) is not nn.Module:
                part = part if held is None else _free(home, part)
                home.add_module(part, nn.Module())
            prefix[index] = part
            home = home.get_submodule(part)
        alike = next((name for name, held in home._modules.items() if _same(held, thing)), None)
        if alike is not None and alike.startswith(last):
            last = alike
        else:
            last = _free(home, last)
            setattr(home, last, thing)
        return ".".join((*prefix, last))

    def _noted(self, node: fx.Node) -> fx.Node:
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


def _free(home: nn.Module, name: str) -> str:
    if not hasattr(home, name):
        return name
    number = 2
    while hasattr(home, f"{name}_{number}"):
        number += 1
    return f"{name}_{number}"


def _same(held: nn.Module | None, thing: nn.Module | nn.Parameter) -> bool:
    """Say whether a layer is made alike and holds the very same parameters, so that it can be called in its place."""
    if held is None or type(held) is not type(thing) or type(held) is nn.Module or isinstance(held, Constant):
        return False
    assert isinstance(thing, nn.Module)
    if any(True for _ in thing.children()) or repr(held) != repr(thing):
        return False
    ours, theirs = dict(held.named_parameters()), dict(thing.named_parameters())
    if ours.keys() != theirs.keys() or any(ours[name] is not theirs[name] for name in ours):
        return False
    buffers = dict(thing.named_buffers())
    return all(name in buffers and _equal(buffers[name], value) for name, value in held.named_buffers())


def _equal(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and one.dtype == other.dtype and bool(np.array_equal(one.numpy(), other.numpy()))
