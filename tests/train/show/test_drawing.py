import time

import pytest
import pytorch_lightning as pl
import torch
from torch import nn

from leyden.plot import png
from leyden.train.conduct.callbacks import CallbackGraph
from leyden.train.graph.access import reads
from leyden.train.graph.planning import plan
from leyden.train.log import Event, RunLog
from leyden.train.show import draw_log, draw_plan, marks_of, spans_of


@reads("outputs.loss")
class Watch(pl.Callback):
    """Called after every batch, and at the end."""

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        pass

    def on_train_end(self, trainer, pl_module):
        pass


class Task(pl.LightningModule):
    """The smallest thing that trains."""

    def __init__(self):
        super().__init__()
        self.net = nn.Linear(2, 1)

    def training_step(self, batch, index):
        time.sleep(0.03)  # steps of about one length, however busy the machine
        return self.net(batch).sum()

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


@pytest.fixture(scope="module")
def log():
    """Of two fits of three steps."""
    graph = CallbackGraph([Watch()])
    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
    for _ in range(2):
        trainer = pl.Trainer(max_epochs=1, accelerator="cpu", enable_model_summary=False, callbacks=graph, **quiet)
        trainer.fit(Task(), torch.utils.data.DataLoader(torch.ones(3, 2)))
    return graph.log


def words(figure):
    return [text.get_text().strip() for text in figure.axes[0].texts]


def test_a_plan_is_drawn_with_its_title():
    figure = draw_plan(plan([Watch()]), title="Callbacks of a run")
    assert figure.texts[0].get_text() == "Callbacks of a run"
    assert words(figure) == ["batch", "outputs.loss", "data", "task", "1. Watch"]


def test_the_last_run_is_drawn_with_its_steps(log):
    figure = draw_log(log)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["Watch"]
    assert words(figure) == ["step 1", "step 2", "step 3"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["on_train_batch_end", "on_train_end"]


def test_hook_callback_steps_and_run_choose_what_is_drawn(log):
    assert words(draw_log(log, hook="on_train_end")) == ["step 3"]
    assert words(draw_log(log, steps=range(1, 3), run=0)) == ["step 1", "step 2"]
    assert words(draw_log(log, callback="Nobody")) == ["nothing to show yet"]
    assert png(draw_log(log))[1:4] == b"PNG"


def test_calls_of_reader_threads_are_marked():
    calls = [Event(1, "h", "A", 0.0, 1.0, "leyden-train"), Event(1, "h", "B", 0.0, 1.0, "leyden-reader-1")]
    assert [span.beside for span in spans_of(calls)] == [False, True]


def test_a_step_begins_with_its_first_call():
    calls = [Event(2, "h", "A", 5.0, 1.0, "t"), Event(1, "h", "A", 3.0, 1.0, "t"), Event(2, "h", "B", 4.0, 1.0, "t")]
    assert marks_of(calls) == {"step 1": 3.0, "step 2": 4.0}


def test_an_empty_log_says_so():
    assert words(draw_log(RunLog())) == ["nothing to show yet"]
