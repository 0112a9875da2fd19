"""Making a trained network small: prune, fine-tune again, and see what it costs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from leyden.prune import Magnitude, Where, depthwise, named, prune, sparsity
from leyden.recipe.pipelines import Pipes
from leyden.train import Classifier, Fitted, History, Tuning, fit, predict

__all__ = ["RETUNE", "SPARED", "Compressed", "compress"]

SPARED = ~depthwise & ~named("head.*")
"""What `compress` prunes: every weight but depthwise filters and the head.

The weights of the head are small beside those of convolutions, so global magnitude takes them first, and each is
needed: on the tiles of `photos`, 80 % of all weights pruned and fine-tuned again leave .55, with the head spared .90. A
depthwise filter has nine or twenty-five weights and nothing beside it that could make up for them: at 90 %, .72 with
depthwise filters pruned and .85 with them spared (means over seeds 0 and 1).
"""

RETUNE = Tuning(rate=1e-3, freeze=0, discount=1.0)
"""Rates of the fine-tuning after pruning: nothing frozen, the same for every layer."""


@dataclass(frozen=True)
class Compressed:
    """One point of the trade-off: what was asked, what is zero, how well it still does.

    Attributes:
        sparsity: share of the touched weights that was asked to be zero.
        zeros: share of the touched weights that is zero after fine-tuning.
        zeros_all: share of all parameters that is zero.
        accuracy: held-out accuracy after fine-tuning.
        fitted: the run; `fitted.task.model` is the pruned network.
    """

    sparsity: float
    zeros: float
    zeros_all: float
    accuracy: float
    fitted: Fitted


def compress(
    task: Classifier,
    pipes: Pipes,
    *,
    sparsities: Sequence[float] = (0.5, 0.6, 0.7, 0.8, 0.9),
    epochs: int = 3,
    where: Where = SPARED,
    tuning: Tuning = RETUNE,
    listener: Callable[[History], None] | None = None,
    seed: int = 0,
) -> Iterator[Compressed]:
    """Prunes the same trained network by global magnitude to each sparsity and fine-tunes it again.

    Args:
        task: a trained task; it stays as it was.
        pipes: batches to learn from and to measure on.
        sparsities: shares of the touched weights to take out, 0 to below 1; each starts from `task`.
        epochs: epochs of fine-tuning after each pruning.
        where: which weights may be touched.
        tuning: rates of the fine-tuning.
        listener: hears every training step.
        seed: seeds dropout.

    Returns:
        One point a sparsity, as soon as it is measured; the last one early where the run was interrupted.

    Source:
        Han et al. 2015, "Learning both weights and connections" (arXiv:1506.02626): prune by magnitude, train again.
    """
    for share in sparsities:
        pruned = task.replace(model=prune(task.model, Magnitude(share), where=where), tuning=tuning)
        fitted = fit(pruned, pipes.train, epochs=epochs, callbacks=[History(listener)], seed=seed)
        found = sparsity(fitted.task.model)
        accuracy = predict(fitted.task, pipes.held_out).accuracy
        yield Compressed(share, found.zeros, found.zeros_all, accuracy, fitted)
        if fitted.status != "finished":
            return
