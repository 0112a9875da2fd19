"""The issue forms are such as GitHub takes, and give labels that exist. Source: its syntax for issue forms."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github/ISSUE_TEMPLATE"
FORMS = sorted(path for path in FOLDER.glob("*.yml") if path.name != "config.yml")
LABELS = {label["name"] for label in yaml.safe_load((ROOT / ".github/labels.yml").read_text(encoding="utf-8"))}
TOP = {"name", "description", "body", "title", "labels", "assignees", "projects", "type"}
ATTRIBUTES = {  # of each type of element: what it must have, and what it may
    "markdown": ({"value"}, set[str]()),
    "input": ({"label"}, {"description", "placeholder", "value"}),
    "textarea": ({"label"}, {"description", "placeholder", "value", "render"}),
    "dropdown": ({"label", "options"}, {"description", "multiple", "default"}),
    "checkboxes": ({"label", "options"}, {"description"}),
}


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def element_faults(element: dict[str, Any]) -> list[str]:
    """What is wrong with one element of a form's body."""
    kind, held = element.get("type"), element.get("attributes", {})
    if kind not in ATTRIBUTES:
        return [f"type {kind!r} is none of {', '.join(ATTRIBUTES)}"]
    must, may = ATTRIBUTES[kind]
    outer = {"type", "attributes"} if kind == "markdown" else {"type", "id", "attributes", "validations"}
    faults = [f"{kind}: {key} is missing" for key in sorted(must - set(held))]
    faults += [f"{kind}: {key} is unknown" for key in sorted((set(held) - must - may) | (set(element) - outer))]
    faults += [f"{kind}: id is missing" for _ in [0] if kind != "markdown" and not element.get("id")]
    if not set(element.get("validations", {})) <= {"required"}:
        faults.append(f"{kind}: validations has required alone")
    options = held.get("options", ["one"])
    if kind == "checkboxes" and not all(isinstance(one, dict) and "label" in one for one in options):
        faults.append("checkboxes: an option has a label")
    if kind == "dropdown" and not all(isinstance(one, str) and one.lower() != "none" for one in options):
        faults.append("dropdown: an option is a text, and not none")
    names = [one.get("label") if isinstance(one, dict) else one for one in options]
    return faults + [f"{kind}: options are there twice" for _ in [0] if len(set(names)) < len(names) or not names]


def form_faults(form: dict[str, Any]) -> list[str]:
    """What is wrong with a form: GitHub shows none of it otherwise."""
    faults = [f"{key} is missing" for key in ("name", "description", "body") if not form.get(key)]
    faults += [f"{key} is unknown" for key in sorted(set(form) - TOP)]
    faults += [
        f"label {label!r} is not in .github/labels.yml" for label in form.get("labels", []) if label not in LABELS
    ]
    body = form.get("body") or []
    faults += [fault for element in body for fault in element_faults(element)]
    if not any(element.get("type") != "markdown" for element in body):
        faults.append("body asks for nothing")
    for what, found in (
        ("id", [element["id"] for element in body if element.get("id")]),
        (
            "label",
            [element.get("attributes", {}).get("label") for element in body if element.get("type") != "markdown"],
        ),
    ):
        faults += [
            f"{what} {one!r} is there twice" for one in sorted({str(one) for one in found if found.count(one) > 1})
        ]
    return faults


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_is_valid(path: Path) -> None:
    assert form_faults(load(path)) == []


GOOD = {
    "name": "A jar",
    "description": "of glass",
    "labels": ["state: new"],
    "body": [
        {"type": "input", "id": "size", "attributes": {"label": "How large?"}},
        {"type": "dropdown", "id": "lid", "attributes": {"label": "Lid?", "options": ["cork", "brass"]}},
    ],
}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda form: form.pop("description"), "description is missing"),
        (lambda form: form.update(about="jars"), "about is unknown"),
        (lambda form: form.update(labels=["bug"]), "label 'bug' is not in .github/labels.yml"),
        (lambda form: form["body"].clear(), "body asks for nothing"),
        (lambda form: form["body"][0].update(type="text"), "type 'text' is none of markdown, input"),
        (lambda form: form["body"][0].pop("id"), "input: id is missing"),
        (lambda form: form["body"][0]["attributes"].pop("label"), "input: label is missing"),
        (lambda form: form["body"][0]["attributes"].update(render="python"), "input: render is unknown"),
        (lambda form: form["body"][0].update(required=True), "input: required is unknown"),
        (lambda form: form["body"][0].update(validations={"must": True}), "input: validations has required alone"),
        (lambda form: form["body"][1].update(id="size"), "id 'size' is there twice"),
        (lambda form: form["body"][1]["attributes"].update(label="How large?"), "label 'How large?' is there twice"),
        (lambda form: form["body"][1]["attributes"].update(options=["None"]), "dropdown: an option is a text"),
        (lambda form: form["body"][1]["attributes"].update(options=["a", "a"]), "dropdown: options are there twice"),
        (lambda form: form["body"][1].update(type="checkboxes"), "checkboxes: an option has a label"),
    ],
)
def test_a_bad_form_is_told(change: Callable[[Any], object], fault: str) -> None:
    form = copy.deepcopy(GOOD)
    assert form_faults(form) == []
    change(form)
    assert [line for line in form_faults(form) if line.startswith(fault)]


def test_each_kind_of_issue_that_comes_from_outside_has_its_form_and_starts_new() -> None:
    given = [load(path)["labels"] for path in FORMS]
    assert sorted(given) == [[f"kind: {kind}", "state: new"] for kind in ("claim", "defect", "question", "wish")]


def test_no_issue_comes_without_a_form() -> None:
    assert load(FOLDER / "config.yml") == {"blank_issues_enabled": False}


def test_forms_ask_for_the_areas_that_are_labels() -> None:
    areas = sorted(label.removeprefix("area: ") for label in LABELS if label.startswith("area: "))
    for name in ("defect.yml", "wish.yml"):
        (asked,) = [element for element in load(FOLDER / name)["body"] if element.get("id") == "area"]
        assert sorted(set(asked["attributes"]["options"]) - {"I do not know"}) == areas


def test_the_pull_request_template_asks_for_what_contributing_asks() -> None:
    asked = (ROOT / ".github/pull_request_template.md").read_text(encoding="utf-8")
    for thing in (
        "`make lint` and `make test` pass",
        "docs/changes.md",
        "python docs/outputs.py run",
        "was measured by",
    ):
        assert thing in asked


def test_every_file_has_an_owner() -> None:
    lines = (ROOT / ".github/CODEOWNERS").read_text(encoding="utf-8").splitlines()
    rules = [line.split() for line in lines if line and not line.startswith("#")]
    assert rules[0][0] == "*"
    assert all(len(rule) > 1 and all(owner.startswith("@") for owner in rule[1:]) for rule in rules)
