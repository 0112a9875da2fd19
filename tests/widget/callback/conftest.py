import threading

import pytest
import torch
from torch import nn

from leyden.train import Callback, CallbackGraph, Classifier, Tuning, fit, reads, resolve, writes
from leyden.widget.callback import CallbackPanel


@reads("outputs.loss")
@writes("logged.smooth_loss")
class Smooth(Callback):
    """Logs a number after every batch."""

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        pl_module.log("smooth_loss", float(batch_idx))


@writes("optimizer.lr")
class WarmUp(Callback):
    """Sets the rate before every batch."""

    def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
        for group in trainer.optimizers[0].param_groups:
            group["lr"] = 0.1 / (1 + trainer.global_step)


@reads("logged.smooth_loss")
@writes("optimizer.lr")
class Plateau(Callback):
    """Sets the rate after every epoch."""

    def on_train_epoch_end(self, trainer, pl_module):
        for group in trainer.optimizers[0].param_groups:
            group["lr"] = 0.5


class Gate(Callback):
    """Holds a run after its second batch, for tests that look at it meanwhile."""

    def __init__(self):
        self.reached, self.go_on = threading.Event(), threading.Event()

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        if batch_idx == 1:
            self.reached.set()
            assert self.go_on.wait(30)


@pytest.fixture
def classes():
    """The classes of callbacks that the tests use."""
    return {kind.__name__: kind for kind in (Smooth, WarmUp, Plateau, Gate)}


@pytest.fixture
def train():
    """Trains a tiny task with the callbacks of a graph: four batches an epoch."""

    def run(graph, epochs=1):
        torch.manual_seed(0)
        task = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(4, 2)), ["a", "b"], tuning=Tuning(rate=0.1, freeze=0))
        batches = [(torch.rand(2, 4), torch.tensor([0, 1])) for _ in range(4)]
        return fit(task, batches, epochs=epochs, callbacks=[*graph])

    return run


@pytest.fixture
def graph():
    """Three callbacks that get on with each other."""
    return CallbackGraph([Plateau(), WarmUp(), Smooth()], resolve(WarmUp, Plateau, first=WarmUp))


@pytest.fixture
def panel(graph):
    made = CallbackPanel(graph)
    yield made
    made.close()


@pytest.fixture
def broken():
    """A panel of two callbacks that write the same state."""
    made = CallbackPanel([WarmUp(), Plateau()])
    yield made
    made.close()
