"""Rules of importing: layers, one home for each foreign library, and nothing heavy before it is used."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

from house.fault import Fault, name_of, python_files

HOMES = {
    "ipywidgets": "widget",
    "anywidget": "widget",
    "IPython": "widget",
    "lightning": "train",
    "pytorch_lightning": "train",
    "ipyniivue": "widget",
    "matplotlib": "plot",
    "monai": "medical",
    "onnx": "onnx",
    "onnx_ir": "onnx",
    "onnxruntime": "onnx",
    "onnxscript": "onnx",
    "SimpleITK": "medical",
    "typer": "cli",
    "torchvision": "",
}
# single files that may import a library away from its home, as what they make is a kind of that library's own
GUESTS = {"lightning": ("data/module.py",), "pytorch_lightning": ("data/module.py",)}
HEAVY = ("ipywidgets", "lightning", "matplotlib", "monai", "onnx", "pytorch_lightning", "transformers")


def imported_libraries(tree: ast.Module) -> list[tuple[int, str]]:
    """The top-level name of everything imported anywhere in a file, by statement or by `import_module("name")`."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.lineno, node.module or ""))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            found += [(node.lineno, part.value) for part in node.args[:1] if isinstance(part, ast.Constant)]
    return [(line, str(name).split(".")[0]) for line, name in found]


def homeless_libraries(root: Path) -> list[Fault]:
    faults = []
    for path, text in python_files(root, "package"):
        place = Path(*path.relative_to(root / "package").parts[1:])
        room = Path(*place.parts[:1]).stem
        for line, library in imported_libraries(ast.parse(text)):
            home = HOMES.get(library, room)
            if room != home and place.as_posix() not in GUESTS.get(library, ()):
                allowed = f"only in {home}" if home else "nowhere"
                faults.append(Fault(name_of(root, path, line), "home", f"import {library}", allowed))
    return faults


def broken_layers(root: Path) -> list[Fault]:
    """Run import-linter over the contracts of a root's pyproject.toml."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(
        command, cwd=root, env={**os.environ, "PYTHONPATH": "package"}, capture_output=True, text=True, check=False
    )
    told = [line for line in (done.stdout + done.stderr).splitlines() if re.search("[a-z]", line)]  # all but its banner
    return [Fault("pyproject.toml", "layers", "\n".join(told), "its contracts")] if done.returncode else []


def in_child(code: str, *, source: Path) -> str:
    """What a fresh interpreter prints that finds its packages in `source` first."""
    environment = {**os.environ, "PYTHONPATH": str(source)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{code!r} failed:\n{done.stderr}")
    return done.stdout.strip()


def heavy_after(statement: str, *, source: Path, heavy: tuple[str, ...] = HEAVY) -> list[Fault]:
    """The heavy libraries that a statement loads."""
    loaded = in_child(f"{statement}\nimport sys\nprint(*sorted(set(sys.modules) & set({heavy!r})))", source=source)
    return [Fault(statement, "import cost", f"loads {name}", "loaded when used") for name in loaded.split()]


def cost(statement: str, *, source: Path) -> float:
    """Processor seconds of a statement in a fresh interpreter: other work on the machine hardly counts."""
    return float(
        in_child(f"import time\na = time.process_time()\n{statement}\nprint(time.process_time() - a)", source=source)
    )


def import_ratio(statement: str, *, to: str, source: Path, allowed: float, rounds: int = 6) -> float:
    """The least cost of one statement over the least cost of another, measured in turn.

    Noise only ever adds, so the minima approach the truth from above; measuring ends once they keep to what is allowed.
    """
    ours, theirs = float("inf"), float("inf")
    for measured in range(1, rounds + 1):
        ours, theirs = min(ours, cost(statement, source=source)), min(theirs, cost(to, source=source))
        if measured >= 2 and ours <= allowed * theirs:
            break
    return ours / theirs
