"""Rules of notebooks: panels in notebooks/ are stored bare, tutorials are stored as they ran."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from house.fault import CACHES, Fault, name_of
from house.repository import MACHINE

MEGABYTE = 2**20
PICTURES = 3
CHECKED = "nbval-check-output"
SKIP_TAGS = {"nbval-skip", "skip-execution"}
SKIP_COMMENT = re.compile(r"^#\s*(NBVAL_SKIP|PYTEST_SKIP)", re.IGNORECASE | re.MULTILINE)


def notebooks(root: Path, *folders: str) -> Iterator[tuple[Path, NotebookNode]]:
    """Every notebook under the folders, as it is stored."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.ipynb")):
            if not CACHES & set(path.parts):
                yield (
                    path,
                    nbformat.v4.reads(path.read_text(encoding="utf-8")),
                )  # nbformat.read would mend what it reads


def code_cells(book: NotebookNode) -> list[tuple[int, NotebookNode]]:
    """The code cells that hold something, with their place in the notebook, from 1."""
    cells = enumerate(book.cells, start=1)
    return [(number, cell) for number, cell in cells if cell.cell_type == "code" and cell.source.strip()]


def outputs(book: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    for number, cell in code_cells(book):
        for output in cell.outputs:
            yield number, output


def texts(output: NotebookNode) -> str:
    """All that an output says in words."""
    data = output.get("data", {})
    words = [str(value) for kind, value in data.items() if kind.startswith("text/")]
    return "\n".join([str(output.get("text", "")), *words])


def invalid_notebooks(root: Path) -> list[Fault]:
    faults = []
    for path, book in notebooks(root, "notebooks", "tutorials"):
        place = name_of(root, path)
        if (book.nbformat, book.nbformat_minor) < (4, 5):
            faults.append(Fault(place, "format", f"{book.nbformat}.{book.nbformat_minor}", "4.5, with cell ids"))
            continue
        identifiers = [cell.get("id") for cell in book.cells]
        if None in identifiers or len(set(identifiers)) < len(identifiers):
            faults.append(Fault(place, "cell ids", "missing or repeated ones", "one a cell"))
            continue
        try:
            nbformat.validate(book)
        except nbformat.ValidationError as error:
            faults.append(Fault(place, "format", str(error).splitlines()[0], "a valid notebook"))
        kernel = book.metadata.get("kernelspec", {}).get("name")
        if kernel != "python3":
            faults.append(Fault(place, "kernel", f"{kernel!r}", "'python3'"))
        if path.stat().st_size > MEGABYTE:
            faults.append(Fault(place, "size", f"{path.stat().st_size / MEGABYTE:.1f} MB", "1 MB"))
    return faults


def machine_traces(root: Path) -> list[Fault]:
    faults = []
    for path, book in notebooks(root, "notebooks", "tutorials"):
        said = [(number, cell.source) for number, cell in enumerate(book.cells, start=1)]
        said += [(number, texts(output)) for number, output in outputs(book)]
        for number, text in said:
            faults += [
                Fault(f"{name_of(root, path)}: cell {number}", "absolute path", match[0], "relative paths")
                for match in MACHINE.finditer(text)
            ]
    return faults


def failed_cells(root: Path) -> list[Fault]:
    return [
        Fault(f"{name_of(root, path)}: cell {number}", "error output", output.get("ename", "?"), "none")
        for path, book in notebooks(root, "notebooks", "tutorials")
        for number, output in outputs(book)
        if output.output_type == "error"
    ]


def skipped_cells(root: Path) -> list[Fault]:
    faults = []
    for path, book in notebooks(root, "notebooks", "tutorials"):
        for number, cell in code_cells(book):
            tags = SKIP_TAGS & set(cell.metadata.get("tags", []))
            if tags or SKIP_COMMENT.search(cell.source):
                found = ", ".join(sorted(tags)) or "a skip comment"
                faults.append(Fault(f"{name_of(root, path)}: cell {number}", "skipped cell", found, "cells that run"))
    return faults


def stored_outputs(root: Path) -> list[Fault]:
    faults = []
    for path, book in notebooks(root, "notebooks"):
        kept = [number for number, cell in code_cells(book) if cell.outputs or cell.execution_count is not None]
        if kept:
            faults.append(Fault(name_of(root, path), "stored outputs", f"in cells {kept}", "none in notebooks/"))
    return faults


def unexecuted_tutorials(root: Path) -> list[Fault]:
    faults = []
    for path, book in notebooks(root, "tutorials"):
        counts = [cell.execution_count for _, cell in code_cells(book)]
        if counts != list(range(1, len(counts) + 1)):
            faults.append(Fault(name_of(root, path), "execution counts", f"{counts}", f"1 to {len(counts)}, in order"))
        if not any(True for _ in outputs(book)):
            faults.append(Fault(name_of(root, path), "outputs", "none", "a tutorial is stored as it ran"))
    return faults


def misnamed_tutorials(root: Path) -> list[Fault]:
    files = [path for path, _ in notebooks(root, "tutorials")]
    wrong = [path for path in files if not re.fullmatch(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*\.ipynb", path.name)]
    return [Fault(name_of(root, path), "tutorial name", path.name, "NN-task.ipynb") for path in wrong]


def bare_tutorials(root: Path) -> list[Fault]:
    """Tutorials without a cell of parameters, or with too few pictures."""
    faults = []
    for path, book in notebooks(root, "tutorials"):
        tagged = [cell for _, cell in code_cells(book) if "parameters" in cell.metadata.get("tags", [])]
        if len(tagged) != 1:
            faults.append(Fault(name_of(root, path), "parameters", f"{len(tagged)} cells tagged so", "one"))
        shown = sum("image/png" in output.get("data", {}) for _, output in outputs(book))
        if shown < PICTURES:
            faults.append(Fault(name_of(root, path), "pictures", f"{shown}", f"{PICTURES} or more"))
    return faults


def asserts(source: str) -> bool:
    """Whether a cell checks anything."""
    plain = "" if source.lstrip().startswith("%%") else re.sub(r"^(\s*)[%!].*$", r"\1pass", source, flags=re.MULTILINE)
    return any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(plain)))


def unproven_sections(root: Path) -> list[Fault]:
    """Sections (## ...) of tutorials that run code and assert nothing; one of words alone has nothing to run."""
    faults = []
    for path, book in notebooks(root, "tutorials"):
        sections: list[tuple[str, list[str]]] = []
        for cell in book.cells:
            if cell.cell_type == "markdown":
                titles = re.findall(r"^##\s+(.+)$", cell.source, re.MULTILINE)
                sections += [(title, []) for title in titles]
            elif cell.cell_type == "code" and sections and cell.source.strip():
                sections[-1][1].append(cell.source)
        if not sections:
            faults.append(Fault(name_of(root, path), "sections", "no ## heading", "one an idea"))
        faults += [
            Fault(name_of(root, path), "assert", f"none in section {title!r}", "one a section")
            for title, sources in sections
            if sources and not any(map(asserts, sources))
        ]
    return faults


def unchecked_tutorials(root: Path) -> list[Fault]:
    """Tutorials of which no stored words are compared with those of a new run, or whose outputs carry no stamp."""
    faults = []
    for path, book in notebooks(root, "tutorials"):
        tagged = [(number, cell) for number, cell in code_cells(book) if CHECKED in cell.metadata.get("tags", [])]
        if not tagged:
            faults.append(Fault(name_of(root, path), "compared outputs", "none", f"a cell tagged {CHECKED}"))
        faults += [
            Fault(f"{name_of(root, path)}: cell {number}", "compared outputs", "no words", "text that every run gives")
            for number, cell in tagged
            if not any(map(texts, cell.outputs))
        ]
        stamp = book.metadata.get("leyden", {}).get("code", "")
        if not re.fullmatch(r"[0-9a-f]{64}", stamp):
            faults.append(Fault(name_of(root, path), "stamp", stamp or "none", "what docs/outputs.py run writes"))
    return faults
