"""The public names of the package: where each is defined, and which of them the reference would leave out."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Public", "left_out", "public_names", "unwritten"]

DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
PROGRAMS = ("__main__", "cli")  # run, not imported


class Public(NamedTuple):
    """A name that people import, and the file that defines it.

    Args:
        name: As it is written, such as `train.fit`.
        module: Its file, such as `train.fitting`.
        label: Its name in that file.
    """

    name: str
    module: str
    label: str


def literal_all(tree: ast.Module) -> list[str]:
    """The names of `__all__`, where they are written out."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return [part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant)]  # type: ignore[misc]
    return []


@cache
def parsed(path: Path) -> ast.Module:
    """A file of Python, read once."""
    return ast.parse(path.read_text(encoding="utf-8"))


def home(package: Path, module: str, label: str) -> tuple[str, str] | None:
    """The file that a module has a name from, through as many `__init__` as it takes; None for another package's."""
    folder = package.joinpath(*module.split("."))
    if not folder.is_dir():
        return module, label
    for node in ast.walk(
        parsed(folder / "__init__.py")
    ):  # an import for type checkers alone says it as well as one that is made
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == label:
                    own = (node.module or "").partition(f"{package.name}.")[2]
                    return home(package, own, alias.name) if own else None
    return f"{module}.__init__", label


def public_names(package: Path) -> Iterator[Public]:
    """Every name that a room publishes, and those of the files beside the rooms.

    Args:
        package: The folder of the package.

    Returns:
        The names, room by room; one that a room has from another package is not among them.
    """
    rooms = {path.parent.name: path for path in package.glob("*/__init__.py")}
    files = {path.stem: path for path in package.glob("*.py") if path.stem != "__init__"}
    for room, path in sorted({**rooms, **files}.items()):
        if room in PROGRAMS:
            continue
        for label in literal_all(parsed(path)):
            found = home(package, room, label)
            if found is not None:
                yield Public(f"{room}.{label}", *found)


def described(tree: ast.Module, label: str) -> bool:
    """Whether a file defines a name with a docstring; quartodoc leaves out what has none."""
    for node, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(node, DEFINITION) and node.name == label and ast.get_docstring(node) is not None:
            return True  # the first signatures of an overloaded function have none
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if label in [ast.unparse(target) for target in targets]:
                told = after.value if isinstance(after, ast.Expr) else None
                return isinstance(told, ast.Constant) and isinstance(told.value, str)
    return False


def left_out(package: Path, config: dict[str, Any]) -> list[str]:
    """The public names that the reference would not show, each with the reason.

    Args:
        package: The folder of the package.
        config: The settings of the site.

    Returns:
        One line a name.
    """
    listed = {name for section in config["quartodoc"]["sections"] for name in section["contents"]}
    faults = []
    for public in public_names(package):
        if public.module not in listed:
            faults.append(f"{public.name}: {public.module} is in no section of quartodoc in _quarto.yml")
            continue
        if not described(parsed(package.joinpath(*public.module.split(".")).with_suffix(".py")), public.label):
            faults.append(f"{public.name}: {public.module} does not define it with a docstring")
    return faults


def unwritten(package: Path, folder: Path) -> list[str]:
    """The public names that a written reference does not show.

    Args:
        package: The folder of the package.
        folder: That of the reference.

    Returns:
        One line a name.
    """
    faults = []
    for public in public_names(package):
        page = folder / f"{public.module}.qmd"
        text = page.read_text(encoding="utf-8") if page.exists() else ""
        anchor = rf"\{{ #{re.escape(f'{package.name}.{public.module}.{public.label}')} \}}"
        if not re.search(rf"{anchor}|^\| `{re.escape(public.label)}` \|", text, re.MULTILINE):
            faults.append(f"{public.name}: not on {page.name}" + ("" if text else ", which is not there"))
    return faults
