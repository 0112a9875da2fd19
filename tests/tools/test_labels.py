"""Labels are written down once: forms, governance page and tool know those of .github/labels.yml and no others."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import triage
from house import names

ROOT = Path(__file__).parents[2]
LABELS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".github/labels.yml").read_text(encoding="utf-8"))
MEANING = {label["name"]: label["description"] for label in LABELS}
GOVERNANCE = (ROOT / "docs/governance.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \| ([^|]+?) \|(?: ([^|]+?) \| ([^|]+?) \|)?$", GOVERNANCE, re.MULTILINE)


def label_faults(labels: list[dict[str, Any]]) -> list[str]:
    """What GitHub would refuse, or show other than it was meant."""
    faults = []
    for label in labels:
        name = label.get("name")
        if set(label) != {"name", "color", "description"} or not all(isinstance(part, str) for part in label.values()):
            faults.append(f"{name}: a label has a name, a color and a description, all texts")
            continue
        if not re.fullmatch(r"[0-9a-f]{6}", label["color"]):
            faults.append(f"{name}: color {label['color']!r} is not six hexadecimal digits")
        if not 0 < len(label["description"]) <= 100:
            faults.append(f"{name}: the description has {len(label['description'])} characters, not 1 to 100")
        if not 0 < len(label["name"]) <= 50 or label["name"] != label["name"].strip().lower():
            faults.append(f"{name}: the name has 1 to 50 characters, in lower case")
    named = [label.get("name") for label in labels]
    return faults + [f"{name}: is there twice" for name in sorted({name for name in named if named.count(name) > 1})]


def test_the_labels_can_be_made() -> None:
    assert label_faults(LABELS) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"colour": "red"}, "a label has a name, a color and a description, all texts"),
        ({"color": 123456}, "a label has a name, a color and a description, all texts"),
        ({"color": "#b60205"}, "color '#b60205' is not six hexadecimal digits"),
        ({"description": "x" * 101}, "the description has 101 characters, not 1 to 100"),
        ({"name": "Kind: jar"}, "the name has 1 to 50 characters, in lower case"),
    ],
    ids=str,
)
def test_a_bad_label_is_told(change: dict[str, Any], fault: str) -> None:
    good = {"name": "kind: jar", "color": "b60205", "description": "Of glass."}
    assert label_faults([good]) == []
    assert [line.split(": ", 2)[2] for line in label_faults([{**good, **change}])] == [fault]
    assert label_faults([good, good]) == ["kind: jar: is there twice"]


def test_the_tool_knows_these_labels_and_no_others() -> None:
    assert sorted(triage.KNOWN) == sorted(MEANING)


def test_the_governance_page_explains_every_label_in_the_words_of_the_list() -> None:
    explained = {name: meaning for name, meaning, *_ in ROWS}
    assert len(explained) == len(ROWS)
    areas = {name for name in MEANING if name.startswith("area: ")}
    assert explained == {name: meaning for name, meaning in MEANING.items() if name not in areas}
    assert "`area: data` and the like, one a room, `area: documentation` and `area: building`" in GOVERNANCE


def test_the_pipeline_has_seven_steps_in_the_order_of_the_tool_each_with_somebody_and_a_next_one() -> None:
    steps = [row for row in ROWS if row[0].startswith("state: ")]
    assert [name for name, *_ in steps] == list(triage.LIMITS)
    assert len(steps) == 7
    assert all(setter and after for _, _, setter, after in steps)


def test_the_limits_of_the_tool_are_those_that_the_page_promises() -> None:
    told = {"a week": 7, "two weeks": 14, "four weeks": 28, "a month": 30, "half a year": 180}
    for name, _, _, after in ROWS[: len(triage.LIMITS)]:
        said = [days for words, days in told.items() if re.search(rf"(?:within|after) {words}\b", after)]
        assert said == [triage.LIMITS[name]], name


def test_every_room_is_an_area() -> None:
    hidden = {"types", "errors"}  # what every room stands on; nobody has an issue with them alone
    rooms = names.submodules(ROOT / "package/leyden") - hidden
    areas = {name.removeprefix("area: ") for name in MEANING if name.startswith("area: ")}
    assert areas == rooms | {"documentation", "building"}
