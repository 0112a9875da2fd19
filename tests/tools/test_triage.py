"""The tool says of an export what needs somebody; its export of today's issues is written by hand here."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import triage
from issue_export import read_export

ROOT = Path(__file__).parents[2]
TODAY = "2026-11-22"


def entry(number: int, *labels: str, **more: Any) -> dict[str, Any]:
    """An issue as gh exports it, opened and last touched on the day before TODAY unless told."""
    plain = {
        "number": number,
        "title": f"Issue {number}",
        "labels": [{"name": label} for label in labels],
        "createdAt": "2026-11-21T12:00:00Z",
        "updatedAt": "2026-11-21T12:00:00Z",
        "comments": [],
        "assignees": [],
        "author": {"login": "ada"},
    }
    return plain | more


def old(day: str) -> dict[str, str]:
    return {"createdAt": f"{day}T12:00:00Z", "updatedAt": f"{day}T12:00:00Z"}


def said(person: str, day: str) -> dict[str, Any]:
    return {"author": {"login": person}, "createdAt": f"{day}T12:00:00Z", "body": "..."}


def told(*entries: dict[str, Any]) -> list[tuple[str, int, int, bool, str]]:
    issues = read_export(json.dumps(entries)).issues
    found = triage.findings(issues, triage.date.fromisoformat(TODAY))
    return [(one.section, one.issue.number, one.days, one.late, one.say) for one in found]


GOOD = [
    ("kind: defect", "area: onnx", "state: confirmed"),
    ("kind: wish", "state: deciding"),
    ("kind: task", "weight: some day", "state: ready", "first hour"),
    ("kind: claim", "weight: next", "state: review"),
]


@pytest.mark.parametrize("labels", GOOD, ids=str)
def test_an_issue_on_its_way_is_not_told(labels: tuple[str, ...]) -> None:
    assert told(entry(1, *labels)) == []


def test_what_nobody_has_read_is_told_and_late_after_a_week() -> None:
    read = "read it; give it a kind, an area and a state"
    assert told(
        entry(1, "kind: defect", "state: new"),
        entry(2, **old("2026-11-15")),
        entry(3, "state: new", **old("2026-11-14")),
    ) == [("untriaged", 3, 8, True, read), ("untriaged", 2, 7, False, read), ("untriaged", 1, 1, False, read)]


def test_a_reporter_has_four_weeks_from_the_question() -> None:
    waiting = ("kind: defect", "state: waiting")
    asked = [said("ada", "2026-10-02"), said("grace", "2026-10-20")]
    assert told(
        entry(1, *waiting, comments=[said("grace", "2026-11-01")]),
        entry(2, *waiting, comments=asked, **old("2026-10-01")),
        entry(3, *waiting, comments=2, **old("2026-10-25")),
    ) == [
        ("waiting", 2, 33, True, "close it with end: no answer"),
        ("waiting", 3, 28, False, "its reporter was asked"),
        ("waiting", 1, 21, False, "its reporter was asked"),
    ]


def test_an_answer_ends_the_waiting() -> None:
    talk = [said("grace", "2026-11-01"), said("ada", "2026-11-02")]
    assert told(entry(1, "kind: defect", "state: waiting", comments=talk)) == [
        ("stuck", 1, 20, True, "its reporter has answered: read it")
    ]


@pytest.mark.parametrize("state", ["confirmed", "deciding", "ready", "taken", "review"])
def test_a_state_is_stale_one_day_after_its_limit(state: str) -> None:
    limit = triage.LIMITS[f"state: {state}"]
    labels = ("kind: task", "weight: next", f"state: {state}")
    assignees = [{"login": "grace"}] if state == "taken" else []
    for days in (limit, limit + 1):
        day = triage.date.fromordinal(triage.date.fromisoformat(TODAY).toordinal() - days).isoformat()
        lines = told(entry(1, *labels, assignees=assignees, **old(day)))
        assert [line[:4] for line in lines] == ([("stale", 1, days, True)] if days > limit else [])


@pytest.mark.parametrize(
    ("labels", "say"),
    [
        (("state: confirmed",), "give it a kind"),
        (("kind: wish", "state: ready"), "give it a weight"),
        (("kind: wish", "weight: next", "state: taken"), "assign it, or set state: ready"),
    ],
    ids=str,
)
def test_what_lacks_a_next_step_is_told(labels: tuple[str, ...], say: str) -> None:
    assert told(entry(1, *labels)) == [("stuck", 1, 1, True, say)]


@pytest.mark.parametrize(
    ("labels", "say"),
    [
        (("kind: wish", "state: confirmed", "state: deciding"), "keep one of state: confirmed, state: deciding"),
        (("kind: wish", "kind: defect", "state: deciding"), "keep one of kind: defect, kind: wish"),
        (("kind: wish", "state: deciding", "end: declined"), "close it, or take off end: declined"),
        (
            ("kind: wish", "state: deciding", "first hour"),
            "first hour is for what is ready: decide and describe it first",
        ),
    ],
    ids=str,
)
def test_labels_that_cannot_be_true_at_once_are_told(labels: tuple[str, ...], say: str) -> None:
    assert told(entry(1, *labels)) == [("contradictory", 1, 1, True, say)]


def test_an_issue_is_not_free_and_somebodys() -> None:
    (line,) = told(entry(1, "kind: wish", "weight: next", "state: ready", assignees=[{"login": "grace"}]))
    assert line[::4] == ("contradictory", "state: ready, yet assigned to grace: set state: taken, or assign nobody")


def test_labels_that_are_on_no_list_are_told_together() -> None:
    assert told(entry(1, "kind: wish", "state: deciding", "help wanted", "Duplicate")) == [
        ("unknown", 1, 1, True, "replace or list duplicate, help wanted")
    ]


def test_a_clock_that_is_ahead_is_no_age() -> None:
    assert told(entry(1, "state: new", **old("2026-11-25")))[0][2] == 0


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "issues.json"
    title = "Sliders | jump for @ada [here](x)"
    path.write_text(json.dumps([entry(12, "state: new", title=title, **old("2026-11-10")), entry(3)]))
    return path


def test_the_text_marks_what_is_late(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage.main([str(export), "--today", TODAY]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "2 open issues on 2026-11-22, 1 late",
        "",
        "Not read yet (2)",
        "  late    12 days  #12  Sliders | jump for @ada [here](x): read it; give it a kind, an area and a state",
        "            1 day  #3  Issue 3: read it; give it a kind, an area and a state",
    ]


def test_the_markdown_is_a_table_that_calls_nobody(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage.main([str(export), "--today", TODAY, "--format", "markdown"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == ["2 open issues on 2026-11-22, 1 late.", "", "## Not read yet", "", lines[4]]
    assert lines[5] == "|---|---:|---|---|"
    assert lines[6].startswith(r"| #12 Sliders \| jump for &#64;ada \[here\]\(x\) | 12 | yes | read it; ")
    assert len(lines) == 8


def test_the_json_is_for_programs(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage.main([str(export), "--today", TODAY, "--format", "json"]) == 1
    held = json.loads(capsys.readouterr().out)
    assert held["told"] == "2 open issues on 2026-11-22, 1 late"
    assert [(one["number"], one["section"], one["late"]) for one in held["findings"]] == [
        (12, "untriaged", True),
        (3, "untriaged", False),
    ]


def test_an_empty_export_needs_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "issues.json").write_bytes(b"\xef\xbb\xbf[]")  # with the mark that PowerShell puts before it
    for style in triage.WRITERS:
        assert triage.main([str(tmp_path / "issues.json"), "--today", TODAY, "--format", style]) == 0
        assert "0 open issues on 2026-11-22, 0 late" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"[1]", "1 of 1 entries cannot be read"),
        ("[]".encode("utf-16"), "is not UTF-8; in PowerShell"),
    ],
    ids=["missing", "wrong", "utf-16"],
)
def test_a_bad_file_is_a_sentence_and_status_2(
    content: bytes | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "issues.json"
    if content is not None:
        path.write_bytes(content)
    assert triage.main([str(path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"{path}: {message}")


def test_it_runs_alone_and_reads_the_standard_input() -> None:
    command = [sys.executable, "-E", "-S", str(ROOT / "tools/triage.py"), "-", "--today", TODAY]
    export = json.dumps([entry(4, "kind: task", "state: confirmed", title="Größer \u2192 \U0001f600", comments=0)])
    done = subprocess.run(command, input=export, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 open issue on 2026-11-22, 0 late\n"


def test_the_help_shows_how_an_export_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        triage.main(["--help"])
    assert end.value.code == 0
    (command,) = re.findall(r"gh issue list [^>]*> \S+", capsys.readouterr().out)
    page = (ROOT / "docs/governance.md").read_text(encoding="utf-8")
    assert " ".join(command.split()) in " ".join(page.split())
