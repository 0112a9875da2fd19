import pytest
import torch

from leyden.prune import depthwise
from leyden.recipe import compress, finetune
from leyden.train import Control


def test_every_point_starts_from_the_same_dense_network_and_keeps_its_zeros(task, batches):
    trained = finetune(task, batches.train, epochs=4).task
    before = {name: value.clone() for name, value in trained.state_dict().items()}
    points = list(compress(trained, batches, sparsities=(0.5, 0.9), epochs=2))
    assert [point.sparsity for point in points] == [0.5, 0.9]
    for point in points:
        assert point.zeros == pytest.approx(point.sparsity, abs=0.005)
        assert 0 < point.zeros_all < point.zeros
        weights = dict(point.fitted.task.model.named_parameters())
        assert (weights["middle.0.weight"] != 0).all()
        assert (weights["head.2.weight"] != 0).all()
    assert all(torch.equal(value, before[name]) for name, value in trained.state_dict().items())


def test_what_may_be_touched_is_the_users_choice(task, batches):
    (point,) = compress(task, batches, sparsities=(0.75,), epochs=1, where=depthwise)
    weights = dict(point.fitted.task.model.named_parameters())
    assert (weights["middle.0.weight"] == 0).float().mean().item() == pytest.approx(0.75, abs=0.01)
    assert (weights["stem.0.weight"] != 0).all()


def test_points_come_one_by_one(task, batches):
    points = compress(task, batches, sparsities=(0.1, 0.2, 0.3), epochs=1)
    assert next(points).sparsity == 0.1
    points.close()


def test_a_stop_from_outside_ends_one_run_not_the_value(task, batches):
    control = Control()
    control.stop()
    assert control.stopped
    assert len(list(compress(task, batches, sparsities=(0.5,), epochs=1))) == 1
