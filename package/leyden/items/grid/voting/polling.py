"""The vote in torch: on any device, for any number of labels, and what the loops are measured against."""

from collections.abc import Sequence
from math import prod

import torch
from jaxtyping import Shaped
from torch import Tensor

from leyden.items.grid.affine import Size
from leyden.items.grid.move import BorderMode, Move
from leyden.items.grid.voting.voters import PARTS, Ballot, ballots

__all__ = ["vote", "vote_at"]

_ROOM = 2**22
"""Labels looked at in one go: memory stays at some hundred megabytes, and few goes suffice for a picture."""


def vote(data: Tensor, move: Move, *, border: BorderMode) -> Tensor:
    """Give a label map on its new grid.

    Args:
        data: `channel *space` on the grid `move.size`, integer, on any device.
        move: where everything goes.
        border: what is seen more than half a pixel outside the grid.

    Examples:
        >>> ahead = Move(((1.0, 0.0, 0.0), (0.0, 1.0, -0.4), (0.0, 0.0, 1.0)), (1, 4), (1, 4))
        >>> vote(torch.tensor([[[7, 7, 3, 5]]]), ahead, border="zeros")
        tensor([[[7, 7, 3, 5]]])
    """
    tables = ballots(move.size, move.footprint)
    return vote_at(data.unsqueeze(0), move.grid(torch.float32, data.device), tables=tables, border=border).squeeze(0)


def vote_at(
    data: Shaped[Tensor, "batch channel *space"], places: Tensor, *, tables: Sequence[Ballot], border: BorderMode
) -> Tensor:
    """Give a batch of label maps read at places.

    Args:
        data: integer.
        places: `batch *new_space axis`, -1 and 1 at the outer edges, the last spatial axis first.
        tables: who votes, one an axis.
        border: what is seen more than half a pixel outside the grid.

    Examples:
        >>> corner = torch.tensor([[[[1, 2], [2, 3]]]])
        >>> vote_at(corner, torch.full((1, 1, 1, 2), -0.1), tables=ballots((2, 2), (1.0, 1.0)), border="zeros")
        tensor([[[[2]]]])
    """
    flat = (data.byte() if data.dtype == torch.bool else data).flatten(2)
    lines = places.flip(-1).flatten(0, -2)
    samples = torch.arange(len(data), device=data.device).repeat_interleave(len(lines) // len(data))
    rows = max(1, _ROOM // prod(table.near.shape[1] for table in tables))
    moved = [
        _voted(flat, sample, where, tables=tables, size=tuple(data.shape[2:]), border=border)
        for sample, where in zip(samples.split(rows), lines.split(rows), strict=True)
    ]
    shape = (len(data), *places.shape[1:-1], data.shape[1])
    return torch.cat(moved).view(shape).movedim(-1, 1).contiguous().to(data.dtype)


def _voted(
    flat: Tensor, samples: Tensor, where: Tensor, *, tables: Sequence[Ballot], size: Size, border: BorderMode
) -> Tensor:
    """Give `place channel` for some places, `place axis`, each of a sample."""
    cells, found = samples.unsqueeze(0), list[tuple[Tensor, Tensor]]()
    for line, table, count in zip(where.unbind(1), tables, size, strict=True):
        at, t = _locate(line, table, border)
        first = torch.from_numpy(table.first).to(line.device)[at]
        voters = torch.arange(table.near.shape[1], device=line.device).unsqueeze(1)
        cells = ((cells * count + first).unsqueeze(1) + voters).flatten(0, 1)
        found.append((at, t))
    channels: list[Tensor] = []
    for channel in flat.unbind(1):
        labels = channel.flatten()[cells]
        chosen = labels[0]
        mixed = (labels != chosen).any(0).nonzero().squeeze(1)
        if len(mixed):
            total = torch.ones(1, len(mixed), dtype=torch.int64, device=flat.device)
            for (at, t), table in zip(found, tables, strict=True):
                total = (total.unsqueeze(1) * _weigh(at[mixed], t[mixed], table)).flatten(0, 1)
            chosen = chosen.index_copy(0, mixed, _heaviest(labels[:, mixed], total))
        channels.append(chosen)
    chosen = torch.stack(channels, 1)
    # zeros begin where they do for images
    return chosen.masked_fill((where.abs() > 1 + 1e-6).any(1, keepdim=True), 0) if border == "zeros" else chosen


def _locate(line: Tensor, table: Ballot, border: BorderMode) -> tuple[Tensor, Tensor]:
    """Give the pixel before each place along one axis, and how many parts of one it lies beyond."""
    place = ((line + 1) * table.count - 1) / 2
    if border == "reflection":
        around = (place + 0.5).remainder(2 * table.count)
        place = torch.minimum(around, 2 * table.count - around) - 0.5
    place = place.clamp(0, table.count - 1)
    at = place.long().clamp_max(len(table.first) - 1)
    return at, (PARTS * (place - at)).round()


def _weigh(at: Tensor, t: Tensor, table: Ballot) -> Tensor:
    """Give what the voters along one axis weigh, `tap place`."""
    near, ahead = (torch.from_numpy(part.T).to(at.device)[:, at] for part in (table.near, table.next))
    return (PARTS * ((PARTS - t) * near + t * ahead)).round().long()


def _heaviest(labels: Tensor, weights: Tensor) -> Tensor:
    """Give the label that weighs most at each place; of equal ones that of the heaviest pixel, then the smallest."""
    order = labels.argsort(0)
    labels, weights = labels.gather(0, order), weights.gather(0, order)
    run = (labels[1:] != labels[:-1]).cumsum(0)
    run = torch.cat((torch.zeros_like(run[:1]), run))
    total = torch.zeros_like(weights).scatter_add(0, run, weights).gather(0, run)
    total.masked_fill_(total < total.amax(0), -1)
    top = weights.masked_fill(total < 0, -1)
    return labels.masked_fill(top < top.amax(0), torch.iinfo(labels.dtype).max).amin(0)
