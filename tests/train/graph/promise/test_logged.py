import functools
import linecache

import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.demos.boring_classes import ManualOptimBoringModel

from leyden.train.graph.access import writes
from leyden.train.graph.promise import Promise, logged_by


def helper(module, value):
    module.log("helped", value)


def noisy(method):
    @functools.wraps(method)
    def wrapper(self, *args):
        self.log("noise", 1.0)
        return method(self, *args)

    return wrapper


def quiet(method):
    @functools.wraps(method)
    def wrapper(self, *args):
        return method(self, *args)

    return wrapper


class Plain(pl.LightningModule):
    def training_step(self, batch):
        self.log("train_loss", batch, on_epoch=True, prog_bar=True)

    def validation_step(self, batch):
        self.log_dict({"val_loss": batch, "val_accuracy": batch})


class Child(Plain):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(1))

    @torch.no_grad()
    def test_step(self, batch):
        self.log(name="test_loss", value=self(batch))


def test_names_are_those_that_the_source_logs():
    assert logged_by(Plain()) == Promise(("train_loss", "val_loss", "val_accuracy"), complete=True)


def test_a_task_logs_what_its_bases_log_too():
    assert logged_by(Child()).names == ("train_loss", "val_loss", "val_accuracy", "test_loss")
    assert logged_by(Child()).complete


def test_a_task_that_logs_nothing_says_so():
    assert logged_by(pl.LightningModule()) == Promise((), complete=True)


def test_the_classifier_is_read_whole(task):
    assert logged_by(task) == Promise(("train_loss", "val_loss", "val_accuracy"), complete=True)


def test_lightnings_own_demo_is_read_whole():
    assert logged_by(ManualOptimBoringModel()).complete


def test_a_name_that_only_the_run_knows_leaves_the_promise_open():
    class Dynamic(Plain):
        def test_step(self, batch):
            for name, value in batch.items():
                self.log(name, value)

    assert logged_by(Dynamic()) == Promise(logged_by(Plain()).names, complete=False)


@pytest.mark.parametrize(
    "escape",
    ["self.log(*batch)", "say = self.log", "helper(self, batch)", "model = self", "[self]", "self.log_dict(self.all)"],
)
def test_a_task_that_gets_out_of_sight_leaves_the_promise_open(escape, tmp_path):
    (tmp_path / "written.py").write_text(f"class Task:\n    def training_step(self, batch):\n        {escape}\n")
    space = {"__name__": "written", "helper": helper}
    exec(compile((tmp_path / "written.py").read_text(), str(tmp_path / "written.py"), "exec"), space)
    kind = type("Task", (space["Task"], pl.LightningModule), {})
    assert not logged_by(kind()).complete


def test_what_cannot_log_keeps_the_promise_whole():
    class Careful(Plain):
        def test_step(self, batch):
            Plain.validation_step(self, batch)
            assert self is not None
            assert isinstance(self, pl.LightningModule)
            metric = getattr(self, "mean", None)
            print(f"{self}", metric)
            return self(batch)

    assert logged_by(Careful()).complete


def test_a_wrapper_that_logs_leaves_the_promise_open():
    class Noisy(pl.LightningModule):
        @noisy
        def training_step(self, batch):
            self.log("loss", batch)

    class Quiet(pl.LightningModule):
        @quiet
        def training_step(self, batch):
            self.log("loss", batch)

    assert logged_by(Noisy()) == Promise(("loss",), complete=False)
    assert logged_by(Quiet()) == Promise(("loss",), complete=True)


def test_a_method_without_source_leaves_the_promise_open_only_where_it_logs():
    space = {}
    exec("def step(self, batch): self.log('hidden', batch)\ndef tell(self): return self.mean", space)
    hidden = type("Hidden", (pl.LightningModule,), {"training_step": space["step"]})
    silent = type("Silent", (pl.LightningModule,), {"tell": space["tell"]})
    assert not logged_by(hidden()).complete
    assert logged_by(silent()).complete


def test_what_is_put_into_the_metrics_by_hand_counts():
    class Hand(pl.LightningModule):
        def on_train_epoch_end(self):
            self.trainer.callback_metrics["score"] = torch.ones(())

    assert logged_by(Hand()) == Promise(("score",), complete=True)


def test_the_author_has_the_last_word():
    @writes("logged.{stage}_score", "logged.extra", "optimizer.lr")
    class Said(pl.LightningModule):
        stage = "val"

        def validation_step(self, batch):
            helper(self, batch)
            self.log("seen", batch)

    assert logged_by(Said()) == Promise(("val_score", "extra", "seen"), complete=True)


def test_a_class_in_a_notebook_cell_is_read():
    source = (
        "class Cell(pl.LightningModule):\n    def training_step(self, batch):\n        self.log('in_cell', batch)\n"
    )
    name = "<ipython-input-1-cell>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    space = {"pl": pl, "__name__": "__main__"}
    exec(compile(source, name, "exec"), space)
    assert logged_by(space["Cell"]()) == Promise(("in_cell",), complete=True)
