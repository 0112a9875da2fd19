"""Trained networks to be pruned, each with its data: small digits, and the tiles of the main job's photographs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

from leyden import data, recipe
from leyden.prune import Where, named
from leyden.recipe.compression import RETUNE, SPARED
from leyden.recipe.demo import network
from leyden.train import Classifier, Tuning, fit

__all__ = ["SIZES", "Case", "Sizes", "case"]

Batch = tuple[Tensor, Tensor]

SCORED = 8
"""Training batches that methods may look at, not augmented."""


@dataclass(frozen=True)
class Sizes:
    """How long is trained; part of the name under which results are kept.

    Args:
        epochs: of the dense network.
        early: after how many of them its weights are kept, to go back to.
        retune: epochs of fine-tuning after pruning, the same for every method.
        tuning: rates of the fine-tuning.
    """

    epochs: int
    early: int
    retune: int
    tuning: Tuning


@dataclass(frozen=True, eq=False)
class Case:
    """A trained network and what is needed to prune it, fine-tune it and measure it.

    Args:
        task: the network in its task, trained.
        early: its weights early in training.
        where: what of it may be pruned.
        batches: a few training batches, for methods that look at data.
        train: makes the training batches, from their first epoch on, so that every run sees the same.
        held_out: batches to measure on.
        sizes: how long is trained.
        seed: of everything.
    """

    task: Classifier
    early: dict[str, Tensor]
    where: Where
    batches: list[Batch]
    train: Callable[[], Any]
    held_out: Iterable[Batch]
    sizes: Sizes
    seed: int

    @property
    def example(self) -> Tensor:
        """One input."""
        return self.batches[0][0][:1]

    @property
    def steps(self) -> int:
        """Of the fine-tuning."""
        return self.sizes.retune * len(self.train())


class Early(pl.Callback):
    """Keeps the weights of a network as they are after some epochs.

    Args:
        epochs: how many.
    """

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self.weights: dict[str, Tensor] = {}

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """A copy, once."""
        if trainer.current_epoch + 1 == self._epochs:
            state = pl_module.get_submodule("model").state_dict()
            self.weights = {name: value.clone() for name, value in state.items()}


def digits(seed: int, folder: Path) -> Case:
    """A small convolutional network on scikit-learn's digits: 1,000 to learn from, 797 held out."""
    sizes = SIZES["digits"]
    pixels, targets = load_digits(return_X_y=True)
    images, labels = torch.tensor(pixels, dtype=torch.float32).view(-1, 1, 8, 8) / 16, torch.tensor(targets)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    kept, out = order[:1000], order[1000:]
    pairs = list(zip(images[kept], labels[kept].tolist(), strict=True))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = small()
    task = Classifier(net, [str(digit) for digit in range(10)], tuning=Tuning(rate=1e-2, freeze=0, discount=1.0))
    train = lambda: pairs | data.shuffle(seed=seed) | data.batch(50)  # noqa: E731
    scored = list(zip(images[kept].split(50), labels[kept].split(50), strict=True))[:SCORED]
    trained, early = _trained(task, train, sizes, folder / f"digits-{seed}.pt", seed=seed)
    return Case(trained, early, ~named("head"), scored, train, [(images[out], labels[out])], sizes, seed)


def small() -> nn.Module:
    """Three convolutions with batch normalisation and a linear layer named head: 14,000 weights."""
    net = nn.Sequential()
    for number, (channels, width) in enumerate(((1, 16), (16, 32), (32, 32))):
        net.add_module(f"convolution{number}", nn.Conv2d(channels, width, 3, padding=1, bias=False))
        net.add_module(f"norm{number}", nn.BatchNorm2d(width))
        net.add_module(f"relu{number}", nn.ReLU())
        if number == 0:
            net.add_module("pool", nn.MaxPool2d(2))
    for name, layer in {"mean": nn.AdaptiveAvgPool2d(1), "flat": nn.Flatten(), "head": nn.Linear(32, 10)}.items():
        net.add_module(name, layer)
    return net


def photographs(seed: int, folder: Path) -> Case:
    """The main job: EfficientNet-Lite0 from ImageNet weights on tiles of seventeen photographs."""
    sizes, plan = SIZES["photographs"], recipe.Plan(seed=seed)
    labelled = recipe.photos(seed=seed)
    net, prep = network(labelled, plan, pretrained=True)
    task = Classifier(net, labelled.classes, tuning=plan.tuning)

    def train() -> Any:
        return recipe.pipes(labelled, prep, move=plan.move, batch=plan.batch, seed=seed).train

    plain = recipe.pipes(labelled, prep, move=None, batch=plan.batch, seed=seed)
    scored = list(plain.train)[:SCORED]
    trained, early = _trained(task, train, sizes, folder / f"photographs-{seed}.pt", seed=seed)
    return Case(trained, early, SPARED, scored, train, list(plain.held_out), sizes, seed)


def _trained(
    task: Classifier, train: Callable[[], Any], sizes: Sizes, path: Path, *, seed: int
) -> tuple[Classifier, dict[str, Tensor]]:
    """The task, trained now or taken from its file; and its weights early in training."""
    name = repr((sizes.epochs, sizes.early, task.tuning))
    kept: dict[str, Any] = torch.load(path, weights_only=True) if path.exists() else {"name": ""}
    if kept["name"] != name:
        keeper = Early(sizes.early)
        fitted = fit(task, train(), epochs=sizes.epochs, callbacks=[keeper], seed=seed)
        if fitted.status != "finished":
            raise KeyboardInterrupt
        kept = {"name": name, "trained": fitted.task.model.state_dict(), "early": keeper.weights}
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(kept, path)
    task.model.load_state_dict(kept["trained"])
    return task.replace(tuning=sizes.tuning).eval(), kept["early"]


SIZES = {
    "digits": Sizes(epochs=20, early=2, retune=5, tuning=Tuning(rate=5e-3, freeze=0, discount=1.0)),
    "photographs": Sizes(epochs=recipe.Plan.epochs, early=1, retune=2, tuning=RETUNE),
}
CASES: dict[str, Callable[[int, Path], Case]] = {"digits": digits, "photographs": photographs}


@lru_cache(maxsize=1)
def case(name: str, seed: int, folder: Path) -> Case:
    """One of `CASES`, trained at the first time and kept in a file of `folder`."""
    return CASES[name](seed, folder)
