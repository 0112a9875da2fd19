"""Declarations: on classes, on foreign classes, on single callbacks, with the callback's own values in them."""

import copy
import pickle

import pytest
import pytorch_lightning as pl

from leyden.errors import TrainError, UnknownPath
from leyden.train.graph.access import (
    Access,
    access_of,
    borrows,
    declare,
    reads,
    runs_after,
    unsaid_hooks,
    writes,
)


@reads("outputs.loss")
@writes("logged.{name}")
class Smooth(pl.Callback):
    def __init__(self, name="smooth_loss"):
        self.name = name


def test_a_class_says_what_its_instances_read_and_write_with_their_own_values():
    assert access_of(Smooth("x")) == Access(("outputs.loss",), ("logged.x",), declared=True)


def test_an_attribute_that_holds_several_names_makes_several_paths_and_none_makes_no_path():
    assert access_of(Smooth(["a", "b"])).writes == ("logged.a", "logged.b")
    assert access_of(Smooth(None)).writes == ()


def test_a_subclass_adds_to_what_its_bases_said():
    @runs_after(Smooth)
    @reads("optimizer.lr")
    class Child(Smooth): ...

    access = access_of(Child())
    assert set(access.reads) == {"outputs.loss", "optimizer.lr"}
    assert access.writes == ("logged.smooth_loss",)
    assert access.after == (Smooth,)
    assert access_of(Smooth()).reads == ("outputs.loss",)


def test_an_undeclared_callback_reads_everything_and_writes_nothing():
    class Silent(pl.Callback): ...

    access = access_of(Silent())
    assert not access.declared
    assert access.writes == ()
    assert {"batch", "model", "optimizer"} <= set(access.reads)


def test_a_foreign_class_is_declared_from_outside_once():
    class Foreign(pl.Callback): ...

    declare(Foreign, reads=["batch"])
    declare(Foreign, reads=["batch"])  # a cell that is run again
    assert access_of(Foreign()).reads == ("batch",)
    with pytest.raises(TrainError, match=r"Foreign was declared before, as Access.*keep one, or declare"):
        declare(Foreign, reads=["outputs"])
    declare(Foreign, reads=["outputs"], anew=True)
    assert access_of(Foreign()).reads == ("outputs",)


def test_one_callback_can_say_more_than_its_class_and_keeps_it_in_copies():
    one = Smooth()
    declare(one, reads=["batch.0"])
    for made in (one, copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert access_of(made) == Access(reads=("batch.0",))
    assert access_of(Smooth()).reads == ("outputs.loss",)


def test_a_misspelt_path_is_refused_where_it_is_declared():
    with pytest.raises(UnknownPath, match=r"did you mean 'optimizer\.lr'"):
        reads("optimiser.lr")
    with pytest.raises(UnknownPath, match="no such root"):
        declare(pl.Callback(), writes=["everything"])


def test_a_decorator_stands_above_a_class(unchecked):
    with pytest.raises(TrainError, match="stand above a class"):
        reads("batch")(len)
    with pytest.raises(TrainError, match="runs_after takes classes"):
        runs_after()


def test_a_path_with_an_attribute_that_is_not_there_is_told():
    callback = Smooth()
    del callback.name
    with pytest.raises(TrainError, match=r"Smooth declares 'logged\.\{name\}'.*no attribute 'name'"):
        access_of(callback)


def test_a_task_can_be_declared_too():
    @writes("logged.score")
    class Task(pl.LightningModule): ...

    assert access_of(Task()).writes == ("logged.score",)


def test_what_is_borrowed_is_kept_apart_from_what_is_written():
    @borrows("model.training")
    class Peek(Smooth): ...

    assert access_of(Peek()).borrows == ("model.training",)
    assert access_of(Peek()).writes == ("logged.smooth_loss",)


def test_hooks_of_a_subclass_that_says_nothing_itself_are_known():
    class Child(Smooth):
        def on_train_end(self, trainer, pl_module): ...

    assert unsaid_hooks(Child()) == ("on_train_end",)
    assert unsaid_hooks(Smooth()) == ()
    declare(Child, reads=["outputs"])
    assert unsaid_hooks(Child()) == ()
