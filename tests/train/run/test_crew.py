import gc
import threading
import weakref

import pytest
import torch

from leyden.train.run.crew import Crew

pytestmark = pytest.mark.usefixtures("nothing_left")


def test_what_was_given_is_done_in_order_before_a_crew_is_dismissed():
    crew = Crew(1, threads=1)
    done = []
    for number in range(5):
        crew.submit(lambda number=number: done.append(number))
    crew.dismiss()
    crew.dismiss()
    assert done == [0, 1, 2, 3, 4]


def test_a_crew_keeps_its_cores_to_itself():
    before = torch.get_num_threads()
    found = []
    crew = Crew(1, threads=before + 2)
    crew.submit(lambda: found.append(torch.get_num_threads()))
    crew.dismiss()
    assert (found, torch.get_num_threads()) == ([before + 2], before)


def test_a_crew_that_was_dropped_ends():
    crew = Crew(2, threads=1)
    watched = weakref.ref(crew)
    names = {each.name for each in threading.enumerate()}
    assert {"leyden-reader-0", "leyden-reader-1"} <= names
    del crew
    gc.collect()
    assert watched() is None


def test_a_crew_dismissed_by_one_of_its_own_threads_does_not_wait_for_it():
    crew = Crew(1, threads=1)
    over = threading.Event()

    def dismiss():
        assert crew.member()
        crew.dismiss()
        over.set()

    crew.submit(dismiss)
    assert over.wait(5)
    assert not crew.member()
