"""Small weights on quiet inputs go: `Wanda`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, final

import torch
from torch import Tensor, nn

from leyden.errors import PruneError
from leyden.prune.ranking import Scope, check_method
from leyden.prune.score.feeding import Batches, apart, batch_faults, dense_copy, measured, numbered
from leyden.prune.score.inputs import Incoming, InputWatch
from leyden.prune.score.kernels import unfused
from leyden.prune.scored import Scored
from leyden.prune.subject import Keep, Subject

__all__ = ["Feed", "Wanda", "feed_first"]

Feed: TypeAlias = Callable[[nn.Module, Any], object]
"""A function of a model and a batch that runs the model on it; what it gives does not matter."""


def feed_first(model: nn.Module, batch: Any) -> object:
    """Run a model on a batch, or on the first part of one that has several, as (inputs, class indices).

    Examples:
        >>> feed_first(nn.Identity(), (torch.ones(2), torch.zeros(2)))
        tensor([1., 1.])
    """
    return model(batch[0] if isinstance(batch, tuple | list) else batch)


@final
@dataclass(frozen=True, eq=False)
class Wanda(Scored):
    """Prune the weights of least size times norm of what comes into them, compared within each output.

    Exactly `round(sparsity * n)` of the n weights of each output are pruned, those pruned already included, but one of
    them stays in any case.

    For large trained networks, without gradients or fine-tuning: a few batches without classes do. It knows what comes
    into linear layers, convolutions (for every position of the kernel by itself), attention, recurrent layers, and
    parameters that a model multiplies by itself; tied weights and layers used twice count all their uses. Tables that
    are only looked up, as embeddings, have no inputs: leave them out by `where=`. A private copy is run in the mode the
    model is in; it costs about two forwards a batch, and the memory of the model three times over.

    Args:
        sparsity: share of weights to prune, from 0 to below 1.
        batches: gone through once; every sample weighs alike.
        feed: runs the model on a batch; on its inputs, the first of (inputs, class indices), unless given.
        scope: "local" takes the share of the weights of each single output, a row or a filter; "global" of all chosen
            weights together.

    Raises:
        PruneError: if `sparsity` lies outside 0 to below 1, or the batches or the feed are none.

    Examples:
        >>> from leyden.prune.pruning import prune
        >>> layer = nn.Linear(2, 2, bias=False)
        >>> _ = layer.load_state_dict({"weight": torch.tensor([[2.0, 3.0], [-2.0, 3.0]])})
        >>> prune(layer, Wanda(0.5, [torch.tensor([[5.0, 1.0]])])).weight.tolist()
        [[2.0, 0.0], [-2.0, 0.0]]

    Source:
        Sun, Liu, Bair and Kolter, A simple and effective pruning approach for large language models, ICLR 2024
        (arXiv 2306.11695, 2023), equation 1 and algorithm 1. They prune layer after layer, so that later ones see the
        inputs that are left; here all are measured at once, on the model as it is.
    """

    sparsity: float
    batches: Batches = field(repr=False)
    feed: Feed = field(default=feed_first, repr=False)
    scope: Scope = "local"

    def __post_init__(self) -> None:
        faults = batch_faults(self.batches)
        if not callable(self.feed):
            faults.append(f"feed is a function of a model and a batch; {type(self.feed).__name__} was given")
        check_method(self.sparsity, self.scope, *faults)

    def scores(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> dict[str, Tensor]:
        """Give the absolute weights times the norms of what comes into them; see `Scored`."""
        return _scores(weights, self._incoming(weights, subject))

    def __call__(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> Keep:
        """Say what to keep; see `Method`."""
        if self.scope == "global":
            return super().__call__(weights, subject)
        incoming = self._incoming(weights, subject)
        standing = subject.standing if subject else {}
        return {
            name: _keep_in_rows(score, self.sparsity, incoming=incoming[name], standing=standing.get(name))
            for name, score in _scores(weights, incoming).items()
        }

    def _incoming(self, weights: Mapping[str, Tensor], subject: Subject | None) -> dict[str, Incoming]:
        around = measured(subject, self)
        with apart(around.model):
            plain, copied = dense_copy(around.model, weights)
            watch = InputWatch(copied)
            with unfused(plain), torch.no_grad(), watch:
                for number, batch in numbered(self.batches, next(iter(copied.values())).device):
                    try:
                        self.feed(plain, batch)
                    except Exception as error:
                        error.add_note(f"raised by the model on batch {number}, on which pruning measures it")
                        raise
        _check_incoming(watch.incoming, around)
        return watch.incoming


def _check_incoming(incoming: Mapping[str, Incoming], around: Subject) -> None:
    unmet = [
        str(around.places[name]) for name, held in incoming.items() if held.output_axis is None and held.squares.numel()
    ]
    broken = [name for name, held in incoming.items() if not bool(held.squares.isfinite().all())]
    faults = []
    if unmet:
        faults.append(
            f"nothing was multiplied by {', '.join(unmet)} while the batches ran (a layer that did not run, a table "
            "that is looked up, or weights that are computed with first): leave it out by where="
        )
    if broken:
        faults.append(f"what comes into {', '.join(broken)} is not finite: look at the batches")
    if faults:
        raise PruneError("; ".join(faults))


def _scores(weights: Mapping[str, Tensor], incoming: Mapping[str, Incoming]) -> dict[str, Tensor]:
    return {name: incoming[name].squares.sqrt().mul_(weight.detach().abs()) for name, weight in weights.items()}


def _keep_in_rows(score: Tensor, sparsity: float, *, incoming: Incoming, standing: Tensor | None) -> Tensor:
    """Keep the highest of each output: all but `round(sparsity * n)` of n, one at least; of equal ones the later."""
    ranked = _by_output(score if standing is None else score.masked_fill(~standing, -torch.inf), incoming)
    rows = ranked.flatten(2)
    count = min(round(sparsity * rows.shape[2]), rows.shape[2] - 1)
    lowest = rows.sort(dim=2, stable=True).indices[..., :count]
    left = torch.ones_like(rows, dtype=torch.bool).scatter_(2, lowest, value=False)
    keep = torch.empty_like(score, dtype=torch.bool)
    _by_output(keep, incoming).copy_(left.view(ranked.shape))
    return keep


def _by_output(tensor: Tensor, incoming: Incoming) -> Tensor:
    """View a tensor by group, output and what comes into that."""
    axis = incoming.output_axis or 0
    return tensor.unflatten(0, (incoming.groups, -1)).movedim(axis + 1, 1)
