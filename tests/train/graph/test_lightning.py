"""The table of Lightning's callbacks against the installed Lightning: every one runs, held to what the table says."""

import contextlib
import gc
import inspect
import io
from datetime import timedelta

import pytest
import pytorch_lightning as pl
import torch
from lightning_fabric.utilities.spike import TrainingSpikeException
from pytorch_lightning import callbacks
from pytorch_lightning.loggers.logger import DummyLogger
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from leyden.errors import AccessError
from leyden.train.control import Control
from leyden.train.graph import Access, access_of, overlaps, plan
from leyden.train.graph.lightning import UNDECLARED
from leyden.train.graph.node import overrides
from leyden.train.guard import Guard
from leyden.train.history import History

HOOKS = [
    name
    for name, value in vars(pl.Callback).items()
    if inspect.isfunction(value) and (name.startswith("on_") or name in ("setup", "teardown"))
]
ALL = ("fit", "validate", "test", "predict")
THAWED = "ignore:The provided params to be frozen already exist"


class Small(pl.LightningModule):
    """Two layers, and everything that some callback of Lightning asks a task for."""

    flops_per_batch = 100

    def __init__(self, *, breaks=False):
        super().__init__()
        torch.manual_seed(0)
        self.backbone = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
        self.head = nn.Linear(4, 1)
        self.lr, self.batch_size, self.breaks = 0.1, 2, breaks

    def loss(self, batch):
        return self.head(self.backbone(batch[0])).pow(2).mean()

    def training_step(self, batch):
        if self.breaks:
            raise ZeroDivisionError
        loss = self.loss(batch)
        self.log("train_loss", loss, prog_bar=True)
        return {"loss": loss}

    def validation_step(self, batch):
        self.log("val_loss", self.loss(batch))

    test_step = validation_step

    def predict_step(self, batch):
        return self.head(self.backbone(batch[0]))

    def configure_optimizers(self):
        rule = torch.optim.SGD([p for p in self.parameters() if p.requires_grad], lr=self.lr, momentum=0.9)
        return [rule], [torch.optim.lr_scheduler.ExponentialLR(rule, 0.9)]

    def train_dataloader(self):
        data = torch.randn(16, 3, generator=torch.Generator().manual_seed(1))
        return DataLoader(TensorDataset(data), batch_size=self.batch_size, num_workers=0)

    val_dataloader = test_dataloader = predict_dataloader = train_dataloader


class Thawing(callbacks.BaseFinetuning):
    def freeze_before_training(self, pl_module):
        self.freeze(pl_module.backbone)

    def finetune_function(self, pl_module, epoch, optimizer):
        if epoch == 1:
            self.unfreeze_and_add_param_group(pl_module.backbone, optimizer)


class Writer(callbacks.BasePredictionWriter):
    seen = 0

    def write_on_batch_end(self, trainer, pl_module, prediction, batch_indices, batch, batch_idx, dataloader_idx):
        self.seen += len(prediction) + len(batch[0]) + len(batch_indices)

    def write_on_epoch_end(self, trainer, pl_module, predictions, batch_indices):
        self.seen += len(predictions)


class Bar(callbacks.ProgressBar):
    """Asks for all that Lightning's base of progress bars has to offer."""

    def disable(self):
        self.off = True

    def enable(self):
        self.off = False

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        self.seen = self.get_metrics(trainer, pl_module), self.total_train_batches, self.total_val_batches

    def on_validation_batch_start(self, trainer, pl_module, batch, batch_idx, dataloader_idx=0):
        self.seen = self.has_dataloader_changed(dataloader_idx), self.total_val_batches_current_dataloader

    def on_test_batch_start(self, trainer, pl_module, batch, batch_idx, dataloader_idx=0):
        self.seen = self.has_dataloader_changed(dataloader_idx), self.total_test_batches_current_dataloader

    def on_predict_batch_start(self, trainer, pl_module, batch, batch_idx, dataloader_idx=0):
        self.seen = self.has_dataloader_changed(dataloader_idx), self.total_predict_batches_current_dataloader


