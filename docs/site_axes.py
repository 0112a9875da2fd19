"""The axes of tensors in the reference: what annotations say of them, as a table below each signature."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

__all__ = ["Axes", "axes_of", "with_axes"]

KINDS = {"Integer": "integer", "Shaped": "any", "Real": "real", "Num": "number"}  # the rest say it themselves
ARRAY = re.compile(r"(?:Float|Int|UInt|Complex|BFloat)\d*|Bool|Shaped|Integer|Real|Num|Inexact")  # jaxtyping's
SIGNATURE = re.compile(r"^#+ .*\{ #(?P<name>[\w.]+) \}\n\n```python\n(?:(?!```).*\n)+```\n", re.MULTILINE)
ROW = re.compile(r"^\| `(\w+)` \| (.*?) \|$", re.MULTILINE)

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


class Axes(NamedTuple):
    """One tensor of a signature.

    Args:
        name: Of the argument or field, or "returns".
        kind: Of its elements, such as `float` or `uint8`.
        axes: Their names, in the order in which they lie in memory.
    """

    name: str
    kind: str
    axes: str


def tensors(annotation: ast.expr | None, known: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str]]:
    """The element kind and the axes of every tensor in an annotation, aliases followed."""
    found: list[tuple[str, str]] = []
    for node in ast.walk(annotation) if annotation is not None else ():
        if isinstance(node, ast.Name):
            found += known.get(node.id, [])
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 2:
            kind, last = ast.unparse(node.value), node.slice.elts[1]
            if ARRAY.fullmatch(kind) and isinstance(last, ast.Constant) and isinstance(last.value, str):
                found.append((KINDS.get(kind, kind.lower()), last.value))
    return list(dict.fromkeys(found))


def aliases(tree: ast.Module, shared: dict[str, list[tuple[str, str]]]) -> dict[str, list[tuple[str, str]]]:
    """The tensors that the type aliases of a file stand for, and those it imports."""
    known = dict(shared)
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
            known[ast.unparse(node.target)] = tensors(node.value, known)
    return {name: found for name, found in known.items() if found}


def of_function(function: Function, known: dict[str, list[tuple[str, str]]]) -> Iterator[Axes]:
    arguments = function.args
    for argument in (*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs):
        if argument is not None:
            yield from (Axes(argument.arg, *found) for found in tensors(argument.annotation, known))
    yield from (Axes("returns", *found) for found in tensors(function.returns, known))


def of_class(node: ast.ClassDef, known: dict[str, list[tuple[str, str]]]) -> list[Axes]:
    """The tensors a class is made of: fields of a dataclass, or what its constructor takes."""
    fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
    found = [Axes(ast.unparse(part.target), *each) for part in fields for each in tensors(part.annotation, known)]
    made = [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"]
    return found + [axes for function in made for axes in of_function(function, known)]


def axes_of(package: Path, module: str) -> dict[str, list[Axes]]:
    """The tensors of every signature of a file.

    Args:
        package: The folder of the package.
        module: The file, such as `vision.preprocess`.

    Returns:
        By name within the file: `fit`, `Preprocess`, `Preprocess.invert`; a type alias has one named like itself.
    """
    shared = aliases(ast.parse((package / "types.py").read_text(encoding="utf-8")), {})
    tree = ast.parse(package.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8"))
    known = aliases(tree, shared)
    own = {ast.unparse(node.target) for node in tree.body if isinstance(node, ast.AnnAssign)}
    found = {name: [Axes(name, *each) for each in known[name]] for name in own & set(known)}
    for node in tree.body:
        if isinstance(node, Function):
            found[node.name] = list(of_function(node, known))
        elif isinstance(node, ast.ClassDef):
            found[node.name] = of_class(node, known)
            for part in node.body:
                if isinstance(part, Function):
                    found[f"{node.name}.{part.name}"] = list(of_function(part, known))
    return {name: axes for name, axes in found.items() if axes}


def with_axes(text: str, module: str, axes: dict[str, list[Axes]]) -> str:
    """Put the axes into a page of the reference: a table below each signature, a word behind each alias.

    Args:
        text: The page.
        module: What it is of, with the package's name.
        axes: What `axes_of` found in that file.

    Returns:
        The page with them.
    """

    def table(match: re.Match[str]) -> str:
        rows = axes.get(match["name"].removeprefix(f"{module}."), [])
        lines = [f"| `{row.name}` | {row.kind} | `{row.axes or 'none: one number'}` |" for row in rows]
        head = ["", "| Tensor | Elements | Axes |", "| --- | --- | --- |"]
        return match[0] + "".join(f"{line}\n" for line in [*head, *lines]) if rows else match[0]

    def row(match: re.Match[str]) -> str:
        told = ", or ".join(f"`{each.axes}` ({each.kind})" for each in axes.get(match[1], []))
        return f"| `{match[1]}` | {match[2]} Axes: {told}. |" if told else match[0]

    return ROW.sub(row, SIGNATURE.sub(table, text))
