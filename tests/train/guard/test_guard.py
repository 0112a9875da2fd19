import copy
import threading

import pytest
import pytorch_lightning as pl
import torch
from torch import nn

from leyden.errors import AccessError, TrainError
from leyden.train.graph.access import Access
from leyden.train.guard import Guard, real


def test_a_granted_batch_is_the_batch_itself(look):
    with look(reads=["batch", "outputs"]) as seen:
        assert seen.batch is seen.real.batch
        assert seen.outputs is seen.real.outputs


def test_a_batch_that_is_not_granted_is_sealed(look):
    with look(reads=["outputs"]) as seen, pytest.raises(AccessError, match=r"Mine read batch in on_train_batch_end"):
        seen.batch["image"]


def test_a_part_of_outputs_is_given_alone(look):
    with look(reads=["outputs.loss"]) as seen:
        assert seen.outputs["loss"] is seen.real.outputs["loss"]


def test_a_change_in_place_of_a_batch_is_seen_at_the_end(look):
    said = r'Mine wrote batch\.image in on_train_batch_end.*add @writes\("batch\.image"\)'
    with pytest.raises(AccessError, match=said), look(reads=["batch"]) as seen:
        seen.batch["image"].mul_(2)


def test_a_declared_change_in_place_is_none(look):
    with look(writes=["batch.image"]) as seen:
        seen.batch["image"].mul_(2)


