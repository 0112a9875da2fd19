import os

import pytest

from leyden.errors import TrainError
from leyden.train.run.machine import check_crew, cores


def test_cores_are_those_that_the_process_is_confined_to():
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        assert cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)
    assert cores() == len(allowed)


def test_cores_are_all_where_a_process_cannot_be_confined(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores() == 1


def test_a_crew_that_fits_is_accepted():
    check_crew("Threads", cores(), threads=1, insist=False)
    check_crew("Threads", 1, threads=cores(), insist=False)


def test_a_crew_that_does_not_fit_is_refused_with_what_to_do():
    many = cores() + 1
    told = rf"Dask: {many} worker\(s\) with 2 torch thread\(s\) each need {2 * many} cores; .* may use {cores()}"
    with pytest.raises(TrainError, match=told + r".*Take fewer, Serial\(\), or Dask\(\.\.\., insist=True\)"):
        check_crew("Dask", many, threads=2, insist=False)
    check_crew("Dask", many, threads=2, insist=True)


@pytest.mark.parametrize("wrong", [0, -1, True])
def test_numbers_that_make_no_sense_are_named_together(wrong):
    with pytest.raises(TrainError, match=r"workers is a whole number .*; threads is a whole number .*; given"):
        check_crew("Threads", wrong, threads=wrong, insist=True)
