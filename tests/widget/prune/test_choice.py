import pytest

from leyden.errors import PanelError
from leyden.widget.prune.choice import Choice, History


def test_a_choice_tells_what_is_asked_for():
    assert str(Choice(0.995, "random", "every weight", 2)) == "99.5% of every weight by random, from tuning 2"


def test_a_history_walks_back_and_forward_through_values():
    start, half, most = Choice(), Choice(0.5), Choice(0.9)
    history = History(start).to(half).to(most)
    assert history.back().back() == History(start, (), (half, most))
    assert history.back().forward() == history


def test_another_choice_ends_what_could_be_redone():
    history = History(Choice()).to(Choice(0.5)).back().to(Choice(0.25))
    with pytest.raises(PanelError, match="nothing to redo"):
        history.forward()


def test_the_same_choice_is_no_step():
    history = History(Choice()).to(Choice(0.5))
    assert history.to(Choice(0.5)) is history
    with pytest.raises(PanelError, match="nothing to undo: this is where it began"):
        history.back().back()
