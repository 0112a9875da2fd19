"""Rules of naming: `__all__` is what is visible, files do not shadow functions, tests mirror the package."""

import ast
import re
import sys
from pathlib import Path

from house.fault import Fault, name_of, python_files

PROGRAMS = {"cli", "__main__"}  # run, not imported
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def sort_key(name: str) -> tuple[int, list[str | int]]:
    """The order of ruff's RUF022: constants, then classes, then the rest; numbers within a name by value."""
    kind = 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2
    return kind, [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def defined(tree: ast.Module) -> set[str]:
    """The public names that a module itself binds at its top level."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, Definition):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            bound = node.targets if isinstance(node, ast.Assign) else [node.target]
            names.update(part.id for target in bound for part in ast.walk(target) if isinstance(part, ast.Name))
    return {name for name in names if not name.startswith("_")}


def submodules(folder: Path) -> set[str]:
    """The public modules and packages in a package's folder."""
    files = {path.stem for path in folder.glob("*.py")}
    return {name for name in files | {path.parent.name for path in folder.glob("*/__init__.py")} if name[0] != "_"}


def imported(tree: ast.Module, source: Path) -> set[str]:
    """The public names that a package's `__init__` brings in, now or on first use; not modules, nor Python's own."""
    names = set()
    for node in [*tree.body, *on_first_use(tree)]:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] not in sys.stdlib_module_names:
            folder = source.joinpath(*(node.module or "").split("."))
            modules = submodules(folder) if folder.is_dir() else set()
            names |= {alias.asname or alias.name for alias in node.names if alias.name not in modules}
    return {name for name in names if not name.startswith("_")}


def on_first_use(tree: ast.Module) -> list[ast.stmt]:
    """The imports that only a type checker makes: a package whose `__getattr__` makes them later lists them so."""
    blocks = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    return [node for block in blocks for node in block.body]


def published(tree: ast.Module) -> list[str] | None:
    """The value of `__all__`: literal names, or those of a literal the module binds as well; None without one."""
    literals: dict[str, list[str]] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if not isinstance(node.value, ast.List | ast.Tuple):
                continue
            names: list[str] = []
            for part in node.value.elts:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    names.append(part.value)
                elif isinstance(part, ast.Starred) and isinstance(part.value, ast.Name):
                    names += literals.get(part.value.id, [])
            literals[node.targets[0].id] = names
    return literals.get("__all__")


def visible(tree: ast.Module, path: Path, source: Path) -> set[str]:
    """What a reader of the module may use; a package that loads nothing but its rooms shows those."""
    if path.name != "__init__.py":
        return defined(tree)
    lazy = any(isinstance(node, ast.FunctionDef) and node.name == "__getattr__" for node in tree.body)
    if lazy and not on_first_use(tree):
        return submodules(path.parent) - PROGRAMS
    return defined(tree) | imported(tree, source)


def published_names(root: Path) -> list[Fault]:
    faults = []
    for path, text in python_files(root, "package"):
        tree = ast.parse(text)
        names, seen, place = published(tree), visible(tree, path, root / "package"), name_of(root, path)
        if names is None:
            faults.append(Fault(place, "__all__", "none", f"__all__ = {sorted(seen, key=sort_key)}"))
            continue
        if names != sorted(names, key=sort_key):
            faults.append(Fault(place, "__all__ order", f"{names}", f"{sorted(names, key=sort_key)}"))
        for name in sorted(set(names) ^ seen):
            found = f"{name!r} is {'listed, not visible' if name in names else 'visible, not listed'}"
            faults.append(Fault(place, "__all__", found, "equal to what is visible"))
    return faults


def shadowed_files(root: Path) -> list[Fault]:
    faults = []
    for path, text in python_files(root, "package"):
        if path.name == "__init__.py":
            for name in sorted(set(published(ast.parse(text)) or []) & imported(ast.parse(text), root / "package")):
                if name in submodules(path.parent):
                    place = name_of(root, path.parent)
                    faults.append(
                        Fault(place, "shadowed file", f"{name} is a file and a public name", "one of the two")
                    )
    return faults


def untested_files(root: Path) -> list[Fault]:
    faults = []
    for path, text in python_files(root, "package"):
        functions = any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(ast.parse(text)))
        parts = path.relative_to(root / "package").parts[1:]
        mirror = root.joinpath("tests", *parts[:-1], f"test_{path.stem.strip('_')}.py")
        if functions and path.name != "__init__.py" and not mirror.exists():
            faults.append(Fault(name_of(root, path), "mirror", "no test of its own", name_of(root, mirror)))
    return faults
