"""What callbacks declare of the task and of its optimisers is there, or is named."""

import pytest
import pytorch_lightning as pl
import torch

from leyden.train import declare
from leyden.train.conduct.presence import absent_in_model, absent_in_optimizers
from leyden.train.graph.node import nodes_of


def nodes(*paths):
    callback = pl.Callback()
    declare(callback, reads=paths)
    return nodes_of([callback])[0]


class Net(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.body = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
        self.rate = 0.1


@pytest.mark.parametrize(
    "path",
    ["model", "model.*", "model.parameters", "model.parameters.body.0", "model.gradients.body.0.weight", "model.rate",
     "model.buffers.body.1.running_mean", "model.buffers.*.running_mean", "model.training", "model.body"],
)  # fmt: skip
def test_what_a_task_has_is_found(path):
    assert absent_in_model(nodes(path), Net()) == ()


def test_what_a_task_lacks_is_named_with_the_closest():
    told = absent_in_model(nodes("model.parameters.bodi.0", "model.raet", "model.buffers.body.0.running_mean"), Net())
    assert [fault.kind for fault in told] == ["unknown path"] * 3
    assert "did you mean 'model.parameters.body.0'?" in told[0].message
    assert "'model.rate'" in told[1].message
    assert "Net has no buffers of that name" in told[2].message


def test_a_key_of_any_group_of_any_optimiser_is_found():
    net = Net()
    optimizers = [torch.optim.SGD(net.parameters(), lr=0.1), torch.optim.Adam(net.parameters())]
    assert (
        absent_in_optimizers(nodes("optimizer", "optimizer.momentum", "optimizer.betas", "optimizer.state"), optimizers)
        == ()
    )
    (fault,) = absent_in_optimizers(nodes("optimizer.beta"), optimizers)
    assert fault.message == (
        "Callback declares 'optimizer.beta', but no group of Adam, SGD has such a key; did you mean 'optimizer.betas'?"
    )


def test_where_nothing_is_spelt_alike_some_of_what_there_is_is_told():
    (fault,) = absent_in_optimizers(nodes("optimizer.learning_rate"), [torch.optim.SGD(Net().parameters(), lr=0.1)])
    assert (
        "; there is dampening, differentiable, foreach, fused, lr, maximize, momentum, nesterov, ..." in fault.message
    )


def test_without_an_optimiser_nothing_is_missing():
    assert absent_in_optimizers(nodes("optimizer.beta"), []) == ()


def test_lightnings_own_callbacks_may_name_more_than_a_task_has():
    found, _ = nodes_of([pl.callbacks.LearningRateFinder()])
    assert absent_in_model(found, Net()) == ()
