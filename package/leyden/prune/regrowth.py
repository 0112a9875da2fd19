"""Pruned weights that come back: the least useful make room for those that the loss asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, final

from torch import Tensor, nn

from leyden.errors import PruneError
from leyden.prune.pruning import masks, remask, remask_
from leyden.prune.ranking import keep_highest
from leyden.prune.score import Batches, Loss, cross_entropy, gradients
from leyden.prune.score.feeding import batch_faults, loss_faults
from leyden.prune.selection import Selector, select

__all__ = ["Regrowth", "regrow", "regrow_"]

_Model = TypeVar("_Model", bound=nn.Module)


@final
@dataclass(frozen=True, eq=False)
class Regrowth:
    """Several exchanges, one after the other, for a callback that prunes during training.

    Args:
        shares: of each exchange; see `leyden.prune.annealed`.
        batches: where gradients are measured; the same ones each time.
        loss: what the gradients are of.

    Raises:
        PruneError: if a share is not above 0 and below 1 or there is none, or the batches or the loss are none.

    Examples:
        >>> Regrowth((0.3, 0.1), batches=[1]).shares
        (0.3, 0.1)
    """

    shares: tuple[float, ...]
    batches: Batches = field(repr=False)
    loss: Loss = field(default=cross_entropy, repr=False)

    def __post_init__(self) -> None:
        known = isinstance(self.shares, Sequence) and not isinstance(self.shares, str)
        faults = [fault for share in self.shares for fault in _share_faults(share)] if known else []
        if not known:
            faults.append(f"shares are a tuple, as annealed(0.3, 10) gives; {self.shares!r} was given")
        elif not self.shares:
            faults.append("shares is empty: nothing would be exchanged")
        faults += batch_faults(self.batches) + loss_faults(self.loss)
        if faults:
            raise PruneError("; ".join(faults))


def regrow(
    pruned: _Model, share: float, *, batches: Batches, loss: Loss = cross_entropy, where: Selector | None = None
) -> _Model:
    """Copy a pruned model with some of its weights exchanged: small ones go, and others come back as zeros.

    In each tensor the share of its kept weights that is smallest in absolute value is pruned. As many come back among
    those that were pruned before: where the loss would fall fastest, by the absolute value of its gradient. So each
    tensor keeps its sparsity exactly. Where fewer are pruned than would go, only so many are exchanged. Frozen tensors
    are exchanged as well, and what comes back to them stays zero: leave them out by `where=`.

    Args:
        pruned: what `prune` gave; left as it is.
        share: of the kept weights of each tensor, above 0 to below 1, rounded down to whole weights.
        batches: where the gradient is measured; one or a few do.
        loss: a function of a model and a batch.
        where: as for `prune`, among what is masked.

    Returns:
        The copy. An optimiser comes along by `carry`, and the history of what comes back starts at zero.

    Raises:
        PruneError: if the model has no masks, the share is none, or the gradient cannot be measured.

    Examples:
        >>> import torch
        >>> from leyden.prune import prune
        >>> layer = nn.Linear(3, 1, bias=False)
        >>> layer.weight.data = torch.tensor([[3.0, 1.0, 2.0]])
        >>> sparse = prune(layer, lambda weights: {"weight": torch.tensor([[True, True, False]])})
        >>> grown = regrow(sparse, 0.5, batches=[torch.ones(1, 3)], loss=lambda model, batch: model(batch).sum())
        >>> masks(grown)["weight"].tolist(), grown.weight.tolist()
        ([[True, False, True]], [[3.0, 0.0, 0.0]])

    Source:
        Evci, Gale, Menick, Castro and Elsen, Rigging the lottery, ICML 2020, section 3 and algorithm 1. There a weight
        that has just gone may come back at once; here it does not, so that an exchange is one. How the share fades:
        `leyden.prune.annealed`.
    """
    return remask(pruned, _exchanged(pruned, share, batches=batches, loss=loss, where=where))


def regrow_(
    pruned: _Model, share: float, *, batches: Batches, loss: Loss = cross_entropy, where: Selector | None = None
) -> _Model:
    """Do in place what `regrow` does; a running optimiser then needs `mask_history_`.

    Args:
        pruned: changed, and given back; left as it is where anything is raised.
        share: as for `regrow`.
        batches: likewise.
        loss: likewise.
        where: likewise.

    Returns:
        The model.

    Raises:
        PruneError: as for `regrow`.

    Examples:
        >>> import torch
        >>> from leyden.prune import Magnitude, prune, sparsity
        >>> sparse = prune(nn.Linear(4, 4), Magnitude(0.5))
        >>> batches = [(torch.randn(8, 4), torch.arange(8) % 4)]
        >>> sparsity(regrow_(sparse, 0.25, batches=batches)).zeros >= 0.5
        True
    """
    return remask_(pruned, _exchanged(pruned, share, batches=batches, loss=loss, where=where))


def _exchanged(
    pruned: nn.Module, share: float, *, batches: Batches, loss: Loss, where: Selector | None
) -> dict[str, Tensor]:
    """Give the masks after the exchange, of those tensors in which there is something to exchange."""
    faults = _share_faults(share)
    if faults:
        raise PruneError(faults[0])
    standing = masks(pruned)
    weights = {place.name: place.parameter for place in select(pruned, where) if place.name in standing}
    if not weights:
        asked = "" if where is None else f" at where={where!r}"
        raise PruneError(f"nothing in {type(pruned).__name__}{asked} is masked: prune it first")
    found = gradients(pruned, batches, loss)
    return {
        name: mask
        for name, weight in weights.items()
        for mask in _exchange(name, weight, standing=standing[name], gradient=found[name], share=share)
    }


def _exchange(name: str, weight: Tensor, *, standing: Tensor, gradient: Tensor, share: float) -> list[Tensor]:
    total, kept = standing.numel(), int(standing.count_nonzero())
    count = min(int(share * kept), total - kept)
    if not count:
        return []

    def chosen(score: Tensor, among: Tensor, *, number: int) -> Tensor:
        # what is not among them counts as lower than any
        held: Mapping[str, Tensor] = {name: among}
        return keep_highest({name: score}, 1 - number / total, standing=held, absolute=True)[name]

    stays = chosen(weight.detach(), standing, number=kept - count)
    return [stays | chosen(gradient, ~standing, number=count).to(stays.device)]


def _share_faults(share: object) -> list[str]:
    known = isinstance(share, int | float) and not isinstance(share, bool) and 0 < share < 1
    return [] if known else [f"share is above 0 and below 1; {share!r} was given"]
