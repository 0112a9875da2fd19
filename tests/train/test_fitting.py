import copy
import os
import signal

import pytest
import torch

from leyden.errors import TrainError
from leyden.train import History, fit
from leyden.train.fitting import validate


def same(first, second):
    return all(
        torch.equal(a, b) for a, b in zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    )


def test_the_task_given_stays_as_it_was(task, batches):
    before = copy.deepcopy(task)
    fitted = fit(task, batches, batches, epochs=2)
    assert same(task, before)
    assert not same(fitted.task, before)
    assert not fitted.task.training


def test_equal_seeds_give_equal_weights_and_the_random_state_is_put_back(task, batches):
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    first = fit(task, batches, epochs=2, seed=5)
    assert torch.equal(torch.rand(1), expected)
    assert same(first.task, fit(task, batches, epochs=2, seed=5).task)


def test_the_best_checkpoint_loads_without_leyden(task, batches, tmp_path):
    fitted = fit(task, batches, batches, epochs=2, folder=tmp_path / "runs" / "ä b")
    kept = torch.load(fitted.checkpoint, weights_only=True)
    assert kept["classes"] == ["dark", "light"]
    assert {name.removeprefix("model.") for name in kept["state_dict"]} == set(task.model.state_dict())


def test_a_second_run_does_not_overwrite_the_first_checkpoint(task, batches, tmp_path):
    first = fit(task, batches, batches, epochs=1, folder=tmp_path)
    content = first.checkpoint.read_bytes()
    second = fit(task, batches, batches, epochs=2, folder=tmp_path)
    assert first.checkpoint != second.checkpoint
    assert first.checkpoint.read_bytes() == content


def test_ctrl_c_keeps_everything_and_ctrl_c_works_again_afterwards(task, batches, tmp_path):
    handler = signal.getsignal(signal.SIGINT)
    history = History(lambda seen: os.kill(os.getpid(), signal.SIGINT) if len(seen.steps) == 6 else None)
    fitted = fit(task, batches, batches, epochs=50, callbacks=[history], folder=tmp_path)
    assert fitted.status == "interrupted"
    assert fitted.checkpoint.exists()
    assert not same(fitted.task, task)
    assert all(parameter.requires_grad for parameter in fitted.task.parameters())
    assert signal.getsignal(signal.SIGINT) is handler
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_the_best_epochs_weights_are_those_of_its_checkpoint(task, batches, tmp_path):
    fitted = fit(task, batches, batches, epochs=3, folder=tmp_path, keep="best")
    kept = torch.load(fitted.checkpoint, weights_only=True)["state_dict"]
    assert all(torch.equal(value, kept[name]) for name, value in fitted.task.state_dict().items())
    values = fitted.history.series("val_accuracy")[1]
    assert fitted.epoch == values.index(max(values))


def test_the_best_epoch_is_given_back_after_ctrl_c_too(task, batches):
    history = History(lambda seen: os.kill(os.getpid(), signal.SIGINT) if len(seen.steps) == 6 else None)
    fitted = fit(task, batches, batches, epochs=50, callbacks=[history], keep="best")
    assert (fitted.status, fitted.epoch) == ("interrupted", 0)


def test_lightnings_precision_is_passed_on(task, batches):
    seen = []
    task.model.high.register_forward_hook(lambda module, given, output: seen.append(output.dtype))
    fit(task, batches, epochs=1, precision="bf16-mixed")
    assert set(seen) == {torch.bfloat16}


@pytest.mark.parametrize(("epochs", "loader"), [(0, [1]), (2, [])])
def test_nothing_to_train_on_is_said_before_anything_starts(task, epochs, loader):
    with pytest.raises(TrainError, match=f"{epochs} epoch\\(s\\) of {len(loader)} batch"):
        fit(task, loader, epochs=epochs)


def test_what_the_data_raises_passes_through(task):
    class Broken:
        def __len__(self):
            return 2

        def __iter__(self):
            raise OSError("disk on fire")

    with pytest.raises(OSError, match="disk on fire"):
        fit(task, Broken(), epochs=1)


def test_a_fitted_task_is_fitted_again_in_training_mode_and_single_modules_keep_theirs(task, batches):
    first = fit(task, batches, epochs=2).task
    statistics = first.model.low[1].running_mean.clone()
    assert not torch.equal(fit(first, batches, epochs=2).task.model.low[1].running_mean, statistics)
    task.model.low[1].eval()
    with pytest.warns(UserWarning, match="1 module\\(s\\) in eval mode"):
        kept = fit(task, batches, epochs=2).task.model.low[1].running_mean
    assert torch.equal(kept, task.model.low[1].running_mean)


def test_a_task_is_validated_without_a_run_and_stays_as_it_was(task, batches):
    fitted = fit(task, batches, batches, epochs=1)
    fitted.task.model.low.train()
    found = validate(fitted.task, batches)
    assert found["val_accuracy"] == pytest.approx(fitted.history.epochs[-1].metrics["val_accuracy"])
    assert fitted.task.model.low.training
    assert not fitted.task.model.high.training


def test_there_must_be_something_to_validate_on(task):
    with pytest.raises(TrainError, match="no batch to validate on: the loader is empty"):
        validate(task, [])
