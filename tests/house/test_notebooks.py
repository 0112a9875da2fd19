"""Each rule on notebooks passes a good notebook and a good tutorial, and names the fault of a bad one."""

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from house import notebooks
from house.fault import Fault

PICTURE = {"image/png": "aGk=", "text/plain": "<figure>"}
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
STAMPED = {**KERNEL, "leyden": {"code": 64 * "0"}}
CHECKED = {"tags": ["nbval-check-output"]}


def told_by(words: str) -> NotebookNode:
    return new_output("stream", text=words)


def tutorial() -> NotebookNode:
    cells = [
        new_markdown_cell("# Flip\n\nTurn it."),
        new_code_cell("epochs = 1", metadata={"tags": ["parameters"]}, execution_count=1),
        new_markdown_cell("## Turning round"),
        new_code_cell("show()", outputs=[new_output("display_data", PICTURE)] * 3, execution_count=2),
        new_code_cell("%time x = 1\nassert x == 1", metadata=CHECKED, outputs=[told_by("1 flip")], execution_count=3),
        new_markdown_cell("## Where to go next\n\nOnward."),
    ]
    return new_notebook(cells=cells, metadata=STAMPED)


def panel() -> NotebookNode:
    return new_notebook(cells=[new_code_cell("show()"), new_code_cell("")], metadata=KERNEL)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    save(tmp_path, "tutorials/01-flip.ipynb", tutorial())
    save(tmp_path, "notebooks/augment.ipynb", panel())
    return tmp_path


def save(tree: Path, name: str, book: NotebookNode) -> Path:
    (tree / name).parent.mkdir(exist_ok=True)
    nbformat.write(book, tree / name)
    return tree


def told(faults: list[Fault]) -> list[str]:
    return [str(fault).removeprefix("tutorials/").removeprefix("notebooks/") for fault in faults]