CASES = {
    "BackboneFinetuning": lambda path: callbacks.BackboneFinetuning(1, verbose=True),
    "BaseFinetuning": lambda path: Thawing(),
    "BasePredictionWriter": lambda path: Writer("batch_and_epoch"),
    "BatchSizeFinder": lambda path: callbacks.BatchSizeFinder(steps_per_trial=1, max_trials=1),
    "BatchSizeFinder halving": lambda path: callbacks.BatchSizeFinder("binsearch", 1, max_trials=2, margin=0),
    "DeviceStatsMonitor": lambda path: callbacks.DeviceStatsMonitor(cpu_stats=True),
    "EMAWeightAveraging": lambda path: callbacks.EMAWeightAveraging(),
    "EarlyStopping": lambda path: callbacks.EarlyStopping("val_loss", verbose=True),
    "EarlyStopping stops": lambda path: callbacks.EarlyStopping("val_loss", min_delta=1e9, patience=1),
    "EarlyStopping train": lambda path: callbacks.EarlyStopping("train_loss", check_on_train_epoch_end=True),
    "GradientAccumulationScheduler": lambda path: callbacks.GradientAccumulationScheduler({1: 2}),
    "LearningRateFinder": lambda path: callbacks.LearningRateFinder(num_training_steps=20, early_stop_threshold=None),
    "LearningRateMonitor": lambda path: callbacks.LearningRateMonitor(log_momentum=True, log_weight_decay=True),
    "LearningRateMonitor step": lambda path: callbacks.LearningRateMonitor("step"),
    "ModelCheckpoint": lambda path: callbacks.ModelCheckpoint(path, monitor="val_loss", save_last=True, save_top_k=2),
    "ModelCheckpoint steps": lambda path: callbacks.ModelCheckpoint(path, every_n_train_steps=2, save_top_k=-1),
    "ModelCheckpoint named": lambda path: callbacks.ModelCheckpoint(path, "{epoch}-{val_loss:.1f}", save_last="link"),
    "ModelCheckpoint breaks": lambda path: callbacks.ModelCheckpoint(path, save_on_exception=True),
    "ModelPruning": lambda path: callbacks.ModelPruning("l1_unstructured", verbose=2),
    "ModelPruning local": lambda path: callbacks.ModelPruning(
        "random_unstructured", use_global_unstructured=False, resample_parameters=True, prune_on_train_epoch_end=False
    ),
    "ModelSummary": lambda path: callbacks.ModelSummary(2),
    "OnExceptionCheckpoint breaks": lambda path: callbacks.OnExceptionCheckpoint(path),
    "ProgressBar": lambda path: Bar(),
    "ProgressBar endless": lambda path: Bar(),
    "RichModelSummary": lambda path: callbacks.RichModelSummary(2),
    "RichProgressBar": lambda path: callbacks.RichProgressBar(leave=True),
    "SpikeDetection": lambda path: callbacks.SpikeDetection(rtol=1e9),
    "SpikeDetection spike": lambda path: callbacks.SpikeDetection(mode="max", rtol=0.0, warmup=0),
    "StochasticWeightAveraging": lambda path: callbacks.StochasticWeightAveraging(0.05, 0.5, annealing_epochs=1),
    "StochasticWeightAveraging linear": lambda path: callbacks.StochasticWeightAveraging(
        [0.05], 1, annealing_strategy="linear", device=None
    ),
    "TQDMProgressBar": lambda path: callbacks.TQDMProgressBar(leave=True),
    "ThroughputMonitor": lambda path: callbacks.ThroughputMonitor(lambda batch: 2, lambda batch: 6, window_size=2),
    "Timer": lambda path: callbacks.Timer(timedelta(hours=1)),
    "Timer epoch": lambda path: callbacks.Timer({"seconds": 0}, "epoch"),
    "WeightAveraging": lambda path: callbacks.WeightAveraging(),
}  # fmt: skip
STAGES = {"BatchSizeFinder": ("fit", "validate"), "BatchSizeFinder halving": ("fit",)}
ERRORS = {
    "ModelCheckpoint breaks": ZeroDivisionError,
    "OnExceptionCheckpoint breaks": ZeroDivisionError,
    "SpikeDetection spike": TrainingSpikeException,
}
UNSEEN = {
    "EarlyStopping": {"trainer.global_rank": "with several processes"},
    "ModelSummary": {"trainer.precision_plugin": "for a task with an example_input_array"},
    "StochasticWeightAveraging": {
        "trainer.max_epochs": "the same as trainer.fit_loop.max_epochs",
        "trainer.num_training_batches": "the same as trainer.fit_loop.max_batches",
    },
    "ThroughputMonitor": dict.fromkeys(
        ("logged.predict/*", "logged.test/*", "logged.train/*", "logged.validate/*"),
        "by trainer._logger_connector.log_metrics",
    ),
    **dict.fromkeys(
        ("BatchSizeFinder", "LearningRateFinder", "ModelCheckpoint", "OnExceptionCheckpoint"),
        dict.fromkeys(("callback", "checkpoint", "model", "optimizer", "scheduler"), "by trainer.save_checkpoint"),
    ),
}
UNSEEN["LearningRateFinder"] |= {"model.learning_rate": "for a task that calls its rate so"}
"""What the table says although no view sees it, and how it happens."""


