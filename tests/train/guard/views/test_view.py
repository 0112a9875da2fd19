import copy
import pickle
import weakref
from collections.abc import Iterable

import pytest
import pytorch_lightning as pl
from torch import nn
from torch.optim import SGD

from leyden.errors import AccessError
from leyden.train.guard.views.view import real


def test_a_view_passes_for_the_object_to_isinstance_and_type_names(look):
    with look() as seen:
        assert isinstance(seen.trainer, pl.Trainer)
        assert isinstance(seen.task, pl.LightningModule)
        assert isinstance(seen.task.net[1], nn.BatchNorm1d)
        assert isinstance(seen.trainer.optimizers[0], SGD)
        assert type(seen.trainer.optimizers[0]).__name__ == "SGD"
        assert type(seen.task.net[0]) is type(seen.task.net[2])
        assert type(seen.task.net[0]) is not type(seen.task.net[1])


def test_a_view_can_do_what_its_object_can_and_no_more(look):
    with look() as seen:
        assert isinstance(seen.task.net, Iterable)
        assert not isinstance(seen.task.net[0], Iterable)
        assert bool(seen.task.net[0])
        with pytest.raises(TypeError):
            len(seen.task.net[0])


def test_a_view_equals_its_object_and_hashes_alike(look):
    with look() as seen:
        optimizer = seen.real.trainer.optimizers[0]
        assert seen.trainer.optimizers[0] == optimizer
        assert seen.trainer.optimizers[0] in [optimizer]
        assert {seen.task.net[0]: 1}[seen.real.task.net[0]] == 1


def test_the_same_object_is_the_same_view(look):
    with look() as seen:
        assert seen.trainer.lightning_module is seen.task
        assert seen.trainer.model is seen.task
        assert seen.task.trainer is seen.trainer
        assert seen.trainer.optimizers[0] is seen.trainer.strategy.optimizers[0]


def test_what_is_not_there_is_an_attribute_error(look):
    with look() as seen:
        assert not hasattr(seen.task, "flops_per_batch")
        assert getattr(seen.trainer, "nothing", 3) == 3


def test_a_second_read_is_refused_as_the_first(look):
    with look(reads=["model.alpha"]) as seen:
        for _ in range(2):
            assert seen.task.alpha == 0.5
            with pytest.raises(AccessError):
                _ = seen.trainer.global_step


def test_a_name_that_changes_its_kind_is_looked_at_again(look):
    with look(reads=["model.alpha", "model.beta"]) as seen:
        assert seen.task.alpha == 0.5
        seen.real.task.alpha = [1]
        with pytest.raises(AccessError, match=r"wrote model\.alpha"):
            seen.task.alpha.append(2)


def test_deletion_is_a_write(look):
    with look(reads=["model"]) as seen, pytest.raises(AccessError, match=r"wrote model\.alpha"):
        del seen.task.alpha
    with look(writes=["model.alpha"]) as seen:
        del seen.task.alpha
    assert not hasattr(seen.real.task, "alpha")


def test_a_copy_is_of_the_real_thing_and_a_read_of_it_all(look):
    with look(reads=["model", "optimizer"]) as seen:
        for view in (seen.task.net, seen.trainer.optimizers[0]):
            twin = copy.deepcopy(view)
            assert type(twin) is type(real(view))
            assert twin is not real(view)
            assert type(pickle.loads(pickle.dumps(view))) is type(real(view))
    with look(reads=["model.alpha"]) as seen:
        for act in (copy.deepcopy, pickle.dumps):
            with pytest.raises(AccessError, match=r"model\.parameters\.net\.0\.weight"):
                act(seen.task.net)


def test_a_view_shows_itself_as_the_object(look):
    with look() as seen:
        assert repr(seen.task.net) == repr(seen.real.task.net)
        assert dir(seen.task) == dir(seen.real.task)
        assert weakref.ref(seen.task)() is seen.task


def test_a_method_is_asked_for_when_called(look):
    with look() as seen:
        method = seen.trainer.save_checkpoint
        assert method.__name__ == "save_checkpoint"
        assert method == seen.real.trainer.save_checkpoint
        with pytest.raises(AccessError, match=r"read trainer\.save_checkpoint"):
            method("anywhere")


def test_a_method_is_given_real_objects(look):
    with look(reads=["model.parts", "model"]) as seen:
        found = []
        seen.real.task.__class__.keep = lambda self, item: found.append(item)
        try:
            seen.task.keep(seen.task.net)
        finally:
            del seen.real.task.__class__.keep
        assert found[0] is seen.real.task.net
        assert type(found[0]) is nn.Sequential


def test_anything_else_is_its_own_real_object():
    item = object()
    assert real(item) is item
