"""Names of values in a graph, where the exporter's own are not wanted."""

from collections.abc import Mapping

import onnx

from leyden.onnx.reader import walk

__all__ = ["rename_values_"]


def rename_values_(graph: onnx.GraphProto, names: Mapping[str, str]) -> None:
    """Give values of a graph other names, in place; a value that has one of them already gets another.

    Args:
        graph: The graph; those inside its nodes are changed with it.
        names: New name by old name.
    """
    names = dict(names)
    graphs = [inside for _, inside in walk(graph)]
    used = {name for inside in graphs for node in inside.node for name in node.output}
    for wanted in sorted((set(names.values()) & used) - names.keys()):
        names[wanted] = next(free for i in range(len(used) + 1) if (free := f"{wanted}.{i}") not in used)
    for inside in graphs:
        for node in inside.node:
            node.input[:] = [names.get(name, name) for name in node.input]
            node.output[:] = [names.get(name, name) for name in node.output]
        for value in (*inside.input, *inside.output):
            value.name = names.get(value.name, value.name)