RULES = [
    notebooks.invalid_notebooks,
    notebooks.machine_traces,
    notebooks.failed_cells,
    notebooks.skipped_cells,
    notebooks.stored_outputs,
    notebooks.unexecuted_tutorials,
    notebooks.misnamed_tutorials,
    notebooks.bare_tutorials,
    notebooks.unproven_sections,
    notebooks.unchecked_tutorials,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_good_notebooks_keep_every_rule(tree: Path, rule: Callable[[Path], list[Fault]]) -> None:
    assert rule(tree) == []


def edited(edit: Callable[[NotebookNode], object]) -> NotebookNode:
    book = tutorial()
    edit(book)
    return book


BAD: dict[str, tuple[Callable[[Path], list[Fault]], Callable[[NotebookNode], object], str]] = {
    "kernel": (
        notebooks.invalid_notebooks,
        lambda book: book.metadata.kernelspec.update(name="torch"),
        "kernel: found 'torch'; allowed: 'python3'",
    ),
    "size": (
        notebooks.invalid_notebooks,
        lambda book: book.cells[0].update(source="x" * 2**21),
        "size: found 2.0 MB; allowed: 1 MB",
    ),
    "path": (
        notebooks.machine_traces,
        lambda book: book.cells[1].update(source="read('/ho" + "me/ada/x.png')"),
        "absolute path: found /ho" + "me/ada/x.png",
    ),
    "path shown": (
        notebooks.machine_traces,
        lambda book: book.cells[1].update(outputs=[new_output("stream", text="in /tm" + "p/x")]),
        "absolute path: found /tm" + "p/x",
    ),
    "error": (
        notebooks.failed_cells,
        lambda book: book.cells[1].update(outputs=[new_output("error", ename="E", evalue="", traceback=[])]),
        "01-flip.ipynb: cell 2: error output: found E; allowed: none",
    ),
    "skip tag": (
        notebooks.skipped_cells,
        lambda book: book.cells[3].metadata.update(tags=["nbval-skip"]),
        "cell 4: skipped cell: found nbval-skip",
    ),
    "skip comment": (
        notebooks.skipped_cells,
        lambda book: book.cells[3].update(source="# NBVAL_" + "SKIP\nx"),
        "cell 4: skipped cell: found a skip comment",
    ),
    "order": (
        notebooks.unexecuted_tutorials,
        lambda book: book.cells[4].update(execution_count=7),
        "execution counts: found [1, 2, 7]; allowed: 1 to 3, in order",
    ),
    "no outputs": (
        notebooks.unexecuted_tutorials,
        lambda book: (book.cells[3].update(outputs=[]), book.cells[4].update(outputs=[])),
        "outputs: found none",
    ),
    "parameters": (
        notebooks.bare_tutorials,
        lambda book: book.cells[1].metadata.update(tags=[]),
        "parameters: found 0 cells tagged so; allowed: one",
    ),
    "pictures": (
        notebooks.bare_tutorials,
        lambda book: book.cells[3].outputs.pop(),
        "pictures: found 2; allowed: 3 or more",
    ),
    "assert": (
        notebooks.unproven_sections,
        lambda book: book.cells[4].update(source="x == 1"),
        "assert: found none in section 'Turning round'; allowed: one a section",
    ),
    "sections": (
        notebooks.unproven_sections,
        lambda book: (book.cells[2].update(source="text"), book.cells[5].update(source="text")),
        "sections: found no ## heading",
    ),
    "compared outputs": (
        notebooks.unchecked_tutorials,
        lambda book: book.cells[4].update(metadata={}),
        "compared outputs: found none; allowed: a cell tagged nbval-check-output",
    ),
    "compared words": (
        notebooks.unchecked_tutorials,
        lambda book: book.cells[4].update(outputs=[new_output("display_data", {"image/png": "aGk="})]),
        "cell 5: compared outputs: found no words; allowed: text that every run gives",
    ),
    "stamp": (
        notebooks.unchecked_tutorials,
        lambda book: book.metadata.leyden.update(code="yesterday"),
        "stamp: found yesterday; allowed: what docs/outputs.py run writes",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_tutorial_is_told(tree: Path, name: str) -> None:
    rule, edit, expected = BAD[name]
    lines = told(rule(save(tree, "tutorials/01-flip.ipynb", edited(edit))))
    assert len(lines) == 1
    assert lines[0].startswith("01-flip.ipynb: ")
    assert expected in lines[0]


def test_an_old_format_has_no_cell_ids(tree: Path) -> None:
    book = nbformat.v4.new_notebook(metadata=KERNEL, nbformat_minor=4)
    (tree / "tutorials/01-flip.ipynb").write_text(nbformat.writes(book))
    assert told(notebooks.invalid_notebooks(tree)) == ["01-flip.ipynb: format: found 4.4; allowed: 4.5, with cell ids"]


def write(tree: Path, book: NotebookNode) -> Path:
    (tree / "notebooks/augment.ipynb").write_text(json.dumps(book))
    return tree


def test_missing_and_repeated_cell_ids_are_told(tree: Path) -> None:
    missing, repeated = panel(), panel()
    del missing.cells[0]["id"]
    repeated.cells[0].id = repeated.cells[1].id
    for book in (missing, repeated):
        lines = told(notebooks.invalid_notebooks(write(tree, book)))
        assert lines == ["augment.ipynb: cell ids: found missing or repeated ones; allowed: one a cell"]


def test_an_invalid_notebook_is_told(tree: Path) -> None:
    book = panel()
    book.cells[0].outputs = [{"output_type": "stream", "name": "stdout"}]
    (line,) = told(notebooks.invalid_notebooks(write(tree, book)))
    assert line.startswith("augment.ipynb: format: found")
    assert line.endswith("allowed: a valid notebook")


def test_a_panel_with_outputs_is_told(tree: Path) -> None:
    book = panel()
    book.cells[0].execution_count = 1
    lines = told(notebooks.stored_outputs(save(tree, "notebooks/augment.ipynb", book)))
    assert lines == ["augment.ipynb: stored outputs: found in cells [1]; allowed: none in notebooks/"]


@pytest.mark.parametrize("name", ["flip.ipynb", "1-flip.ipynb", "01_flip.ipynb", "01-Flip.ipynb"])
def test_a_misnamed_tutorial_is_told(tree: Path, name: str) -> None:
    lines = told(notebooks.misnamed_tutorials(save(tree, f"tutorials/{name}", tutorial())))
    assert lines == [f"{name}: tutorial name: found {name}; allowed: NN-task.ipynb"]
