"""Nodes: names, phases, and an order that does not depend on the one given."""

import itertools

import pytest
import pytorch_lightning as pl
from pytorch_lightning.callbacks import BatchSizeFinder, EarlyStopping, ModelCheckpoint, Timer

from leyden.errors import TrainError
from leyden.train.graph.access import declare, reads
from leyden.train.graph.node import nodes_of, overrides


class Scale(pl.Callback):
    def __init__(self, factor):
        self.factor = factor

    def on_train_start(self, trainer, pl_module): ...


def test_phases_are_lightnings_own():
    nodes, _ = nodes_of([ModelCheckpoint(), EarlyStopping("x"), Timer(), BatchSizeFinder()])
    assert {node.name: node.phase for node in nodes} == {
        "BatchSizeFinder": 0, "Timer": 1, "EarlyStopping": 2, "ModelCheckpoint": 3,
    }  # fmt: skip


def test_callbacks_of_one_class_are_numbered_by_their_settings_and_not_by_their_places():
    told = set()
    for factors in itertools.permutations([0.5, 2.0, 3.0]):
        nodes, _ = nodes_of([Scale(factor) for factor in factors])
        told.add(tuple((node.name, node.callback.factor) for node in nodes))
    assert told == {(("Scale", 0.5), ("Scale 2", 2.0), ("Scale 3", 3.0))}


def test_the_same_callback_twice_is_a_fault():
    one = Scale(1)
    nodes, (fault,) = nodes_of([one, Scale(2), one])
    assert len(nodes) == 2
    assert fault.kind == "listed twice"
    assert fault.message == "the same Scale is listed 2 times: list it once"


def test_a_declaration_that_cannot_be_filled_in_is_a_fault():
    @reads("logged.{monitor}")
    class Watch(pl.Callback): ...

    nodes, (fault,) = nodes_of([Watch()])
    assert fault.kind == "declaration"
    assert "no attribute 'monitor'" in fault.message
    assert len(nodes) == 1


def test_something_else_than_a_callback_is_named(unchecked):
    with pytest.raises(
        TrainError, match=r"takes callbacks, that is instances of pl\.Callback; given <class .*Scale'>, 3"
    ):
        nodes_of([Scale, 3])


def test_a_hook_set_on_the_instance_counts_as_its_own():
    callback = pl.Callback()
    assert not overrides(callback, "on_fit_end")
    callback.on_fit_end = lambda trainer, pl_module: None
    assert overrides(callback, "on_fit_end")
    assert overrides(Scale(1), "on_train_start")
    declare(callback)
