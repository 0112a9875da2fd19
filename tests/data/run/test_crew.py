import pytest

from leyden.data.run.crew import Crew, handed_out


class Late(Crew):
    """Answers the newest task first; some fail."""

    def __init__(self, wrong=()):
        self.workers, self.wrong = 2, wrong
        self.log, self.waiting, self.most = [], [], 0

    def start(self):
        self.log.append("start")

    def submit(self, number, task):
        self.waiting.append((number, task))
        self.most = max(self.most, len(self.waiting))

    def receive(self):
        number, task = self.waiting.pop()
        self.log.append(task)
        return number, task, ValueError(task) if task in self.wrong else None

    def dismiss(self):
        self.log.append("end")


def test_answers_are_handed_out_in_order_and_never_too_many_are_asked_for():
    crew = Late()
    assert list(handed_out(crew, "abcdefgh", window=3, ordered=True)) == list("abcdefgh")
    assert crew.most == 3
    assert crew.log[0] == "start"
    assert crew.log[-1] == "end"


def test_without_order_they_come_as_they_are_done():
    assert "".join(handed_out(Late(), "abcdefgh", window=3, ordered=False)) == "cdefghba"


def test_the_crew_is_gone_before_the_last_is_handed_out():
    crew = Late()
    loop = handed_out(crew, "abc", window=4, ordered=True)
    assert next(loop) == "a"
    assert "end" not in crew.log
    assert [next(loop), next(loop)] == ["b", "c"]
    assert crew.log[-1] == "end"


def test_an_error_comes_in_its_turn_and_nothing_is_asked_for_once_it_is_known():
    crew, seen = Late(wrong="cd"), []
    with pytest.raises(ValueError, match="c"):
        seen.extend(handed_out(crew, "abcdefgh", window=4, ordered=True))
    assert crew.log == ["start", "d", "c", "b", "a", "end"]
    crew = Late(wrong="cd")
    with pytest.raises(ValueError, match="d"):
        list(handed_out(crew, "abcdefgh", window=4, ordered=False))
    assert crew.log == ["start", "d", "end"]


def test_a_loop_that_is_never_begun_starts_nothing():
    crew = Late()
    handed_out(crew, "abc", window=3, ordered=True)
    assert crew.log == []
    assert list(handed_out(crew, "", window=3, ordered=True)) == []
    assert crew.log == ["start", "end"]
