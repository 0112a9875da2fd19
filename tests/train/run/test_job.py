import pytest

from leyden.errors import TrainError
from leyden.train.run.job import Job, Round


def failing(error):
    def act():
        raise error

    return act


def test_a_job_that_waits_for_itself_or_a_later_one_is_refused():
    with pytest.raises(TrainError, match=r"job 0, A, waits for job 0"):
        Round([Job("A", print, after=(0,))])
    with pytest.raises(TrainError, match=r"job 1, B, waits for job -1"):
        Round([Job("A", print), Job("B", print, after=(0, -1))])


def test_jobs_before_a_failed_one_begin_and_jobs_behind_it_do_not():
    done = []
    jobs = [Job(name, lambda name=name: done.append(name)) for name in "AB"]
    current = Round([jobs[0], Job("F", failing(KeyError("gone"))), jobs[1]])
    for place in (1, 2, 0):
        current.perform(place)
    assert done == ["A"]
    with pytest.raises(KeyError, match="gone"):
        current.settle()


def test_the_first_error_in_the_list_is_raised_and_names_its_job():
    current = Round([Job("Early", failing(ValueError("early"))), Job("Late", failing(ValueError("late")))])
    current.perform(1)
    current.perform(0)
    with pytest.raises(ValueError, match="early") as caught:
        current.settle()
    assert caught.value.__notes__ == ["raised by Early, in the thread MainThread"]


def test_an_error_that_is_raised_twice_is_noted_once():
    error = ValueError("again")
    for _ in range(2):
        current = Round([Job("A", failing(error))])
        current.perform(0)
        with pytest.raises(ValueError, match="again"):
            current.settle()
    assert len(error.__notes__) == 1


def test_nothing_begins_in_a_round_that_was_stopped():
    done = []
    current = Round([Job("A", lambda: done.append("A"))])
    current.stop()
    current.perform(0)
    current.settle()
    assert not done
