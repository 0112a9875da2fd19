import pytest
import torch

from leyden.augment import Flip
from leyden.items import Image
from leyden.recipe.pipelines import Pipes
from leyden.widget.workbench import Workbench
from leyden.widget.workbench.feed import Stock
from leyden.widget.workbench.line import Line, Orders
from leyden.widget.workbench.source import Given


@pytest.fixture
def making(batches):
    """Batches for a transform: flipped ones where there is one, so that training can be seen to heed it."""

    def make(move):
        learned = batches if move is None else [(images.flip(3), labels) for images, labels in batches]
        return Pipes(learned, batches)

    return make


@pytest.fixture
def bench(task, making):
    sample = Image(torch.zeros(3, 6, 6))
    made = Workbench(task, making, move=Flip("x"), sample=sample, epochs=1, retuning=task.tuning)
    yield made
    made.close()


@pytest.fixture
def line(task, batches):
    changes = []
    stock = Stock(Given(lambda _: batches, batches, None), lambda: None)
    orders = Orders(epochs=1, retune=1, retuning=task.tuning, callbacks=(), show=None, seed=0)
    made = Line(task, stock, orders, changed=lambda: changes.append(1))
    yield made
    made.close()


@pytest.fixture
def trained():
    """Runs the training panel of a line or a workbench to its end."""

    def run(panel):
        panel.start()
        return panel.wait(60)

    return run
