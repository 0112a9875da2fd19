"""How much memory there is, and a file in its place."""

import os
from math import prod
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from leyden.errors import MedicalError

__all__ = ["SHARE", "bytes_text", "free_memory", "mapped_zeros"]

SHARE = 0.5
"""Of the free memory: what windows may take; the rest is the network's."""

_GROUP = Path("/sys/fs/cgroup")


def free_memory() -> int:
    """Say how many bytes a process may still take: what the machine has free, or its container if that is less."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit, used = (int((_GROUP / name).read_text()) for name in ("memory.max", "memory.current"))
    except (OSError, ValueError):  # no container, or one without a limit, which says "max"
        return free
    return min(free, max(limit - used, 0))


def bytes_text(count: float) -> str:
    """Write a number of bytes as people do.

    Examples:
        >>> [bytes_text(count) for count in (900, 123_456, 2_500_000_000)]
        ['900 bytes', '123 kB', '2.5 GB']
    """
    for step, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= step:
            return f"{count / step:.3g} {name}"
    return f"{count:.0f} bytes"


def mapped_zeros(path: Path, shape: tuple[int, ...]) -> Float[Tensor, "..."]:
    """Give zeros in single precision that lie in a new file, mapped into memory; all its room is taken at once.

    Args:
        path: of a file that there is not yet.
        shape: of the zeros.

    Raises:
        MedicalError: the file exists, or there is no room for it.
    """
    count = prod(shape)
    try:
        with path.open("xb") as file:
            os.posix_fallocate(file.fileno(), 0, 4 * count)  # a disk that fills up later would end the process
    except FileExistsError as error:
        raise MedicalError(f"{path} exists; delete it, or give the result another file") from error
    except OSError as error:
        path.unlink(missing_ok=True)
        raise MedicalError(f"{path}: no room for {bytes_text(4 * count)}: {error.strerror}") from error
    return torch.from_file(str(path), shared=True, size=count, dtype=torch.float32).view(shape)
