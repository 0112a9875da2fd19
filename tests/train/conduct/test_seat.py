"""Seats: stand-ins on a callback's hooks, and everything put back."""

import copy
import pickle

import pytest
import pytorch_lightning as pl

from leyden.errors import AccessError
from leyden.train import RunLog, reads
from leyden.train.conduct.seat import CONDUCTED, Seat
from leyden.train.graph.node import nodes_of
from leyden.train.guard import Guard


@reads("trainer.current_epoch")
class Watch(pl.Callback):
    def __init__(self):
        self.seen = []

    def on_train_start(self, trainer, pl_module):
        self.seen.append(trainer.current_epoch)

    def on_train_end(self, trainer, pl_module):
        trainer.should_stop = True

    def teardown(self, trainer, pl_module, stage): ...


@pytest.fixture
def seated(kit):
    def make(callback, strict=False):
        (node,), _ = nodes_of([callback])
        log = RunLog()
        log.start([node.name], [node.access])
        return Seat(node, 0, log=log, guard=Guard(node.name, node.access), strict=strict), log

    return make, kit.trainer([]), kit.Task()


def test_hooks_that_a_callback_does_not_have_stay_lightnings_own(seated):
    callback = Watch()
    seat, _ = seated[0](callback)
    seat.take()
    assert set(seat.hooks) == {"on_train_start", "on_train_end"} == set(vars(callback)) - {"seen"}


def test_the_hooks_around_a_run_are_left_alone():
    assert not {"setup", "teardown", "on_exception", "state_dict", "load_state_dict"} & set(CONDUCTED)
    assert {"on_fit_start", "on_train_batch_end", "on_save_checkpoint", "on_before_zero_grad"} <= set(CONDUCTED)


def test_a_stand_in_plays_the_hook_and_logs_it_and_then_goes(seated):
    make, trainer, task = seated
    callback = Watch()
    seat, log = make(callback)
    before = dict(vars(callback))
    seat.take()
    callback.on_train_start(trainer, task)
    seat.leave()
    assert vars(callback) == before
    assert callback.seen == [0]
    assert [event.hook for event in log.events] == ["on_train_start"]


def test_a_hook_of_the_instance_comes_back_too(seated):
    make, trainer, task = seated
    callback = Watch()
    callback.on_train_start = own = lambda trainer, pl_module: callback.seen.append("own")
    seat, _ = make(callback)
    seat.take()
    callback.on_train_start(trainer, task)
    seat.leave()
    assert callback.on_train_start is own
    assert callback.seen == ["own"]


def test_a_strict_seat_holds_the_callback_to_what_it_declared(seated):
    make, trainer, task = seated
    callback = Watch()
    make(callback, strict=True)[0].take()
    callback.on_train_start(trainer, task)
    with pytest.raises(AccessError, match=r"Watch wrote trainer\.should_stop in on_train_end"):
        callback.on_train_end(trainer, task)
    assert trainer.should_stop is False


def test_copies_of_a_seated_callback_have_hooks_of_their_own(seated):
    make, trainer, task = seated
    callback = Watch()
    seat, log = make(callback)
    seat.take()
    for made in (copy.deepcopy(callback), pickle.loads(pickle.dumps(callback))):
        made.on_train_start(trainer, task)
        assert made.seen == [0]
        assert callback.seen == []
    assert len(log) == 0


def test_a_prepared_hook_sees_the_run_as_it_was(seated):
    make, trainer, task = seated
    callback = Watch()
    seat, log = make(callback)
    act = seat.prepare("on_train_start", trainer, task, given=((), {}))
    trainer.fit_loop.epoch_progress.current.processed = 7
    act()
    assert callback.seen == [0]
    assert len(log) == 1


def test_a_hook_that_raises_is_logged_and_free_again(seated):
    make, trainer, task = seated

    class Fails(pl.Callback):
        def on_train_start(self, trainer, pl_module):
            raise ValueError("no")

    callback = Fails()
    seat, log = make(callback)
    seat.take()
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            callback.on_train_start(trainer, task)
    assert [event.hook for event in log.events] == ["on_train_start"] * 2


def test_a_hook_called_by_another_of_the_same_callback_is_a_part_of_it(seated):
    make, trainer, task = seated

    class Both(pl.Callback):
        def on_train_start(self, trainer, pl_module):
            self.on_train_end(trainer, pl_module)

        def on_train_end(self, trainer, pl_module):
            return 7

    callback = Both()
    seat, log = make(callback)
    seat.take()
    callback.on_train_start(trainer, task)
    assert callback.on_train_end(trainer, pl_module=task) == 7
    assert [event.hook for event in log.events] == ["on_train_start", "on_train_end"]


def test_where_another_runs_the_hooks_the_stand_in_passes_them_on(seated):
    make, trainer, task = seated
    callback, passed = Watch(), []
    seat, log = make(callback)
    seat.take(lambda seat, hook: lambda *args, **kwargs: passed.append((hook, args, kwargs)))
    callback.on_train_start(trainer, task, extra=1)
    assert passed == [("on_train_start", (trainer, task), {"extra": 1})]
    assert (callback.seen, len(log)) == ([], 0)
    seat.play("on_train_start", trainer, task)
    assert (callback.seen, len(log)) == ([0], 1)
    assert copy.deepcopy(callback).on_train_start.__func__ is Watch.on_train_start
