"""An export is read as gh or REST wrote it; a bad one is told in sentences, all faults at once."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from issue_export import BadExport, read_export

GH: dict[str, Any] = {
    "number": 7,
    "title": "A slider jumps",
    "labels": [{"id": "x", "name": "kind: defect", "description": "", "color": "b60205"}, {"name": "State: Waiting"}],
    "createdAt": "2026-10-01T08:00:00Z",
    "updatedAt": "2026-11-02T23:30:00-02:00",
    "comments": [
        {"author": {"login": "grace"}, "createdAt": "2026-10-03T08:00:00Z", "body": "Which version?"},
        {"author": {"login": "ada"}, "createdAt": "2026-10-04T08:00:00Z", "body": "0.1.0"},
    ],
    "assignees": [{"login": "grace"}],
    "author": {"login": "ada"},
}
REST: dict[str, Any] = {
    "number": 7,
    "title": "A slider jumps",
    "state": "open",
    "labels": [{"name": "kind: defect"}, "state: waiting"],
    "created_at": "2026-10-01T08:00:00Z",
    "updated_at": "2026-11-03T01:30:00Z",
    "comments": 2,
    "assignees": [{"login": "grace"}],
    "user": {"login": "ada"},
}


def read(*entries: Any) -> Any:
    return read_export(json.dumps(list(entries)))


def test_gh_and_rest_tell_the_same_issue() -> None:
    (gh,), (rest,) = read(GH).issues, read(REST).issues
    assert gh.labels == rest.labels == {"kind: defect", "state: waiting"}
    assert (gh.created, gh.updated) == (rest.created, rest.updated) == (date(2026, 10, 1), date(2026, 11, 3))
    assert gh.assignees == rest.assignees == ("grace",)
    assert (gh.asked, gh.answered) == (date(2026, 10, 3), date(2026, 10, 4))
    assert (rest.asked, rest.answered) == (None, None)


@pytest.mark.parametrize(
    ("writers", "asked", "answered"),
    [
        ([], None, None),
        (["ada"], None, None),
        (["grace"], 1, None),
        (["ada", "grace"], 2, None),
        (["grace", "ada", "ada"], 1, 3),
        (["grace", "ada", "grace"], 3, None),
        (["grace", None], 2, None),
    ],
    ids=str,
)
def test_whose_turn_it_is_follows_from_who_wrote_last(
    writers: list[str | None], asked: int | None, answered: int | None
) -> None:
    comments = [
        {"author": name and {"login": name}, "createdAt": f"2026-10-0{day}T08:00:00Z"}
        for day, name in enumerate(writers, start=1)
    ]
    (issue,) = read({**GH, "comments": comments}).issues
    assert [issue.asked and issue.asked.day, issue.answered and issue.answered.day] == [asked, answered]


def test_nothing_open_is_an_export_too() -> None:
    assert read_export("[]") == ([], 0)


def test_closed_issues_and_pull_requests_are_passed_over() -> None:
    export = read(GH, {**REST, "number": 8, "state": "closed"}, {**REST, "number": 9, "pull_request": {"url": "u"}})
    assert [issue.number for issue in export.issues] == [7]
    assert export.passed_over == 2


def test_pages_and_search_results_are_read_and_what_comes_twice_counts_once() -> None:
    older = {**REST, "updated_at": "2026-11-01T00:00:00Z"}
    for value in ([[older], [REST, {**REST, "number": 3}]], {"items": [REST, {**REST, "number": 3}, older]}):
        export = read_export(json.dumps(value))
        assert [(issue.number, issue.updated.day) for issue in export.issues] == [(3, 3), (7, 3)]
        assert export.passed_over == 1


def test_what_an_account_left_behind_is_read() -> None:
    (issue,) = read({**GH, "author": None, "assignees": None}).issues
    assert issue.assignees == ()
    assert issue.asked == date(2026, 10, 4)


def test_a_title_cannot_move_the_cursor_or_break_the_line() -> None:
    (issue,) = read({**GH, "title": "red \x1b[31m\u202e\nand  more"}).issues
    assert issue.title == "red [31m and more"


@pytest.fixture
def usual_depth() -> Iterator[None]:
    """As deep as Python goes by itself: what ran before in this process may have allowed more."""
    depth = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    yield
    sys.setrecursionlimit(depth)


@pytest.mark.usefixtures("usual_depth")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no JSON (Expecting value"),
        ("[{", "is no JSON (Expecting property name"),
        ("[] []", "Extra data: line 1 column 4 (char 3)); several pages in a row? gh api has --slurp"),
        ("[" * 100_000, "is no JSON (maximum recursion depth"),
        ("9" * 5000, "is no JSON (Exceeds the limit"),
        ("7", "holds one int, not a list of issues; write it with gh issue list --json"),
        ('{"message": "Not Found"}', "holds one dict, not a list of issues"),
    ],
    ids=["empty", "cut", "pages", "deep", "huge", "number", "refusal"],
)
def test_what_is_no_export_is_told(text: str, told: str) -> None:
    with pytest.raises(BadExport) as error:
        read_export(text)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"number": "7"}, "entry 1 (issue '7'): number is '7', not a whole number"),
        ({"number": True}, "number is True, not a whole number"),
        ({"title": None}, "title is None, not a text"),
        ({"createdAt": "last week"}, "createdAt is 'last week', not a moment such as '2026-11-22T07:30:00Z'"),
        ({"createdAt": 5}, "createdAt is 5, not a moment"),
        ({"createdAt": "0001-01-01T00:00:00+23:00"}, "not a moment"),
        ({"labels": "kind: defect"}, "labels is 'kind: defect', not a list of objects with a 'name'"),
        ({"labels": [{"colour": "red"}]}, "not a list of objects with a 'name'"),
        ({"assignees": [None]}, "assignees is [None], not a list of objects with a 'login'"),
        ({"comments": ["hello"]}, "comments holds 'hello', not an object"),
        ({"comments": [{"body": "hello"}]}, "createdAt is None, not a moment"),
    ],
    ids=str,
)
def test_an_entry_that_is_no_issue_is_told(change: dict[str, Any], told: str) -> None:
    with pytest.raises(BadExport, match="1 of 1 entries cannot be read; write it with gh") as error:
        read({**GH, **change})
    assert told in str(error.value)


def test_all_bad_entries_are_told_at_once() -> None:
    with pytest.raises(BadExport) as error:
        read("seven", GH, None, {**GH, "title": 3})
    lines = str(error.value).splitlines()
    assert lines[0].startswith("3 of 4 entries cannot be read")
    assert lines[1:] == [
        "entry 1 is 'seven', not an issue",
        "entry 3 is None, not an issue",
        "entry 4 (issue 7): title is 3, not a text",
    ]
