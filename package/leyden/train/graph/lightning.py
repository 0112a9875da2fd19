"""What Lightning's own callbacks read and write, hook by hook in its source, written down once.

A callback's own attributes, files and what it prints are not state of the run. What a hook puts back before it returns
(the trial steps of a tuner, a summary's switch to evaluation mode) counts only as far as it can be seen from outside.

Examples:
    >>> from leyden.train.graph.access import access_of
    >>> access_of(callbacks.EarlyStopping("val_loss")).writes
    ('trainer.should_stop',)
"""

from collections.abc import Mapping
from types import MappingProxyType

from pytorch_lightning import callbacks

from leyden.train.graph.access import declare

__all__ = ["UNDECLARED"]

UNDECLARED: Mapping[str, str] = MappingProxyType(
    {
        "Callback": "the base of all: it does nothing",
        "Checkpoint": "the base of checkpoints: it does nothing",
        "LambdaCallback": "it does what its functions do: declare(callback, reads=[...], writes=[...])",
    }
)
"""Callbacks of Lightning about which nothing can be said, and why."""

_STAGE = ("trainer.sanity_checking", "trainer.state")
_STEP = ("trainer._logger_connector.should_update_logs", "trainer.fit_loop.epoch_loop._batches_that_stepped")
_SAVED = ("callback", "checkpoint", "model", "optimizer", "scheduler", "trainer")
"""What `trainer.save_checkpoint` looks at."""

# Tuners run trial steps, then load the checkpoint that they began with: what stays is what they have found.
_TRIED = ("callback", "logger", "model.hparams", "trainer.fit_loop", "trainer.limit_*_batches")
declare(
    callbacks.BatchSizeFinder,
    reads=_SAVED,
    writes=[*_TRIED, "model.{_batch_arg_name}", "trainer._active_loop"],
)
declare(
    callbacks.LearningRateFinder,
    reads=_SAVED,
    writes=[
        *_TRIED,
        "model.learning_rate",
        "model.lr",
        "model.{_attr_name}",
        "optimizer",
        "scheduler",
        "trainer.should_stop",
    ],
)

# Freezing, thawing and rates: any module, and a further group of an optimiser, which is a change of all of it.
declare(callbacks.BaseFinetuning, reads=["trainer.current_epoch"], writes=["model", "optimizer"])
declare(
    callbacks.GradientAccumulationScheduler,
    reads=["model.automatic_optimization", "trainer.current_epoch"],
    writes=["trainer.accumulate_grad_batches"],
)

# Weights. Averaging resets what normalisation layers keep, pruning swaps parameters for others: any module again.
# The Trainer's `max_epochs` and `num_training_batches` are `max_epochs` and `max_batches` of its loop.
declare(
    callbacks.StochasticWeightAveraging,
    reads=["trainer.current_epoch"],
    writes=[
        "model",
        "optimizer",
        "scheduler",
        "trainer.accumulate_grad_batches",
        "trainer.fit_loop._skip_backward",
        "trainer.fit_loop.max_batches",
        "trainer.fit_loop.max_epochs",
        "trainer.max_epochs",
        "trainer.num_training_batches",
    ],
)
declare(
    callbacks.WeightAveraging,
    reads=["model.device", "trainer.current_epoch", "trainer.global_step"],
    writes=["checkpoint", "model.buffers", "model.parameters"],
)
declare(
    callbacks.ModelPruning,
    reads=["trainer.current_epoch", "trainer.sanity_checking"],
    writes=["checkpoint", "model"],
)

# What ends a run.
declare(
    callbacks.EarlyStopping,
    reads=[
        "logged.{monitor}",
        "trainer.check_val_every_n_epoch",
        "trainer.current_epoch",
        "trainer.fast_dev_run",
        "trainer.global_rank",
        "trainer.strategy",
        "trainer.val_check_interval",
        "trainer.world_size",
        *_STAGE,
    ],
    writes=["trainer.should_stop"],
)
declare(callbacks.Timer, reads=["trainer.strategy"], writes=["trainer.should_stop"])
declare(
    callbacks.SpikeDetection,
    reads=["outputs.loss", "trainer.default_root_dir", "trainer.global_rank", "trainer.strategy"],
)

# What goes to loggers. The names of rates begin with `lr-`, unless a scheduler is configured with a name of its own.
declare(
    callbacks.LearningRateMonitor,
    reads=["optimizer", "scheduler", "trainer.strategy", *_STEP],
    writes=["logged.lr-*", "logger"],
)
declare(
    callbacks.DeviceStatsMonitor,
    reads=["trainer.accelerator", "trainer.strategy", *_STEP],
    writes=["logger"],
)
declare(
    callbacks.ThroughputMonitor,
    reads=[
        "batch",
        "model.flops_per_batch",
        "trainer._evaluation_loop",
        "trainer._logger_connector.should_update_logs",
        "trainer.enable_validation",
        "trainer.fit_loop._should_accumulate",
        "trainer.fit_loop.total_batch_idx",
        "trainer.predict_loop",
        "trainer.strategy",
        "trainer.world_size",
        *_STAGE,
    ],
    writes=["logged.predict/*", "logged.test/*", "logged.train/*", "logged.validate/*", "logger"],
)

# What is shown and kept. A checkpoint looks at all that it saves, and at what the others add to it.
declare(
    callbacks.ProgressBar,
    reads=[
        "logged",
        "logger.version",
        "trainer.fit_loop.epoch_loop._should_check_val_epoch",
        "trainer.global_step",
        "trainer.is_global_zero",
        "trainer.max_epochs",
        "trainer.max_steps",
        "trainer.num_predict_batches",
        "trainer.num_sanity_val_batches",
        "trainer.num_test_batches",
        "trainer.num_training_batches",
        "trainer.num_val_batches",
        "trainer.sanity_checking",
    ],
)
declare(callbacks.TQDMProgressBar, reads=["trainer.current_epoch", "trainer.state"])
declare(callbacks.RichProgressBar, reads=["trainer.current_epoch", "trainer.state", "trainer.training"])
declare(
    callbacks.ModelSummary,
    reads=["model", "trainer.is_global_zero", "trainer.precision", "trainer.precision_plugin"],
    borrows=["model.training"],  # an example goes through the network
)
declare(callbacks.BasePredictionWriter, reads=["batch", "outputs", "trainer.predict_loop"])
declare(callbacks.ModelCheckpoint, reads=["logged", "logged.{monitor}", *_SAVED], writes=["logger"])
declare(callbacks.OnExceptionCheckpoint, reads=_SAVED)