def test_the_error_of_the_hook_itself_comes_first(look):
    def spoil():
        with look(reads=["batch"]) as seen:
            seen.batch["image"].mul_(2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        spoil()


def test_after_an_error_the_guard_is_as_new(look):
    kept = []

    def spoil():
        with look(reads=["batch"]) as seen:
            kept.append(seen)
            seen.batch["image"].mul_(2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        spoil()
    guard, run = kept[0].guard, kept[0].real
    with guard.hook("on_fit_start", run.trainer, run.task, (), {}):
        pass
    assert guard.within is None
    assert not guard.record


def test_a_hook_may_call_another_of_its_own(look):
    with look(reads=["batch"]) as seen:
        guard = seen.guard
        with guard.hook("on_train_epoch_end", seen.trainer, seen.task, (), {}) as (trainer, task, _, _):
            assert trainer is seen.trainer
            assert task is seen.task
            with pytest.raises(AccessError, match="in on_train_epoch_end"):
                _ = task.alpha
        with pytest.raises(AccessError, match="in on_train_batch_end"):
            _ = task.alpha


def test_what_another_callback_passes_on_is_looked_at_anew(look):
    with look(reads=["model.alpha"]) as first:
        other = Guard("Other", Access(reads=("batch",)))
        with (
            other.hook("on_train_epoch_end", first.trainer, first.task, (), {}) as (trainer, _, _, _),
            pytest.raises(AccessError, match=r"Other read trainer\.global_step"),
        ):
            _ = trainer.global_step


def test_kept_views_are_open_between_hooks(look):
    with look() as seen:
        kept = seen.task
    assert kept.alpha == 0.5
    kept.alpha = 0.25
    assert seen.real.task.alpha == 0.25


def test_who_may_write_everything_gets_the_run_itself(look):
    roots = [
        "batch",
        "callback",
        "checkpoint",
        "logged",
        "logger",
        "model",
        "optimizer",
        "outputs",
        "scheduler",
        "trainer",
    ]
    with look(writes=roots) as seen:
        assert seen.trainer is seen.real.trainer
        assert seen.task is seen.real.task
        assert seen.batch is seen.real.batch


def test_the_arguments_of_every_hook_have_their_paths(look):
    with look() as seen:
        run = seen.real
    optimizer, loss = run.trainer.optimizers[0], run.outputs["loss"]
    cases = {
        "on_before_zero_grad": (optimizer, lambda item: item.param_groups[0]["lr"], "optimizer.lr"),
        "on_before_optimizer_step": (optimizer, lambda item: item.param_groups[0]["lr"], "optimizer.lr"),
        "on_before_backward": (loss, float, "outputs.loss"),
        "on_save_checkpoint": ({"epoch": 1}, lambda item: item["epoch"], "checkpoint"),
        "on_load_checkpoint": ({"epoch": 1}, lambda item: item["epoch"], "checkpoint"),
        "on_validation_batch_start": (run.batch, len, "batch"),
    }
    for hook, (given, use, path) in cases.items():
        guard = Guard("Mine", Access())
        with (
            guard.hook(hook, run.trainer, run.task, (given,), {}) as (_, _, args, _),
            pytest.raises(AccessError, match=f"Mine read {path} in {hook}"),
        ):
            use(args[0])
        guard = Guard("Mine", Access(reads=(path,)))
        with guard.hook(hook, run.trainer, run.task, (given,), {}) as (_, _, args, _):
            use(args[0])


def test_arguments_by_name_have_their_paths_too(look):
    with look() as seen:
        run, guard = seen.real, Guard("Mine", Access())
        given = {"batch": run.batch, "batch_idx": 3}
        with guard.hook("on_test_batch_start", run.trainer, run.task, (), given) as (_, _, _, named):
            assert named["batch_idx"] == 3
            with pytest.raises(AccessError, match="read batch in on_test_batch_start"):
                len(named["batch"])


def test_a_checkpoint_is_written_key_by_key(look):
    with look() as seen:
        run, guard, saved = seen.real, Guard("Mine", Access(writes=("checkpoint.mine",))), {"epoch": 1}
    with guard.hook("on_save_checkpoint", run.trainer, run.task, (saved,), {}) as (_, _, (checkpoint,), _):
        checkpoint["mine"] = 3
        with pytest.raises(AccessError, match=r"wrote checkpoint\.epoch"):
            checkpoint["epoch"] = 2
    assert saved == {"epoch": 1, "mine": 3}


class Logs(pl.Callback):
    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        self.log("mine", 1.0)
        self.log_dict({"mine_too": torch.tensor(2.0)})
        pl_module.log("mine_three", 3.0)


def conducted(run, callback, access):
    """A fit in which one callback's hook goes through a guard, as a graph arranges it."""
    guard, own = Guard("Logs", access, callback=callback), callback.on_train_batch_end

    def stand_in(trainer, pl_module, *args):
        callback.log, callback.log_dict = guard.log, guard.log_dict
        with guard.hook("on_train_batch_end", trainer, pl_module, args, {}) as (seen, task, given, _):
            own(seen, task, *given)

    callback.on_train_batch_end = stand_in
    return run(lambda *_: None, callback)


def test_a_callback_logs_what_it_declared(run):
    trainer = conducted(run, Logs(), Access(writes=("logged.mine*",)))
    metrics = {name: float(value) for name, value in trainer.callback_metrics.items() if name.startswith("mine")}
    assert metrics == {"mine": 1.0, "mine_too": 2.0, "mine_three": 3.0}


@pytest.mark.parametrize(("granted", "refused"), [("mine_*", "mine"), ("mine", "mine_too"), ("mine_t?o", "mine")])
def test_a_callback_logs_nothing_else(run, granted, refused):
    with pytest.raises(AccessError, match=f"Logs wrote logged.{refused} in on_train_batch_end"):
        conducted(run, Logs(), Access(reads=("logged",), writes=(f"logged.{granted}",)))


def test_to_log_outside_of_a_run_is_an_error():
    guard = Guard("Mine", Access(writes=("logged",)))
    with pytest.raises(TrainError, match="Mine logs before the first hook of a run"):
        guard.log("mine", 1.0)


def test_a_snapshot_shows_values_as_they_were(look):
    reads = ("optimizer.lr", "logged.train_loss", "trainer.global_step", "scheduler", "model.alpha", "callback.Other")
    with look(reads=reads) as seen:
        run = seen.real
    trainer, task, _, _ = seen.guard.snapshot("on_train_batch_end", run.trainer, run.task, (), {})
    loss, rate = float(run.trainer.callback_metrics["train_loss"]), run.trainer.optimizers[0].param_groups[0]["lr"]
    run.trainer.optimizers[0].param_groups[0]["lr"] = 99.0
    run.trainer.callback_metrics["train_loss"].fill_(5.0)
    run.trainer.fit_loop.epoch_loop.automatic_optimization.optim_progress.optimizer.step.total.completed = 77
    run.trainer.callbacks[-1].count = 8
    run.task.alpha = 1.0
    found = []

    def read():
        found.append(trainer.optimizers[0].param_groups[0]["lr"])
        found.append(float(trainer.callback_metrics["train_loss"]))
        found.append(trainer.global_step)
        found.append(task.alpha)
        found.append(next(one.count for one in trainer.callbacks if type(one).__name__ == "Other"))

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert found == [rate, loss, 1, 0.5, 7]


def test_a_snapshot_refuses_as_its_guard_does(look):
    with look(reads=["optimizer.lr"]) as seen:
        run = seen.real
    trainer, task, (outputs, _, _), _ = seen.guard.snapshot(
        "on_train_batch_end", run.trainer, run.task, (run.outputs, run.batch, 0), {}
    )
    for use in (lambda: trainer.global_step, lambda: task.alpha, lambda: float(outputs["loss"])):
        with pytest.raises(AccessError, match="Mine read"):
            use()
    with pytest.raises(AccessError, match=r"Mine wrote trainer\.should_stop"):
        trainer.should_stop = True


def test_a_frozen_guard_finds_changes_in_place_too(look):
    with look(reads=["model.parameters"]) as seen:
        run = seen.real
    frozen = seen.guard.freeze(run.trainer, run.task)
    with (
        pytest.raises(AccessError, match=r"wrote model\.parameters\.net\.0\.bias in on_train_end"),
        frozen.hook("on_train_end", run.trainer, run.task, (), {}) as (_, task, _, _),
        torch.no_grad(),
    ):
        task.net[0].bias.add_(1)
    assert seen.guard.within is None


def test_what_the_trainer_does_for_it_is_not_blamed_on_the_callback(look, tmp_path):
    with look(reads=["model.parameters", "trainer.save_checkpoint"]) as seen, torch.no_grad():
        weight = next(seen.task.parameters())
        # A checkpoint calls the hooks of others; one of them may write what this one only reads.
        seen.real.task.on_save_checkpoint = lambda checkpoint: weight.add_(1)
        seen.trainer.save_checkpoint(tmp_path / "kept.ckpt")


def test_what_it_changed_before_it_called_the_trainer_is(look, tmp_path):
    said = r"wrote model\.parameters\.net\.0\.weight"
    reads = ["model.parameters", "trainer.save_checkpoint"]

    def spoil():
        with look(reads=reads) as seen, torch.no_grad():
            next(seen.task.parameters()).add_(1)
            seen.trainer.save_checkpoint(tmp_path / "kept.ckpt")

    with pytest.raises(AccessError, match=said):
        spoil()


def test_a_view_can_be_copied_and_unwrapped(look):
    with look(reads=["model"]) as seen:
        twin = copy.deepcopy(seen.task.net)
        assert type(twin) is nn.Sequential
        assert real(seen.task) is seen.real.task


def test_a_hook_with_the_guard_around_it_is_called_as_before(look):
    with look() as seen:
        run = seen.real
    guard, found = Guard("Mine", Access(reads=("batch",), writes=("trainer.should_stop",))), []

    def hook(trainer, pl_module, outputs, batch, batch_idx):
        found.append((guard.within, pl_module is run.task, batch is run.batch, batch_idx))
        trainer.should_stop = True
        return batch_idx

    held = guard.around("on_train_batch_end", hook)
    assert held(run.trainer, run.task, run.outputs, run.batch, 3) == 3
    assert held(run.trainer, run.task, run.outputs, batch=run.batch, batch_idx=4) == 4
    assert found == [("on_train_batch_end", False, True, 3), ("on_train_batch_end", False, True, 4)]
    assert run.trainer.should_stop
    assert guard.within is None


def test_a_hook_with_the_guard_around_it_is_held_to_its_word(look):
    with look() as seen:
        run = seen.real
    guard = Guard("Mine", Access(reads=("batch",)))
    cases = [
        (lambda *given: given[3]["image"].mul_(2), r"wrote batch\.image"),
        (lambda *given: given[2]["loss"], "read"),
    ]
    for spoil, said in cases:
        with pytest.raises(AccessError, match=f"Mine {said}"):
            guard.around("on_train_batch_end", spoil)(run.trainer, run.task, run.outputs, run.batch, 0)
        assert guard.within is None
        assert not guard.record


def test_who_may_write_everything_logs_too(run):
    everything = Access(writes=("batch", "callback", "checkpoint", "logged", "logger", "model", "optimizer", "outputs",
                                "scheduler", "trainer"))  # fmt: skip
    assert float(conducted(run, Logs(), everything).callback_metrics["mine"]) == 1.0


def test_a_second_task_is_met_anew(look):
    with look(reads=["model.alpha"]) as seen:
        guard, run = seen.guard, seen.real
    other = copy.deepcopy(run.task)
    other.alpha = 0.75
    with guard.hook("on_fit_start", run.trainer, other, (), {}) as (_, task, _, _):
        assert real(task) is other
        assert task.alpha == 0.75


def test_a_tensor_that_a_step_returned_is_changed_by_who_may(look):
    with look() as seen:
        run = seen.real
    guard, loss = Guard("Mine", Access(writes=("outputs.loss",))), torch.ones(())
    with guard.hook("on_train_batch_end", run.trainer, run.task, (loss, run.batch, 0), {}) as (_, _, args, _):
        args[0].mul_(2)
    assert loss == 2