def guarded(callback, access=None):
    """Puts closures in the place of a callback's hooks that go through a guard."""
    guard = Guard(type(callback).__name__, access or access_of(callback), callback=callback)
    guard.grant.writable.clear()
    for hook in HOOKS:
        if overrides(callback, hook):
            setattr(callback, hook, held(guard, hook, getattr(callback, hook)))
    return guard


def held(guard, hook, original):
    def act(trainer, pl_module, *args, **kwargs):
        with guard.hook(hook, trainer, pl_module, args, kwargs) as (trainer, pl_module, args, kwargs):
            return original(trainer, pl_module, *args, **kwargs)

    return act


def asked(guard):
    """The paths that were read and written under a guard."""
    return [{path for path, may in table.items() if may} for table in (guard.grant.readable, guard.grant.writable)]


def run(callback, *stages, path, resume=None, **settings):
    tunes = isinstance(callback, callbacks.BatchSizeFinder | callbacks.LearningRateFinder)
    trainer = pl.Trainer(
        **{"max_epochs": 3, **settings},
        accelerator="cpu",
        logger=DummyLogger(),
        log_every_n_steps=1,
        default_root_dir=path,
        callbacks=[callback],
        enable_checkpointing=isinstance(callback, callbacks.Checkpoint),
        enable_progress_bar=isinstance(callback, callbacks.ProgressBar),
        enable_model_summary=False,
        limit_train_batches=1.0 if tunes else 4,
        **dict.fromkeys(("limit_val_batches", "limit_test_batches", "limit_predict_batches"), 2),
    )
    task = Small(breaks=path.name.endswith("breaks"))
    with contextlib.redirect_stdout(io.StringIO()):
        for stage in stages:
            getattr(trainer, stage)(task, **({"ckpt_path": resume} if resume and stage == "fit" else {}))
            if stage == "fit":
                trainer.save_checkpoint(path / "kept.ckpt")
    return trainer


def run_case(case, tmp_path):
    """Runs a case, and says what it asked for, and the callback."""
    path = tmp_path / case.replace(" ", "_")
    path.mkdir()
    callback = CASES[case](path / "files")
    guard = guarded(callback)
    error = ERRORS.get(case)
    endless = {"max_epochs": -1, "max_steps": 4} if case.endswith("endless") else {}
    with pytest.raises(error) if error else contextlib.nullcontext():
        run(callback, *STAGES.get(case, ALL), path=path, **endless)
    return *asked(guard), callback


