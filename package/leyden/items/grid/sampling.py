"""The one place where pixels are interpolated: which backend does it, and how often it was done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, final, get_args

from torch import Tensor

from leyden.errors import DrawError
from leyden.items.grid.affine import Size, size_text
from leyden.items.grid.exact import copy_pixels
from leyden.items.grid.move import BorderMode, Move, Reading
from leyden.items.grid.pictures import by_opencv, opencv_refuses
from leyden.items.grid.tensors import by_torch, torch_refuses
from leyden.items.grid.volumes import by_numba, numba_refuses

__all__ = ["Backend", "Counter", "counting", "resample"]

Backend: TypeAlias = Literal["auto", "torch", "opencv", "numba"]
"""What interpolates; `auto` is the fastest that can.

`opencv` reads pictures and `numba`, where it is installed, volumes, both in memory of the processor; `torch` reads all
else (other devices, gradients, double precision in pictures). On values of 0..1 they agree to 1e-4 in single precision,
`linear` and `cubic`; in bytes to 2 of 255, to 1 where nothing shrinks or reading is cubic; when picking the nearest,
everywhere but within 1e-4 pixels of halfway between two. Zeros outside the grid begin within as much of its edge.
Labels vote by `numba`, in pictures too, or by `torch`: alike but where the two heaviest weigh the same to 1 %.
"""


@final
@dataclass
class Counter:
    """Interpolations counted so far, in all threads.

    Args:
        sizes: the grid of each image or label map that was interpolated, after the move.
    """

    sizes: list[Size] = field(default_factory=list)

    @property
    def resamples(self) -> int:
        """How many there were; exact copies are none."""
        return len(self.sizes)


_COUNTERS: list[Counter] = []


@contextmanager
def counting() -> Iterator[Counter]:
    """Count every interpolation of an image or label map, in whatever thread, until the block ends.

    Examples:
        >>> import torch
        >>> half = Move(((0.5, 0.0, -0.25), (0.0, 0.5, -0.25), (0.0, 0.0, 1.0)), (2, 2), (1, 1))
        >>> with counting() as counter:
        ...     _ = resample(torch.rand(3, 2, 2), half, interpolation="linear", border="zeros")
        >>> counter.resamples, counter.sizes
        (1, [(1, 1)])
    """
    counter = Counter()
    _COUNTERS.append(counter)  # appending and counting are atomic: threads need no lock
    try:
        yield counter
    finally:
        # by identity: two counters may have counted the same
        _COUNTERS[:] = [other for other in _COUNTERS if other is not counter]


def resample(
    data: Tensor, move: Move, *, interpolation: Reading, border: BorderMode, backend: Backend = "auto"
) -> Tensor:
    """Give an image or label map on its new grid, interpolated at most once and on that grid only.

    Flips, right angles and whole-pixel shifts copy values bit for bit.

    Args:
        data: `channel *space` on the grid `move.size`; real, or integer, which is rounded to the nearest.
        move: where everything goes.
        interpolation: how values between pixels are found; `vote` for integers and booleans only.
        border: what is seen more than half a pixel outside the grid.
        backend: `auto`, or the one to use; see `Backend`.

    Returns:
        `channel *new_space`, same dtype and device, always a new tensor.

    Raises:
        DrawError: `data` is on another grid than the move starts from, is real and asked to vote, or the backend asked
            for cannot do this.

    Examples:
        >>> import torch
        >>> half = Move(((0.5, 0.0, -0.25), (0.0, 0.5, -0.25), (0.0, 0.0, 1.0)), (2, 2), (1, 1))
        >>> resample(torch.tensor([[[1.0, 2.0], [3.0, 6.0]]]), half, interpolation="linear", border="zeros")
        tensor([[[3.]]])
    """
    _check(data, move, interpolation)
    if 0 in (*move.new_size, len(data)):
        return data.new_empty((len(data), *move.new_size))
    if move.is_exact:
        return copy_pixels(data, move, border)
    for counter in _COUNTERS:
        counter.sizes.append(move.new_size)
    starts, part = move.cubic_focus if interpolation == "cubic" else move.focus
    # before a vote nothing is averaged, so there is nothing to leave out
    if part is not move and interpolation != "vote":
        data = data[:, *(slice(start, start + count) for start, count in zip(starts, part.size, strict=True))]
        move = part
    return _read(data, move, interpolation=interpolation, border=border, backend=backend)


def _check(data: Tensor, move: Move, interpolation: Reading) -> None:
    found = tuple(data.shape[1:])
    if found != move.size:
        wrong = f"data of {size_text(found)} cannot take a move of {size_text(move.size)} grids"
        raise DrawError(wrong + "; draw again for this sample")
    if interpolation == "vote" and (data.is_floating_point() or data.is_complex()):
        raise DrawError(f"labels vote, which are integers, got {data.dtype}; give 'linear', 'cubic' or 'nearest'")


_READERS: dict[str, tuple[Callable[..., str], Callable[..., Tensor]]] = {
    "opencv": (opencv_refuses, by_opencv),
    "numba": (numba_refuses, by_numba),
    "torch": (torch_refuses, by_torch),
}
"""The backends, the fastest first; torch refuses nothing."""


def _read(data: Tensor, move: Move, *, interpolation: Reading, border: BorderMode, backend: Backend) -> Tensor:
    """Interpolate with the backend that was asked for, or the fastest that can."""
    if interpolation not in get_args(Reading):
        raise DrawError(f"no interpolation named {interpolation!r}; there are {', '.join(get_args(Reading))}")
    if backend not in get_args(Backend):
        raise DrawError(f"no backend named {backend!r}; there are {', '.join(get_args(Backend))}")
    reason = ""
    for name in _READERS if backend == "auto" else (backend,):
        refuses, read = _READERS[name]
        reason = refuses(data, move, interpolation=interpolation)
        if not reason:
            return read(data, move, interpolation=interpolation, border=border)
    raise DrawError(f"the backend {backend!r} {reason}; give 'auto'")
