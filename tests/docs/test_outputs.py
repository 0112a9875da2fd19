"""The outputs of every tutorial are those of its code; one whose code changed is told, and can be run anew."""

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import outputs
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).parents[2]
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def tutorial() -> NotebookNode:
    cells = [
        new_markdown_cell("# Two"),
        new_code_cell("two = 1 + 1", execution_count=1),
        new_code_cell("#| fig-alt: two\nprint(two)\ntwo", execution_count=2, outputs=[new_output("stream", text="2")]),
    ]
    book = new_notebook(cells=cells, metadata=KERNEL)
    book.metadata["leyden"] = {"code": outputs.fingerprint(book)}
    return book


def save(root: Path, book: NotebookNode) -> Path:
    path = root / "tutorials" / "01-two.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(book, path)
    return path


def test_the_outputs_of_every_tutorial_are_those_of_its_code() -> None:
    faults = outputs.check(ROOT)
    assert not faults, "\n".join(faults)
    assert list((ROOT / "tutorials").glob("*.ipynb"))


CHANGES: dict[str, Callable[[NotebookNode], object]] = {
    "a number": lambda book: book.cells[1].update(source="two = 1 + 2"),
    "a cell more": lambda book: book.cells.append(new_code_cell("two")),
    "a cell less": lambda book: book.cells.pop(1),
    "the order": lambda book: book.cells.reverse(),
    "two cells made one": lambda book: (
        book.cells[1].update(source="two = 1 + 1\nprint(two)\ntwo"),
        book.cells.pop(2),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_code_that_changed_after_its_outputs_were_made_is_told(change: str, tmp_path: Path) -> None:
    book = tutorial()
    CHANGES[change](book)
    save(tmp_path, book)
    (line,) = outputs.check(tmp_path)
    name = "tutorials/01-two.ipynb"
    assert line == f"{name}: its code changed after its outputs were made; python docs/outputs.py run {name}"


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book.cells[0].update(source="# Two, in words"),
        lambda book: book.cells[2].update(source="#| fig-alt: the number two\nprint(two)\ntwo"),
        lambda book: book.cells[2].metadata.update(tags=["nbval-check-output"]),
        lambda book: book.cells.insert(0, new_markdown_cell("before")),
    ],
    ids=["prose", "alt text", "tag", "cell of prose"],
)
def test_what_does_not_run_may_change(change: Callable[[NotebookNode], object], tmp_path: Path) -> None:
    book = tutorial()
    change(book)
    save(tmp_path, book)
    assert outputs.check(tmp_path) == []


@pytest.mark.parametrize("held", [None, {}, {"code": "0"}, "yes"], ids=str)
def test_a_missing_or_foreign_stamp_is_told(held: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tutorial()
    book.metadata.pop("leyden") if held is None else book.metadata.update(leyden=held)
    save(tmp_path, book)
    assert outputs.main(["check", str(tmp_path)]) == 1
    reason = "its code changed after its outputs were made" if held == {"code": "0"} else "its outputs carry no stamp"
    assert reason in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is no notebook of format 4: "),
        ("[]", "is no notebook of format 4: "),
        (json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]}), "is no notebook of format 4"),
    ],
    ids=["cut", "list", "cell"],
)
def test_a_broken_file_is_told_without_a_traceback(
    text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = save(tmp_path, tutorial())
    path.write_text(text)
    assert outputs.main(["check", str(tmp_path)]) == 1
    assert capsys.readouterr().out.startswith(f"tutorials/01-two.ipynb: {told}")
    assert outputs.main(["run", str(path), str(tmp_path / "none.ipynb")]) == 1
    shown = capsys.readouterr().err
    assert f"{path}: {told}" in shown
    assert "none.ipynb: cannot be read: No such file or directory" in shown
    assert path.read_text() == text


def test_a_run_stores_what_was_shown_and_stamps_it(tmp_path: Path) -> None:
    book = tutorial()
    book.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    book.cells[1].source = "two = 1 + 2"
    book.cells[1].metadata["execution"] = {"iopub.execute_input": "2026-11-22T07:00:00Z"}
    book.cells[2].source += "\nimport os, pathlib, ipywidgets\n"
    book.cells[2].source += "print(os.environ['OMP_NUM_THREADS'], pathlib.Path().resolve().name)\nipywidgets.HTML('3')"
    path = save(tmp_path, book)
    assert outputs.main(["run", str(path)]) == 0
    assert outputs.check(tmp_path) == []
    text = path.read_text(encoding="utf-8")
    made = outputs.read_tutorial(path)
    words, shown = made.cells[2].outputs
    assert words.text == "3\n1 tutorials\n"
    assert list(shown.data) == ["text/plain"]
    assert sorted(made.metadata) == ["kernelspec", "leyden"]
    assert [cell.metadata for cell in made.cells] == [{}, {}, {}]
    assert [cell.execution_count for cell in made.cells[1:]] == [1, 2]
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def test_a_run_that_fails_changes_nothing(tmp_path: Path) -> None:
    book = tutorial()
    book.cells[2].source = "assert two == 3"
    before = json.dumps(book)
    with pytest.raises(outputs.Failed, match="AssertionError"):
        outputs.executed(book, tmp_path)
    assert json.dumps(book) == before
