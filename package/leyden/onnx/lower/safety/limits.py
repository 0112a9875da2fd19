"""How much a file may ask for while a network is made of it."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Limits", "memory_available"]


@dataclass(frozen=True)
class Limits:
    """How much an ONNX file may ask for; more is refused before anything is allocated.

    A file of 100 bytes can ask for petabytes, or stand for billions of nodes. Raise what refuses a file that you trust.

    Args:
        file_bytes: Size of the file itself, without weights in other files. Protobuf, in which it is written, cannot
            count further than the default.
        nodes: Nodes after all functions are put in their places, and of the network that is made.
        depth: How deep graphs may sit in nodes of graphs, and functions may call functions.
        weight_bytes: Memory for all tensors of the file; None for 90 % of what the machine has free.
        reuse: How many times the bytes that are there all tensors together may take; more than once where several
            tensors share one place in a file of weights.
        fold_bytes: Memory for what is computed while loading; None for 64 MiB and four times the size of the weights.
            What would take more is computed when the network runs.
        fold_work: Elements that may be computed while loading, a multiplication and addition of a matrix product being
            one, about a nanosecond each; None for two billion and four for each byte of the weights. What would take
            more is computed when the network runs.
        rank: Axes of a tensor.

    Examples:
        >>> Limits(nodes=1_000).depth
        32
    """

    file_bytes: int = 2**31 - 1
    nodes: int = 100_000
    depth: int = 32
    weight_bytes: int | None = None
    reuse: float = 4.0
    fold_bytes: int | None = None
    fold_work: int | None = None
    rank: int = 64


def memory_available() -> int | None:
    """Say how many bytes of memory are free for a new tensor; None where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)
