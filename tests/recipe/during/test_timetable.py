from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import PruneError
from leyden.recipe.during import Timetable


@given(st.integers(1, 5), st.integers(0, 10), st.integers(1, 4), st.integers(0, 40))
def test_what_is_due_is_what_a_walk_through_time_counts(changes, begin, every, now):
    times = [begin + number * every for number in range(changes)]
    assert Timetable(changes, begin=begin, every=every).due(now) == sum(time <= now for time in times)
    assert Timetable(changes, begin=begin, every=every).last == times[-1]


@pytest.mark.usefixtures("unchecked")
def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(PruneError) as told:
        Timetable(1, begin=-1, every=0, unit=cast("Any", "batch"))
    assert str(told.value) == (
        "begin is a whole number of 0 or more; -1 was given; every is a whole number of 1 or more; 0 was given; "
        'unit is "epoch" or "step"; \'batch\' was given'
    )


@pytest.mark.parametrize("every", [True, 0.5, "1"])
@pytest.mark.usefixtures("unchecked")
def test_only_whole_numbers_count(every):
    with pytest.raises(PruneError, match="every is a whole number"):
        Timetable(1, every=every)
