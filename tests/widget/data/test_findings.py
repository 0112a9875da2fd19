import pytest
import torch

import leyden as ly
from leyden.data.look.twin import duplicates
from leyden.errors import DataError
from leyden.widget.data.element import Look
from leyden.widget.data.findings import (
    Findings,
    balance_picture,
    field_facts,
    groups_shown,
    pipeline_picture,
    search,
    survey,
)

TASKS = ("statistics", "duplicates", "timing")


def found_in(parts, pipe, *, tasks=TASKS, sample=None, progress=lambda _done, _total: True):
    notes = []
    survey(parts, pipe, tasks=tasks, look=Look(), sample=sample, near=8, progress=progress, note=notes.append)
    return notes


def test_one_pass_serves_statistics_and_duplicates(folder):
    first, second = found_in([("data", folder)], folder)
    assert folder.read[:30] == list(range(30))
    assert len(folder.read) == 30 + 18
    assert (first.statistics.seen, len(first.statistics.broken)) == (30, 1)
    assert [place.index for place in first.duplicates.exact[0]] == [5, 11]
    assert second.timing.steps[0].expression == "pictures of the test"


def test_progress_counts_all_that_will_be_read(folder):
    calls = []
    found_in([("data", folder), ("held out", [1, 2])], folder, progress=lambda *call: calls.append(call))
    assert calls == [(done, 50) for done in range(1, 51)]


def test_only_what_is_asked_for_is_read(folder):
    (only,) = found_in([("data", folder), ("held out", [1, 2])], folder, tasks=("statistics",), sample=5)
    assert folder.read == [0, 6, 12, 18, 24]
    assert (only.duplicates, only.timing) == (None, None)


def test_an_early_end_keeps_what_was_found_and_times_nothing(folder):
    (only,) = found_in([("data", folder)], folder, progress=lambda done, _total: done < 4)
    assert (only.statistics.seen, only.duplicates.seen) == (4, (4,))


def test_search_goes_round_from_the_present_and_ends():
    labels = ["a", "b", None, "a"]

    def look(wanted, start, **how):
        how.setdefault("progress", lambda _done, _total: True)
        return search(labels.__getitem__, wanted, start=start, count=4, **how)

    assert [look("a", 0), look("a", 3), look("b", 2), look("c", 0)] == [3, 0, 1, None]
    assert look("a", 0, progress=lambda done, _total: done < 1) is None
    with pytest.raises(DataError, match="no element has a label"):
        search(lambda _: None, "a", start=0, count=2, progress=lambda _done, _total: True)


def test_groups_that_do_harm_come_first():
    train = [(torch.full((4,), float(k)), 0) for k in (1, 2, 3, 1)]
    held = [(torch.full((4,), 2.0), 0), (torch.full((4,), 3.0), 1)]
    shown = groups_shown(duplicates(train, held))
    assert [words for words, _ in shown] == ["equal, in both parts, different labels", "equal, in both parts", "equal"]


def test_what_was_found_is_told_in_rows_and_pictures(folder):
    first, second = found_in([("data", folder)], folder | ly.data.batch(4))
    found = Findings(first.statistics, first.duplicates, second.timing)
    facts = dict(found.facts())
    assert facts["read"] == "30 of 30"
    assert facts["labels"] == "2 classes, 14 to 15 elements each"
    assert found.pictures()[0][0] == "Elements of every class: 0 15, 1 14"
    words, png = pipeline_picture(second.timing)
    assert "batch(4)" in words
    assert png.startswith(b"\x89PNG")
    assert Findings().facts() == Findings().pictures() == []
    assert balance_picture({str(k): k for k in range(60)}).startswith(b"\x89PNG")


def test_sizes_and_channels_are_worth_a_line():
    images = [torch.zeros(3, 8, 8 + k) for k in range(9)]
    (found,) = found_in([("data", images)], images, tasks=("statistics",))
    facts = dict(field_facts(found.statistics))
    assert facts["element: mean ± std by channel"] == "0 ± 0; 0 ± 0; 0 ± 0"
    assert facts["element: sizes"].endswith("and 3 more")
