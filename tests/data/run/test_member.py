import pickle
import traceback

import cloudpickle
import pytest
import torch

import leyden as ly
from leyden.data.run.member import Failure
from leyden.errors import DataError, UnreadableImage


def travelled(failure):
    return pickle.loads(cloudpickle.dumps(failure)).raised()


def test_an_error_arrives_with_its_cause_and_its_story():
    error = travelled(Failure(UnreadableImage("is empty"), KeyError("x"), "Traceback: line 7"))
    assert type(error) is UnreadableImage
    assert isinstance(error.__cause__, KeyError)
    assert "line 7" in "".join(traceback.format_exception(error))


def test_an_error_without_a_cause_carries_its_own_story():
    assert "line 7" in "".join(traceback.format_exception(travelled(Failure(DataError("x"), None, "line 7"))))


class Stubborn(Exception):
    """Cannot be made again from what it says."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def fail(x):
    if x == 3:
        raise Stubborn(1, 2)
    return x


def test_an_error_that_cannot_travel_is_told_in_words():
    with pytest.raises(DataError, match=r"element 3 of .*: Stubborn: 1 and 2") as caught:
        list(range(9) | ly.data.map(fail) | ly.data.parallel(2, kind="processes", start="fork"))
    assert "Stubborn: 1 and 2" in str(caught.value.__cause__)
    assert "in fail" in "".join(traceback.format_exception(caught.value))


def test_workers_run_torch_on_one_core_and_record_gradients_as_the_reader_does():
    weight = torch.ones(1, requires_grad=True)
    look = ly.data.map(lambda x: (torch.get_num_threads(), (weight * x).requires_grad))
    pipe = range(4) | look | ly.data.parallel(2, kind="processes", start="fork")
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert list(pipe) == [(1, True)] * 4
        with torch.no_grad():
            assert list(pipe) == [(1, False)] * 4
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_openmp_of_the_reader_does_not_hang_a_fork():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        expected = torch.ones(400, 400) @ torch.ones(400, 400)
        pipe = range(4) | ly.data.map(lambda x: torch.ones(400, 400) @ torch.ones(400, 400))
        assert all(torch.equal(x, expected) for x in pipe | ly.data.parallel(2, kind="processes", start="fork"))
    finally:
        torch.set_num_threads(before)


def test_functions_that_draw_by_themselves_draw_differently_in_every_process():
    pipe = range(8) | ly.data.map(lambda _: float(torch.rand(()))) | ly.data.parallel(2, kind="processes", start="fork")
    first, second = list(pipe), list(pipe)
    assert len({*first, *second}) == 16


def test_a_spawned_process_makes_numbers_of_the_type_that_the_reader_makes():
    pipe = [1.5, 2.5] | ly.data.batch(2) | ly.data.parallel(1, kind="processes", start="spawn")
    torch.set_default_dtype(torch.float64)
    try:
        (made,) = pipe
    finally:
        torch.set_default_dtype(torch.float32)
    assert made.dtype is torch.float64
