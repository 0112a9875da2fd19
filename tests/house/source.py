"""Rules of size, and of what must not stand in a source file."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from house.fault import CACHES, CODE, Fault, name_of, python_files

FILE_LINES, INIT_LINES, FUNCTION_LINES, FOLDER_FILES = 350, 40, 40, 12
SECTIONS = {"Args", "Returns", "Raises", "Attributes", "Examples", "Source"}
HEADED = re.compile(
    r"^(Args|Arguments|Parameters|Params|Keyword Args|Other Parameters|Returns?|Yields?|Receives|Raises|Warns|"
    r"Warnings?|Attributes|Examples?|Notes?|See Also|References?|Sources?|Todo|Usage|Tips?|Deprecated):$",
    re.MULTILINE,
)
BARE = re.compile(r"\bexcept\s*:")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")
SKIPS = {"pytest.skip", "pytest.importorskip", "pytest.mark.skip", "pytest.mark.skipif", "unittest.skip"}


def file_lengths(root: Path) -> list[Fault]:
    faults = []
    for path, text in python_files(root, *CODE):
        allowed = INIT_LINES if path.name == "__init__.py" else FILE_LINES
        length = len(text.splitlines())
        if length > allowed:
            faults.append(Fault(name_of(root, path), "file length", f"{length} lines", f"{allowed}"))
    return faults


def function_lengths(root: Path) -> list[Fault]:
    faults = []
    for path, text in python_files(root, *CODE):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    place = name_of(root, path, node.lineno)
                    faults.append(Fault(place, "function length", f"{node.name}: {length} lines", f"{FUNCTION_LINES}"))
    return faults


def folder_widths(root: Path) -> list[Fault]:
    faults = []
    for folder in sorted({path.parent for path, _ in python_files(root, "package")}):
        files = [path for path in folder.iterdir() if path.is_file() and folder.name not in CACHES]
        if len(files) > FOLDER_FILES:
            faults.append(Fault(name_of(root, folder), "folder width", f"{len(files)} files", f"{FOLDER_FILES}"))
    return faults


def bare_excepts(root: Path) -> list[Fault]:
    return [
        Fault(name_of(root, path, node.lineno), "bare except", "except:", "a named exception")
        for path, text in python_files(root, *CODE)
        if BARE.search(text)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]


def remarks(text: str) -> Iterator[tuple[int, str]]:
    """The comments and docstrings of a file, with their lines."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            yield node.body[0].lineno, ast.get_docstring(node) or ""


def unfinished_work(root: Path) -> list[Fault]:
    faults = []
    for path, text in python_files(root, *CODE):
        told = remarks(text) if UNFINISHED.search(text) else ()  # to take a file apart takes long
        found = [(line, match[0]) for line, remark in told for match in UNFINISHED.finditer(remark)]
        nodes = ast.walk(ast.parse(text)) if "NotImplementedError" in text else ()
        raised = [node for node in nodes if isinstance(node, ast.Raise) and node.exc]
        found += [(node.lineno, "NotImplementedError") for node in raised if "NotImplementedError" in ast.unparse(node)]
        faults += [Fault(name_of(root, path, line), "unfinished", word, "finished work") for line, word in found]
    return faults


def skipped_tests(root: Path) -> list[Fault]:
    return [
        Fault(name_of(root, path, node.lineno), "skipped test", ast.unparse(node), "tests that run")
        for path, text in python_files(root, "package", "tests")
        if "skip" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in SKIPS
    ]


def stub(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it only completes another definition: one of several signatures, or the setter of a property."""
    return any(ast.unparse(mark).endswith(("overload", ".setter", ".deleter")) for mark in node.decorator_list)


def missing_docstrings(root: Path) -> list[Fault]:
    faults = []
    for path, text in python_files(root, "package"):
        tree = ast.parse(text)
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
        for node in [tree, *tree.body, *[member for known in classes for member in known.body]]:
            named = isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not stub(node)
            if isinstance(node, ast.Module) or (named and not node.name.startswith("_")):
                called, line = ("module", None) if isinstance(node, ast.Module) else (node.name, node.lineno)
                if not ast.get_docstring(node):
                    faults.append(
                        Fault(name_of(root, path, line), "docstring", f"{called} has none", "one plain sentence")
                    )
    return faults


def docstring_sections(root: Path) -> list[Fault]:
    """Sections that the house does not use; some of them stop quartodoc."""
    faults = []
    for path, text in python_files(root, "package"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                place = name_of(root, path, getattr(node, "lineno", 1))
                named = set(HEADED.findall(ast.get_docstring(node) or "")) - SECTIONS
                faults += [
                    Fault(place, "docstring section", name, ", ".join(sorted(SECTIONS))) for name in sorted(named)
                ]
    return faults
