import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.loggers import CSVLogger

from leyden.errors import AccessError
from leyden.train.graph.access import Access
from leyden.train.guard import Guard

READS = {
    "trainer.current_epoch": lambda trainer: trainer.current_epoch,
    "trainer.global_step": lambda trainer: trainer.global_step,
    "trainer.state.fn": lambda trainer: trainer.state.fn,
    "trainer.strategy.root_device": lambda trainer: trainer.strategy.root_device,
    "trainer.strategy.broadcast": lambda trainer: trainer.strategy.broadcast(True),
    "trainer.fit_loop.max_epochs": lambda trainer: trainer.fit_loop.max_epochs,
    "trainer.fit_loop.epoch_loop._batches_that_stepped": lambda trainer: (
        trainer.fit_loop.epoch_loop._batches_that_stepped
    ),
    "trainer.train_dataloader": lambda trainer: trainer.train_dataloader,
    "trainer.default_root_dir": lambda trainer: trainer.default_root_dir,
    "logged.train_loss": lambda trainer: trainer.callback_metrics["train_loss"],
    "logged.train_loss ": lambda trainer: trainer.logged_metrics["train_loss"],
    "callback.Other.count": lambda trainer: next(one for one in trainer.callbacks if hasattr(one, "tell")).count,
    "callback.Other.tell": lambda trainer: next(one for one in trainer.callbacks if hasattr(one, "tell")).tell(),
}


@pytest.mark.parametrize("path", READS)
def test_what_is_read_has_its_path(look, path):
    read, path = READS[path], path.strip()
    with look(reads=["batch"]) as seen, pytest.raises(AccessError, match=f"Mine read {path} in"):
        read(seen.trainer)
    with look(reads=[path]) as seen:
        read(seen.trainer)


WRITES = {
    "trainer.should_stop": lambda trainer: setattr(trainer, "should_stop", True),
    "trainer.accumulate_grad_batches": lambda trainer: setattr(trainer, "accumulate_grad_batches", 2),
    "trainer.fit_loop.max_epochs": lambda trainer: setattr(trainer.fit_loop, "max_epochs", 9),
    "logged.mine": lambda trainer: trainer.callback_metrics.update(mine=torch.ones(1)),
    "optimizer": lambda trainer: setattr(trainer, "optimizers", []),
    "scheduler": lambda trainer: trainer.lr_scheduler_configs.clear(),
    "callback": lambda trainer: trainer.callbacks.append(pl.Callback()),
    "callback.Other.count": lambda trainer: setattr(
        next(one for one in trainer.callbacks if hasattr(one, "tell")), "count", 8
    ),
    "logger": lambda trainer: setattr(trainer, "logger", None),
}


@pytest.mark.parametrize("path", WRITES)
def test_what_is_written_has_its_path(look, path):
    reads = ["trainer", "logged", "optimizer", "scheduler", "callback", "logger"]
    with look(reads=reads) as seen, pytest.raises(AccessError, match=f"Mine wrote {path} in"):
        WRITES[path](seen.trainer)
    with look(reads=["callback"] if path.startswith("callback") else [], writes=[path]) as seen:
        WRITES[path](seen.trainer)


def test_a_callback_sees_all_of_itself(look):
    with look() as seen:
        other = seen.real.trainer.callbacks[-1]
    with look(callback=other) as seen:
        assert any(one is other for one in seen.trainer.callbacks)
    with look() as seen:
        assert not any(one is other for one in seen.trainer.callbacks)
        assert other in list(seen.trainer.callbacks)


def test_nothing_is_hidden_behind_a_part(look):
    with look() as seen:
        ways = [
            lambda: seen.trainer.strategy.lightning_module.alpha,
            lambda: seen.trainer.fit_loop.trainer.global_step,
            lambda: seen.trainer.strategy.optimizers[0].param_groups[0]["lr"],
            lambda: seen.trainer.lightning_module.trainer.strategy._lightning_optimizers[0].param_groups[0]["lr"],
            lambda: seen.trainer.strategy.lr_scheduler_configs[0].scheduler.last_epoch,
        ]
        for way in ways:
            with pytest.raises(AccessError, match="Mine read"):
                way()


def test_to_write_to_a_logger_is_a_write(run, tmp_path):

    found = []

    def act(trainer, task, *_):
        reader, writer = Guard("Reader", Access(reads=("logger",))), Guard("Writer", Access(writes=("logger",)))
        with reader.hook("on_train_end", trainer, task, (), {}) as (seen, _, _, _):
            found.append(seen.logger.name)
            found.append(seen.loggers[0] == trainer.loggers[0])
            for use in (
                lambda: seen.logger.log_metrics({"a": 1}),
                lambda: seen.logger.experiment,
                lambda: seen._logger_connector.log_metrics({"a": 1}),
            ):
                with pytest.raises(AccessError, match="Reader wrote logger in on_train_end"):
                    use()
        with writer.hook("on_train_end", trainer, task, (), {}) as (seen, _, _, _):
            seen.logger.log_metrics({"a": 1})

    run(act, logger=CSVLogger(tmp_path, name="kept"))
    assert found == ["kept", True]
