"""What the laws of pruning are tested on: networks trained on digits, and methods turned upside down.

A method is added by its name: what makes it, and if need be which weights it is for.
"""

import copy
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from leyden.prune import Magnitude, Scored, named, prune
from leyden.prune.method import BatchNormScale, Filters, GeometricMedian, Structured
from leyden.prune.score import Snip, SynFlow, Taylor, Wanda
from leyden.prune.selection import Selector
from leyden.prune.subject import Method

SEEDS = (0, 1, 2)
DRAWS = 3
EPOCHS = 10

Change = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Data:
    """Digits as batches to learn from, and all of them at once to be judged by."""

    batches: tuple[tuple[Tensor, Tensor], ...]
    images: Tensor
    labels: Tensor

    @property
    def example(self) -> Tensor:
        """A few images."""
        return self.images[:4]


METHODS: dict[str, Callable[[float, Data], Scored]] = {
    "Magnitude": lambda share, data: Magnitude(share),
    "Magnitude, local": lambda share, data: Magnitude(share, "local"),
    "Filters": lambda share, data: Filters(share),
    "Filters, 1-norm": lambda share, data: Filters(share, norm=1),
    "Filters, largest": lambda share, data: Filters(share, norm=float("inf")),
    "Filters, inputs": lambda share, data: Filters(share, axis=1),
    "Filters, global": lambda share, data: Filters(share, scope="global"),
    "GeometricMedian": lambda share, data: GeometricMedian(share),
    "BatchNormScale": lambda share, data: BatchNormScale(share, data.example),
    "Taylor": lambda share, data: Taylor(share, data.batches),
    "Snip": lambda share, data: Snip(share, data.batches[:4]),
    "SynFlow": lambda share, data: SynFlow(share, data.example[:1], rounds=5),
    "Wanda": lambda share, data: Wanda(share, data.batches[:4], scope="global"),
}
"""Methods whose scores tell which weights of a trained network its loss hangs on."""

INNER = named("features.3", "features.6", "features.9")
"""The convolutions that have more than one input."""

WHERE: dict[str, Selector] = {name: INNER for name in METHODS if name.startswith(("Filters", "Geometric", "BatchNorm"))}
"""Which weights a method is for, where that is not all."""


def network(*, normed: bool = False) -> nn.Sequential:
    """Make four convolutions and a head, as torch initialises them now; with BatchNorm, or with biases."""
    blocks = [
        module
        for before, after, stride in ((1, 16, 1), (16, 16, 1), (16, 32, 2), (32, 32, 1))
        for module in (
            nn.Conv2d(before, after, 3, stride, padding=1, bias=not normed),
            nn.BatchNorm2d(after) if normed else nn.Identity(),
            nn.ReLU(),
        )
    ]
    model = nn.Sequential()
    model.add_module("features", nn.Sequential(*blocks))
    model.add_module("pool", nn.Sequential(nn.AdaptiveMaxPool2d(2), nn.Flatten()))
    model.add_module("head", nn.Linear(4 * 32, 10))
    return model


@functools.cache
def digits() -> Data:
    """Load a third of the digits of scikit-learn: 8 x 8 grey pictures, from 0 to 1."""
    images, labels = load_digits(return_X_y=True)
    pixels = torch.tensor(images[::3] / 16, dtype=torch.float32).view(-1, 1, 8, 8)
    answers = torch.tensor(labels[::3])
    return Data(tuple(zip(pixels.split(50), answers.split(50), strict=True)), pixels, answers)


def untrained(seed: int) -> nn.Module:
    """Make a network with the weights that training would start from."""
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        return network().eval()


@functools.cache
def trained(seed: int, *, normed: bool = False) -> nn.Module:
    """Train a network on the digits, once for each seed; to be read only."""
    data = digits()
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        model = network(normed=normed)
    scales = [module.weight for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    others = [parameter for parameter in model.parameters() if all(parameter is not scale for scale in scales)]
    rule = torch.optim.Adam([{"params": others}, {"params": scales, "lr": 0.05}], lr=3e-3)
    slower = torch.optim.lr_scheduler.LinearLR(rule, 1.0, 0.1, total_iters=EPOCHS * len(data.batches))
    for images, labels in data.batches * EPOCHS:
        rule.zero_grad()
        # network slimming drives scales to zero while it trains; without that they say little
        penalty = sum((scale.abs().sum() for scale in scales), torch.zeros(()))
        (cross_entropy(model(images), labels) + 2e-2 * penalty).backward()
        rule.step()
        slower.step()
    return model.eval()


def loss(model: nn.Module) -> float:
    """Judge a model by its loss on all digits, in eval mode."""
    data = digits()
    with torch.no_grad():
        return float(cross_entropy(model(data.images), data.labels))


def turned(method: Scored, change: Change) -> Scored:
    """Make a method like another, in all but its scores, which are ranked in its scope."""

    def altered(hook: str) -> Callable[..., dict[str, Tensor]]:
        def scores(self: Scored, weights: Mapping[str, Tensor], subject: object = None) -> dict[str, Tensor]:
            return {name: change(score) for name, score in getattr(method, hook)(weights, subject).items()}

        return scores

    body: dict[str, object] = {"scores": altered("scores")}
    if isinstance(method, Structured):
        body["filter_scores"] = altered("filter_scores")
    else:
        # Magnitude ranks the weights themselves, to save memory, and Wanda those of each output
        body["__call__"] = Scored.__call__
    twin = copy.copy(method)
    object.__setattr__(twin, "__class__", type(type(method).__name__, (type(method),), body))
    return twin


def upside_down(method: Scored) -> Scored:
    """Make a method that prunes what the method would keep longest."""
    return turned(method, torch.neg)


def at_random(method: Scored, seed: int) -> Scored:
    """Make a method that prunes as many, in the same shapes, at random."""
    generator = torch.Generator().manual_seed(seed)
    return turned(method, lambda score: torch.rand(score.shape, generator=generator))


def means(
    make: Callable[[Callable[[Scored], Scored]], Method],
    where: Selector | None = None,
    *,
    models: Callable[[int], nn.Module] = trained,
    measure: Callable[[nn.Module], float] = loss,
) -> tuple[float, float, float]:
    """Measure networks with the most useful pruned, as many at random, and the least useful: the mean over seeds.

    `make` is told how to change a method that scores, and gives the method to prune by.
    """
    most, random, least = [], [], []
    for seed in SEEDS:
        model = models(seed)

        def pruned(way: Callable[[Scored], Scored], model: nn.Module = model) -> float:
            return measure(prune(model, make(way), where=where))

        most.append(pruned(upside_down))
        random += [pruned(functools.partial(at_random, seed=draw)) for draw in range(DRAWS)]
        least.append(pruned(lambda method: method))
    return fmean(most), fmean(random), fmean(least)
