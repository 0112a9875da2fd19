import time

import pytest
import torch

import leyden as ly
from leyden.data.look.clock import duration, timing
from leyden.data.pipe.view import View, take
from leyden.errors import DataError


def wait(seconds):
    def waited(value):
        time.sleep(seconds)
        return value

    return waited


def by_name(found):
    return {step.expression: step for step in found.steps}


def test_each_step_has_its_own_time_and_batches_count_their_elements():
    pipe = range(40) | ly.data.map(wait(0.02)) | ly.data.batch(4) | ly.data.map(wait(0.06)) | ly.data.parallel(2)
    found = timing(pipe, count=2)
    assert [step.expression for step in found.steps] == [
        "range(0, 40)", "map(waited)", "batch(4)", "map(waited)", "parallel(2)"
    ]  # fmt: skip
    assert [step.calls for step in found.steps] == [4.0, 4.0, 1.0, 1.0, 1.0]
    assert [step.beneath for step in found.steps] == [(), (0,), (1,), (2,), (3,)]
    inner, outer = found.steps[1], found.steps[3]
    assert 0.02 <= inner.seconds < 0.05
    assert 0.06 <= outer.seconds < 0.10
    assert found.seconds >= 0.14
    assert sum(step.share for step in found.steps) == pytest.approx(1.0)
    assert inner.share > outer.share > 0.3


def test_branches_read_their_element_once_and_come_together():
    pipe = range(9) | ly.data.map(wait(0.001)) | (ly.data.map(abs) + ly.data.map(wait(0.003))) | ly.data.batch(3)
    found = timing(pipe, count=3, warm_up=0)
    steps = by_name(found)
    both = [step.expression for step in found.steps].index("+ (side by side)")
    assert [len(step.beneath) for step in found.steps] == [0, 1, 1, 1, 2, 1]
    assert found.steps[both].beneath == (2, 3)
    assert {steps[name].calls for name in ("range(0, 9)", "map(abs)")} == {3.0}


def test_a_choice_takes_each_branch_as_often_as_it_is_drawn():
    pipe = range(64) | (ly.data.map(abs) * ly.data.map(float)) | ly.data.batch(16)
    steps = by_name(timing(pipe, count=4, warm_up=0))
    assert steps["map(abs)"].calls + steps["map(float)"].calls == 16
    assert steps["* (one of them)"].calls == 16


def test_columns_concatenations_slices_and_shared_sources_are_walked():
    shared = range(6) | ly.data.map(abs)
    columns = timing((shared, shared | ly.data.map(float)))
    assert [step.expression for step in columns.steps] == ["range(0, 6)", "map(abs)", "map(float)", "(…, …)"]
    assert columns.steps[-1].beneath == (1, 2)
    assert columns.steps[1].calls == 2
    joined = timing(ly.data.concatenate([1, 2], shared)[1:5])
    assert [step.expression for step in joined.steps][-2:] == ["concatenate(…, …)", "(…)[1:5]"]


def test_what_is_read_is_what_the_pipe_gives_and_the_pipe_stays_as_it_was():
    drawn = []
    pipe = (
        range(20)
        | ly.data.map_random(lambda generator, x: (x, torch.rand((), generator=generator).item()), seed=3)
        | ly.data.shuffle(seed=1)
        | ly.data.map_random(lambda generator, pair: (*pair, torch.rand((), generator=generator).item()), seed=3)
        | ly.data.map(lambda element: drawn.append(element) or element)
    )
    pipe.set_epoch(2)
    expected, before = [pipe[index] for index in range(20)], repr(pipe)
    drawn.clear()
    timing(pipe, count=20, warm_up=0)
    assert drawn == expected
    assert (repr(pipe), pipe.epoch) == (before, 2)


def test_a_cache_is_one_step_and_fast_once_it_is_full():
    pipe = range(4) | ly.data.map(wait(0.002)) | ly.data.cache()
    list(pipe)
    found = timing(pipe, count=4, warm_up=0)
    assert found.steps[-1].expression == "cache()"
    assert found.seconds < 0.001


class Doubled(View):
    """A view that hides its source where it is not looked for."""

    def __init__(self, source):
        super().__init__()
        self._hidden = [[source]]

    def __len__(self):
        return len(self._hidden[0][0])

    def at(self, index, moment):
        return 2 * take(self._hidden[0][0], index, moment)

    @property
    def sources(self):
        return (self._hidden[0][0],)

    def __repr__(self):
        return "doubled()"


def test_a_view_that_cannot_be_taken_apart_is_one_step_with_all_it_reads():
    found = timing(Doubled(range(9) | ly.data.map(wait(0.002))) | ly.data.batch(3), count=3, warm_up=0)
    assert [step.expression for step in found.steps][-2:] == ["doubled()", "batch(3)"]
    assert by_name(found)["doubled()"].seconds >= 0.002
    assert by_name(found)["doubled()"].beneath == ()


def test_broken_elements_are_told_and_not_counted():
    found = timing(range(4) | ly.data.map(lambda x: 1 / (x - 1)), count=4, warm_up=0)
    assert (found.count, [fault.index for fault in found.broken]) == (3, [1])
    assert "broken: element 1: ZeroDivisionError" in repr(found)
    with pytest.raises(DataError, match="no element could be read; element 0: ZeroDivisionError"):
        timing([0] | ly.data.map(lambda x: 1 / x))


def test_guarded_and_plain_data_can_be_timed():
    assert [step.calls for step in timing([1, 2, 3]).steps] == [1.0]
    calls = []
    timing(range(30), count=4, warm_up=1, progress=lambda *call: calls.append(call))
    assert calls == [(done, 5) for done in range(1, 6)]
    assert timing(range(30), count=20, warm_up=0, progress=lambda done, _: done < 3).count == 3


@pytest.mark.parametrize(("pipe", "how"), [([], {}), ([1], {"count": 0}), ([1], {"warm_up": -1})])
def test_wrong_questions_are_refused_at_the_door(pipe, how):
    with pytest.raises(DataError, match="timing wants a pipe with elements"):
        timing(pipe, **how)


def test_the_report_is_a_table_in_the_unit_that_suits():
    words = repr(timing(range(8) | ly.data.map(wait(0.002)) | ly.data.batch(2))).splitlines()
    assert words[0].endswith("an element, the median of 2, on one thread")
    assert words[2].split()[0] == "map(waited)"
    assert "x 2" in words[2]
    assert [duration(value) for value in (61.0, 0.25, 0.0)] == ["61 s", "250 ms", "0 µs"]


@pytest.mark.parametrize("sound", [1, 2, 3])
def test_what_few_can_be_read_are_timed_and_the_broken_ones_named(sound):
    def made(number):
        if number >= sound:
            raise OSError("torn")
        return float(number)

    found = timing(range(5) | ly.data.map(made))
    assert [fault.index for fault in found.broken] == list(range(sound, 5))
    assert [step.calls for step in found.steps] == [1.0, 1.0]
