"""Operators of one's own in an exported file: a node for each call, and the body for those who do not know it."""

import functools
import inspect
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast, final

import onnx
import torch
from torch import Tensor, nn
from torch.fx.experimental.proxy_tensor import disable_proxy_modes_tracing

from leyden.errors import ExportError
from leyden.onnx.lower.registering import Registered
from leyden.onnx.reader import walk
from leyden.onnx.write.renaming import rename_values_

__all__ = ["Calls", "add_bodies_"]

_MARK = "leyden.body"
_Attribute: TypeAlias = int | float | str | tuple[int, ...] | tuple[float, ...] | tuple[str, ...]


@dataclass(frozen=True)
class _Way:
    """One way in which a registered function is called: it may need a body of its own.

    Args:
        entry: The function.
        attributes: What it is given by keyword.
        inputs: Element type and axes of each input, free ones by name; None for an input that is left out.
        sizes: Sizes of the axes of each input in the example.
    """

    entry: Registered
    attributes: tuple[tuple[str, _Attribute], ...]
    inputs: tuple[tuple[torch.dtype, tuple[int | str, ...]] | None, ...]
    sizes: tuple[tuple[int, ...], ...]

    @property
    def name(self) -> str:
        return f"{self.entry.domain}::{self.entry.name}"


class _Body(nn.Module):
    """A registered function with its attributes, as a network of the inputs that are not left out."""

    def __init__(self, way: _Way) -> None:
        super().__init__()
        self.way = way

    def forward(self, *tensors: Tensor) -> Any:
        given = iter(tensors)
        inputs = [None if known is None else next(given) for known in self.way.inputs]
        return self.way.entry.function(*inputs, **dict(self.way.attributes))


@final
class Calls:
    """The calls of registered functions that a trace meets; it stands in for the functions meanwhile."""

    def __init__(self) -> None:
        self.ways: list[_Way] = []
        self.fault: ExportError | None = None
        self._thread = threading.get_ident()
        self._inside = False

    def __call__(self, entry: Registered, inputs: Sequence[Any], attributes: dict[str, Any]) -> Any:
        """Answer a call with a node of the file to be; one inside another, or of another thread, is a plain call.

        Raises:
            ExportError: The function is called, or answers, in a way that ONNX has no place for.
        """
        if self._inside or threading.get_ident() != self._thread:
            return entry.function(*inputs, **attributes)
        try:
            inputs, way = _way_of(entry, inputs, attributes)
            parts = self._parts(way, inputs)
        except ExportError as error:
            self.fault = error  # the exporter would try again, in a way that leaves no call
            raise
        if way not in self.ways:
            self.ways.append(way)
        nodes = torch.onnx.ops.symbolic_multi_out(
            way.name, inputs, dict(way.attributes), dtypes=[part.dtype for part in parts],
            shapes=[part.shape for part in parts], version=entry.since,
            metadata_props={_MARK: str(self.ways.index(way))},
        )  # fmt: skip
        return tuple(nodes) if entry.outputs > 1 else nodes[0]

    def check(self) -> None:
        """Raise what was wrong with a call, if the exporter has found a way around it.

        Raises:
            ExportError: Something was.
        """
        if self.fault is not None:
            raise self.fault

    def _parts(self, way: _Way, inputs: Sequence[Any]) -> tuple[Tensor, ...]:
        """Compute what the function gives, for its shapes; that is no part of the graph."""
        self._inside = True
        try:
            with disable_proxy_modes_tracing():
                return _tensors(way, way.entry.function(*inputs, **dict(way.attributes)))
        finally:
            self._inside = False


def add_bodies_(model: onnx.ModelProto, calls: Calls, *, opset: int | None) -> None:
    """Write the bodies of the functions that were called into a model, in place."""
    library = _Library(opset)
    library.stamp_(model.graph, calls)
    model.functions.extend(library.functions)


class _Library:
    """The bodies of registered functions; equal ones are written once, different ones of one operator are overloads."""

    def __init__(self, opset: int | None) -> None:
        self.functions: list[onnx.FunctionProto] = []
        self._opset = opset

    def stamp_(self, graph: onnx.GraphProto, calls: Calls) -> None:
        """Say in each node of a registered function which body it has."""
        overload = functools.cache(lambda mark: self._overload(calls.ways[int(mark)]))
        for _, inside in walk(graph):
            for node in inside.node:
                marks = [entry.value for entry in node.metadata_props if entry.key == _MARK]
                if marks:
                    node.overload = overload(marks[0])
                    kept = [entry for entry in node.metadata_props if entry.key != _MARK]
                    del node.metadata_props[:]
                    node.metadata_props.extend(kept)

    def _overload(self, way: _Way) -> str:
        body = _body(way, opset=self._opset)
        entry = way.entry
        alike = [known for known in self.functions if (known.domain, known.name) == (entry.domain, entry.name)]
        for known in alike:
            body.overload = known.overload
            if known.SerializeToString(deterministic=True) == body.SerializeToString(deterministic=True):
                return known.overload
        body.overload = str(len(alike)) if alike else ""
        self.functions.append(body)
        return body.overload