@pytest.fixture(autouse=True, scope="module")
def _little_to_collect():
    """The finder of batch sizes collects garbage at every trial: what other tests have left is not its business."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize("name", callbacks.__all__)
def test_every_callback_of_lightning_is_in_the_table_or_has_a_reason_not_to_be(name):
    if name in UNDECLARED:
        assert not access_of(object.__new__(getattr(callbacks, name))).declared
    assert (name in UNDECLARED) != (name in {case.split()[0] for case in CASES})


@pytest.mark.filterwarnings("ignore:.*was called without a model", "ignore:.*no last checkpoint available", THAWED)
@pytest.mark.parametrize("kind", dict.fromkeys(case.split()[0] for case in CASES))
def test_a_callback_does_all_that_the_table_says_and_nothing_else(kind, tmp_path):
    read, written = set(), set()
    for case in (case for case in CASES if case.split()[0] == kind):
        more_read, more_written, callback = run_case(case, tmp_path)
        read, written = read | more_read, written | more_written
    said, known = access_of(callback), {*UNSEEN.get(kind, {}), *said_by_bases(kind)}
    assert {path for path in said.reads if not seen_in(path, read)} <= known
    assert {path for path in said.writes if not seen_in(path, written)} <= known


def seen_in(path, asked_for):
    return any(overlaps(path, one) for one in asked_for)


def said_by_bases(kind):
    """What the bases of a callback say, which are run by themselves."""
    bases = [base for base in getattr(callbacks, kind).__mro__[1:] if base.__name__ in callbacks.__all__]
    found = [access_of(object.__new__(base)) for base in bases if base.__name__ not in UNDECLARED]
    return {path for access in found for path in (*access.reads, *access.writes)}


@pytest.mark.parametrize(
    ("case", "lacking"),
    [
        ("EarlyStopping", "trainer.should_stop"),
        ("EarlyStopping", "logged.{monitor}"),
        ("LearningRateMonitor", "optimizer"),
        ("LearningRateMonitor", "logged.lr-*"),
        ("ModelCheckpoint", "logger"),
        ("SpikeDetection", "outputs.loss"),
        ("StochasticWeightAveraging", "scheduler"),
        ("TQDMProgressBar", "logged"),
    ],
)
def test_a_path_taken_out_of_the_table_is_missed(case, lacking, tmp_path):
    callback = CASES[case](tmp_path / "files")
    said, lacking = access_of(callback), lacking.format(**vars(callback))
    less = Access(*(tuple(path for path in paths if path != lacking) for paths in (said.reads, said.writes)))
    assert less != said
    guarded(callback, less)
    with pytest.raises(AccessError, match=lacking.split(".")[0]):
        run(callback, "fit", path=tmp_path)


@pytest.mark.filterwarnings(THAWED)
@pytest.mark.parametrize(
    "case", ["BackboneFinetuning", "EMAWeightAveraging", "EarlyStopping", "ModelPruning", "StochasticWeightAveraging"]
)
def test_a_run_that_goes_on_from_a_checkpoint_keeps_to_the_table(case, tmp_path):
    run(CASES[case](tmp_path), "fit", path=tmp_path)
    callback = CASES[case](tmp_path)
    guarded(callback)
    assert run(callback, "fit", path=tmp_path, resume=tmp_path / "kept.ckpt", max_epochs=4).current_epoch >= 4


@pytest.mark.parametrize("kind", [History, Control])
def test_leydens_own_callbacks_do_all_that_they_say_and_nothing_else(kind, tmp_path):
    callback = kind()
    if isinstance(callback, Control):
        callback.stop()
    guard = guarded(callback)
    run(callback, *ALL, path=tmp_path)
    said, (read, written) = access_of(callback), asked(guard)
    assert [path for path in said.reads if not seen_in(path, read)] == []
    own = f"callback.{kind.__name__}"  # what it keeps itself is its own affair, said for those who read it
    assert [path for path in said.writes if path != own and not seen_in(path, written)] == []


def test_what_most_runs_have_leaves_nothing_to_settle(tmp_path):
    keeper, stopper = callbacks.ModelCheckpoint(tmp_path, monitor="val_loss"), callbacks.EarlyStopping("val_loss")
    shown = [callbacks.DeviceStatsMonitor(), callbacks.LearningRateMonitor(), callbacks.ModelSummary()]
    for bar in (callbacks.TQDMProgressBar(), callbacks.RichProgressBar()):
        found = plan([keeper, stopper, bar, *shown, callbacks.Timer(), History(), Control()], task=Small())
        assert found.faults == ()
        names = [node.name for node in found.nodes]
        assert names.index("LearningRateMonitor") < names.index(type(bar).__name__)
        assert names[-2:] == ["EarlyStopping", "ModelCheckpoint"]


def test_two_that_change_weights_or_rates_must_be_settled():
    pairs = [
        (callbacks.StochasticWeightAveraging(0.1), callbacks.EMAWeightAveraging()),
        (callbacks.StochasticWeightAveraging(0.1), callbacks.GradientAccumulationScheduler({1: 2})),
        (callbacks.BackboneFinetuning(), callbacks.StochasticWeightAveraging(0.1)),
        (callbacks.BatchSizeFinder(), callbacks.LearningRateFinder()),
        (callbacks.ModelPruning("l1_unstructured"), callbacks.EMAWeightAveraging()),
    ]
    for pair in pairs:
        assert [fault.kind for fault in plan(pair).faults] == ["write conflict"], pair
