"""Whether what callbacks declare is there, once the task and its optimisers are."""

from collections.abc import Iterable, Iterator, Sequence

import pytorch_lightning as pl
import torch

from leyden.train.graph.fault import Fault
from leyden.train.graph.node import Node, is_lightnings
from leyden.train.graph.path import closest

__all__ = ["absent_in_model", "absent_in_optimizers"]

_WILD = frozenset("*?[")
_FEW = 8  # names in a message
_KINDS = ("parameters", "gradients", "buffers")


def absent_in_model(nodes: Sequence[Node], task: pl.LightningModule) -> tuple[Fault, ...]:
    """Faults for paths `model...` that name no attribute, parameter or buffer of the task.

    Examples:
        >>> from leyden.train.graph.access import declare
        >>> from leyden.train.graph.node import nodes_of
        >>> watch = pl.Callback(); declare(watch, reads=["model.parameters.haed", "model.training"])
        >>> task = pl.LightningModule(); task.head = torch.nn.Linear(1, 1)
        >>> [fault.message for fault in absent_in_model(nodes_of([watch])[0], task)]
        ["Callback declares 'model.parameters.haed', but LightningModule has no parameters of that name; ...head'?"]
    """
    names = {
        "parameters": [name for name, _ in task.named_parameters()],
        "gradients": [name for name, _ in task.named_parameters()],
        "buffers": [name for name, _ in task.named_buffers()],
    }
    kind = type(task).__name__
    faults = []
    for node, path in _paths(nodes, "model"):
        sort, *rest = path.split(".")[1:]
        if sort in _KINDS:
            known = {
                ".".join(name.split(".")[:depth]) for name in names[sort] for depth in range(1, name.count(".") + 2)
            }
            if rest and ".".join(rest) not in known:
                faults.append(_fault(node, path, f"{kind} has no {sort} of that name", f"model.{sort}.", known))
        elif not hasattr(task, sort):
            faults.append(_fault(node, path, f"{kind} has no such attribute", "model.", dir(task)))
    return tuple(faults)


def absent_in_optimizers(nodes: Sequence[Node], optimizers: Sequence[torch.optim.Optimizer]) -> tuple[Fault, ...]:
    """Faults for paths `optimizer.key` that no group of any optimiser has; empty where there is no optimiser."""
    keys = {key for optimizer in optimizers for group in optimizer.param_groups for key in group}
    known = keys | {name for optimizer in optimizers for name in dir(optimizer) if not name.startswith("_")}
    kinds = ", ".join(sorted({type(optimizer).__name__ for optimizer in optimizers}))
    return tuple(
        _fault(node, path, f"no group of {kinds} has such a key", "optimizer.", keys)
        for node, path in _paths(nodes, "optimizer")
        if optimizers and path.split(".")[1] not in known
    )


def _paths(nodes: Sequence[Node], root: str) -> Iterator[tuple[Node, str]]:
    for node in nodes:
        if is_lightnings(node.callback):
            continue  # its table names all that it might touch
        for path in dict.fromkeys((*node.access.reads, *node.access.writes)) if node.access.declared else ():
            words = path.split(".")
            if words[0] == root and len(words) > 1 and not _WILD & set(path):
                yield node, path


def _fault(node: Node, path: str, why: str, start: str, known: Iterable[str]) -> Fault:
    near = closest(path.removeprefix(start), known)
    hint = f"; did you mean {start + near!r}?" if near else f"; there is {_some(known)}"
    return Fault("unknown path", (node.name,), (path,), f"{node.name} declares {path!r}, but {why}{hint}")


def _some(known: Iterable[str]) -> str:
    """A few names, those of groups and modules first."""
    names = sorted((name for name in known if not name.startswith("_")), key=lambda name: (name.count("."), name))
    return ", ".join(names[:_FEW]) + (", ..." if len(names) > _FEW else "") if names else "none"