def _body(way: _Way, *, opset: int | None) -> onnx.FunctionProto:
    """Write what a function does; other registered functions that it calls are part of that.

    onnxruntime 1.31 forgets which overload a call inside another function names.
    """
    model = _traced(way, opset=opset)
    graph = model.graph
    constants = [onnx.helper.make_node("Constant", [], [t.name], value=t) for t in graph.initializer]
    for constant in constants:
        constant.attribute[0].t.name = ""
    graph.node.extend(constants)
    names = _input_names(way)
    given = [name for name, known in zip(names, way.inputs, strict=True) if known is not None]
    inputs = dict(zip((value.name for value in graph.input), given, strict=True))
    rename_values_(graph, {**_plain_names(graph, taken=set(names)), **inputs})
    for node in graph.node:
        node.name = ""
        del node.metadata_props[:]
    nodes = [*graph.node[len(graph.node) - len(constants) :], *graph.node[: len(graph.node) - len(constants)]]
    return onnx.helper.make_function(
        way.entry.domain, way.entry.name, names, [value.name for value in graph.output], nodes,
        model.opset_import, [name for name, _ in way.attributes],
    )  # fmt: skip


def _plain_names(graph: onnx.GraphProto, *, taken: set[str]) -> dict[str, str]:
    """Number values anew, so that equal bodies are equal to the letter."""
    names: dict[str, str] = {}
    for node in graph.node:
        for output in filter(None, node.output):
            stem = output.rstrip("0123456789").rstrip("_") or "value"
            free = next(name for i in range(len(taken) + 1) if (name := f"{stem}_{i}" if i else stem) not in taken)
            names[output] = free
            taken.add(free)
    return names


def _traced(way: _Way, *, opset: int | None) -> onnx.ModelProto:
    known = [entry for entry in way.inputs if entry is not None]
    tensors = tuple(torch.zeros(size, dtype=dtype) for size, (dtype, _) in zip(way.sizes, known, strict=True))
    free = torch.export.Dim.AUTO
    axes = tuple({i: free for i, size in enumerate(shape) if isinstance(size, str)} for _, shape in known)
    program = torch.onnx.export(
        _Body(way).eval(), tensors, dynamic_shapes=(axes,), opset_version=opset, dynamo=True, verbose=False
    )
    assert program is not None  # it is None for the older exporter only
    return program.model_proto


def _way_of(
    entry: Registered, inputs: Sequence[Any], attributes: dict[str, Any]
) -> tuple[list[Tensor | None], _Way]:  # fmt: skip
    name = f"{entry.domain}::{entry.name}"
    signature = inspect.signature(entry.function)
    try:
        bound = signature.bind(*inputs, **attributes)
    except TypeError as error:
        raise ExportError(f"{name} is called wrongly: {error}") from error
    bound.apply_defaults()
    plain = {key: signature.parameters[key].default for key in bound.kwargs}
    settings = {key: value for key, value in bound.kwargs.items() if value is not None and (value != () or plain[key])}
    tensors, faults = list(bound.args), []
    while tensors and tensors[-1] is None:
        tensors.pop()
    for index, value in enumerate(tensors):
        if value is not None and not isinstance(value, Tensor):
            faults.append(f"input {index} is a {type(value).__name__}, not a tensor: write torch.tensor(...) around it")
    for key, value in settings.items():
        if _attribute(value) is None:
            faults.append(
                f"attribute {key} is {value!r}; ONNX has numbers, texts, and tuples of them with one at least"
            )
    if faults:
        raise ExportError(f"a call of {name} cannot be written: {'; '.join(faults)}")
    known = tuple((key, _attribute(value)) for key, value in settings.items())
    shapes = tuple(None if t is None else (t.dtype, tuple(map(_label, t.shape))) for t in tensors)
    sizes = tuple(tuple(map(_hint, t.shape)) for t in tensors if t is not None)
    return tensors, _Way(entry, known, shapes, sizes)  # pyright: ignore[reportArgumentType]


def _attribute(value: Any) -> _Attribute | None:
    """Give a value as ONNX's attributes have it; None if they have no place for it."""
    if isinstance(value, int | float | str):
        return int(value) if isinstance(value, bool) else value
    if isinstance(value, list | tuple) and value:
        for kinds, kind in (((int,), int), ((int, float), float), ((str,), str)):
            if all(isinstance(part, kinds) for part in value):
                return cast("_Attribute", tuple(map(kind, value)))
    return None


def _label(size: Any) -> int | str:
    return str(size.node.expr) if isinstance(size, torch.SymInt) else int(size)


def _hint(size: Any) -> int:
    hint = size.node.hint if isinstance(size, torch.SymInt) else size
    if hint is None:
        raise ExportError("a registered function is called with a size that depends on the values of a tensor")
    return int(hint)


def _tensors(way: _Way, answer: Any) -> tuple[Tensor, ...]:
    parts = (answer,) if way.entry.outputs == 1 else answer
    if isinstance(parts, list | tuple) and len(parts) == way.entry.outputs:
        odd = [type(part).__name__ for part in parts if not isinstance(part, Tensor)]
        if not odd:
            return tuple(parts)
    gives = f"{len(answer)} values" if isinstance(answer, list | tuple) else f"a {type(answer).__name__}"
    wanted = "one tensor" if way.entry.outputs == 1 else f"a tuple of {way.entry.outputs} tensors"
    raise ExportError(f"the function of {way.name} gives {gives}; it must give {wanted} (see outputs= of register)")


def _input_names(way: _Way) -> list[str]:
    names, count = [], len(way.inputs)
    for name, parameter in inspect.signature(way.entry.function).parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            names += [f"{name}_{index}" for index in range(count - len(names))]
        elif parameter.kind is not parameter.KEYWORD_ONLY:
            names.append(name)
    return names[:count]
