import torch

from leyden.recipe import finetune


def test_the_task_given_stays_as_it_was_and_the_copy_learns(task, batches):
    before = {name: value.clone() for name, value in task.state_dict().items()}
    fitted = finetune(task, batches.train, batches.held_out, epochs=8, freeze=1)
    assert all(torch.equal(value, before[name]) for name, value in task.state_dict().items())
    assert fitted.history.best() == 1.0
    assert (fitted.task.tuning.freeze, fitted.task.tuning.rate) == (1, task.tuning.rate)


def test_a_rate_can_be_given_or_found(task, batches):
    assert finetune(task, batches.train, epochs=1, rate=0.5).task.tuning.rate == 0.5
    found = finetune(task, batches.train, epochs=1, rate="find").task.tuning.rate
    assert 1e-6 < found < 1
    assert found != task.tuning.rate
