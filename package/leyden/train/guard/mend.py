"""The line of code that would let a callback do what it was refused."""

from collections.abc import Iterable

from leyden.train.guard.grant import Grant

__all__ = ["mending"]

_TENSORS = ("model.parameters", "model.gradients", "model.buffers")


def mending(grant: Grant, name: str, verb: str, paths: Iterable[str], *, callback: object = None) -> str:
    """What to add, and where: a decorator above one's own class, `declare(...)` for another's.

    Args:
        grant: what the callback may do, and has done so far.
        name: the callback, as the graph calls it.
        verb: "read" or "write".
        paths: what it was refused.
        callback: the callback itself, where it is known.

    Examples:
        >>> from leyden.train.graph.access import Access
        >>> mending(Grant(Access(reads=("batch",))), "Mine", "write", ["optimizer.lr"])
        'add @writes("optimizer.lr") above class Mine, or that path to its declare(...)'
        >>> mending(Grant(Access(reads=("batch",), declared=False)), "Foreign", "write", ["trainer.should_stop"])
        'say what it does: declare(Foreign, reads=["batch"], writes=["trainer.should_stop"])'
    """
    said, kind = grant.access, name.split(" ")[0]
    more = tuple(dict.fromkeys(_short(path) for path in paths))
    words = ", ".join(f'"{path}"' for path in more)
    foreign = type(callback).__module__.partition(".")[0] in {"pytorch_lightning", "lightning"}
    if said.declared and not foreign:
        them = "that path" if len(more) == 1 else "those paths"
        return f"add @{verb}s({words}) above class {kind}, or {them} to its declare(...)"
    reads = said.reads + (more if verb == "read" else ())
    writes = said.writes + (more if verb == "write" else ())
    line = f"reads={_listed(reads)}, writes={_listed(writes)})"
    return (
        f"say what it does: declare({kind}, {line}"
        if not said.declared
        else (f"say what this one does: declare(callback, {line}, where callback is your {kind}")
    )


def _short(path: str) -> str:
    """A tensor's path without the tensor's own name: who changes one usually changes them all."""
    return next((root for root in _TENSORS if path.startswith(root)), path)


def _listed(paths: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{path}"' for path in paths) + "]"
