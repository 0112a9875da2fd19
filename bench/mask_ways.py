"""The methods of leyden.prune and of torch.nn.utils.prune as rows of one table, each with what it needs."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytorch_lightning as pl
import torch
from torch import nn
from torch.nn.utils import prune as torch_prune  # noqa: TID251 - it is what leyden is compared with

from leyden.prune import Method, Place, Where, places, prune
from leyden.prune.method import BatchNormScale, Filters, GeometricMedian, Magnitude, Random, SemiStructured
from leyden.prune.regrowth import Regrowth
from leyden.prune.rewinding import rewind
from leyden.prune.schedule import annealed, gradual
from leyden.prune.score import Grasp, Movement, Snip, SynFlow, Taylor, Wanda
from leyden.recipe.during import Pruning
from mask_cases import Case

__all__ = ["DEFAULT", "DENSE", "PEERS", "WAYS", "Start", "Way"]

At = Callable[[Case, float], Method]


@dataclass(frozen=True)
class Start:
    """What is fine-tuned.

    Args:
        model: pruned, or about to be.
        callbacks: what happens to it in fine-tuning.
    """

    model: nn.Module
    callbacks: tuple[pl.Callback, ...] = ()


@dataclass(frozen=True)
class Way:
    """A row of the table.

    Args:
        begin: prunes a copy of the case's network to a share.
        shares: the only shares there are; none for any.
        sets: the only data sets there are, likewise.
    """

    begin: Callable[[Case, float], Start]
    shares: tuple[float, ...] = ()
    sets: tuple[str, ...] = ()


def once(at: At) -> Way:
    """All is pruned at once, then fine-tuned."""
    return Way(lambda case, share: Start(prune(case.task.model, at(case, share), where=case.where)))


def blocks(case: Case, share: float) -> Start:
    """Two of four: where the input channels come in fours, which those of the first layer do not."""

    def fours(place: Place) -> bool:
        return case.where(place) and place.parameter.shape[1] % 4 == 0

    return Start(prune(case.task.model, SemiStructured(), where=fours))


def rewound(case: Case, share: float) -> Start:
    """The masks of the trained network on its weights from early in training."""
    return Start(rewind(prune(case.task.model, Magnitude(share), where=case.where), case.early))


def regrown(case: Case, share: float) -> Start:
    """Pruned at once; then, in fine-tuning, small weights make room for others, until three quarters of it."""
    model = prune(case.task.model, Magnitude(share), where=case.where)
    exchanges = Regrowth(annealed(0.3, CHANGES), case.batches[:2])
    every = case.steps * 3 // 4 // CHANGES
    return Start(model, (Pruning(Magnitude, (share,), every=every, unit="step", where=tuned(case), regrow=exchanges),))


def gradually(case: Case, share: float) -> Start:
    """Dense at first; pruned more and more in fine-tuning, until two thirds of it."""
    every = case.steps * 2 // 3 // CHANGES
    pruning = Pruning(Magnitude, gradual(share, CHANGES), every=every, unit="step", where=tuned(case))
    return Start(case.task.model, (pruning,))


def tuned(case: Case) -> Where:
    """Where a callback may prune, which sees the network as a part of its task."""
    names = {f"model.{place.name}" for place in places(case.task.model) if case.where(place)}
    return Where("as in the network", lambda place: place.name in names)


def pairs(model: nn.Module, where: Where) -> list[tuple[Any, str]]:
    """What torch.nn.utils.prune is given: the very weights that leyden may prune."""
    chosen = [place for place in places(model) if where(place)]
    return [(place.owners[0], place.name.rpartition(".")[2]) for place in chosen]


def by_torch(prunes: Callable[[list[tuple[Any, str]], float], object]) -> Way:
    """A copy of the network pruned by torch.nn.utils.prune, made fit to be copied once more."""

    def begin(case: Case, share: float) -> Start:
        model = copy.deepcopy(case.task.model)
        for place in places(model):
            place.parameter.data = place.parameter.data.contiguous()  # it cannot prune weights in channels_last
        prunes(pairs(model, case.where), share)
        with torch.no_grad():
            model(case.example)  # until a forward without gradients its weights cannot be copied
        return Start(model)

    return Way(begin)


def torch_global(chosen: list[tuple[Any, str]], share: float) -> None:
    """The smallest weights of all layers together."""
    torch_prune.global_unstructured(chosen, torch_prune.L1Unstructured, amount=share)


def torch_local(chosen: list[tuple[Any, str]], share: float) -> None:
    """The smallest weights of each layer."""
    for layer, name in chosen:
        torch_prune.l1_unstructured(layer, name, amount=share)


def torch_filters(chosen: list[tuple[Any, str]], share: float) -> None:
    """The smallest filters of each layer."""
    for layer, name in chosen:
        torch_prune.ln_structured(layer, name, amount=share, n=2, dim=0)


CHANGES = 6
"""Of the masks, where they change in fine-tuning."""

DEFAULT = "Magnitude"
DENSE = Way(lambda case, share: Start(case.task.model))
"""Nothing pruned, trained again as long."""

WAYS = {
    DEFAULT: once(lambda case, share: Magnitude(share)),
    "Magnitude, each tensor by itself": once(lambda case, share: Magnitude(share, scope="local")),
    "Taylor": once(lambda case, share: Taylor(share, case.batches)),
    "Wanda": once(lambda case, share: Wanda(share, case.batches)),
    "Movement": once(lambda case, share: Movement(share, case.train())),
    "Snip": once(lambda case, share: Snip(share, case.batches)),
    "Grasp": once(lambda case, share: Grasp(share, case.batches)),
    # it refuses EfficientNet-Lite0: made positive, all its ReLU6 are saturated
    "SynFlow": once(lambda case, share: SynFlow(share, case.example)),
    "Random": once(lambda case, share: Random(share, seed=case.seed)),
    "SemiStructured, two of four": Way(blocks, shares=(0.5,)),
    "Filters": once(lambda case, share: Filters(share)),
    "GeometricMedian": once(lambda case, share: GeometricMedian(share)),
    "BatchNormScale": once(lambda case, share: BatchNormScale(share, case.example)),
    "Magnitude, step by step in fine-tuning": Way(gradually),
    "Magnitude, then regrowth in fine-tuning": Way(regrown),
    "Magnitude, rewound to early weights": Way(rewound),
}
"""By name, in the order of the table."""

PEERS = {
    "torch.nn.utils.prune, global L1": by_torch(torch_global),
    "torch.nn.utils.prune, L1 of each layer": by_torch(torch_local),
    "torch.nn.utils.prune, L2 of filters": by_torch(torch_filters),
}
"""Those of torch."""
