import re

import pytest

from leyden.widget.base import STATES, bar_html, clock, state_html, told_progress
from leyden.widget.base import view as base_view


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.4, "0 s"), (59.6, "1 min 00 s"), (61, "1 min 01 s"), (3600, "1 h 00 min"), (7260, "2 h 01 min")],
)
def test_a_time_is_told_as_exactly_as_one_wants_to_know_it(seconds, told):
    assert clock(seconds) == told


def test_what_is_not_known_is_left_out():
    assert told_progress(3, 0, "steps", seconds=5, remaining=None) == "5 s"
    assert told_progress(3, 9, "steps", seconds=5, remaining=10) == "3 of 9 steps · 5 s · 10 s left"


def test_a_state_is_told_to_those_who_do_not_see_it_and_words_are_escaped():
    told = state_html("running", ["<b>", "", "of 9"])
    assert 'role="status"' in told
    assert "&lt;b&gt;" in told
    assert told.count("quiet") == 2
    assert 'aria-label="steps &quot;all&quot;"' in bar_html(0.5, 'steps "all"')
    assert 'aria-valuenow="50"' in bar_html(0.5, "steps")


def test_every_state_that_is_not_idle_has_its_colour():
    coloured = set(re.findall(r"\.state\.(\w+)", base_view._STYLE))
    assert set(STATES) - coloured == {"idle"}
