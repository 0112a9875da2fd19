"""Keep the stored outputs of the tutorials fresh: say whose code changed since it ran, and run it.

    python docs/outputs.py check [ROOT]
    python docs/outputs.py run [tutorials/NN-task.ipynb ...]

A tutorial carries a stamp, the SHA-256 of the code that made its outputs (metadata, leyden, code). `check` prints one
line for each tutorial whose stamp is missing or not that of its code, and exits with 1 if there is any. `run` executes
the tutorials named, or all of them, each from its own folder and with small defaults, and stores what they showed with
a new stamp; one that fails stays as it was.
"""

import argparse
import copy
import hashlib
import json
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode

__all__ = ["Failed", "check", "executed", "fingerprint", "main", "read_tutorial", "stale"]

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 1200  # for one cell
LIVE = "application/vnd.jupyter.widget-view+json"


class Failed(Exception):
    """A tutorial cannot be read, or did not run to its end."""


def read_tutorial(path: Path) -> NotebookNode:
    """The notebook of a file, as it is stored."""
    try:
        book = nbformat.v4.reads(path.read_text(encoding="utf-8"))
        nbformat.validate(book)
    except OSError as error:
        raise Failed(f"cannot be read: {error.strerror}") from None
    except (ValueError, AttributeError, nbformat.ValidationError) as error:
        raise Failed(f"is no notebook of format 4: {str(error).splitlines()[0]}") from None
    return book


def fingerprint(book: NotebookNode) -> str:
    """The SHA-256 of the code of a notebook: of its cells in their order, without their options for Quarto."""
    sources = [cell.source.splitlines() for cell in book.cells if cell.cell_type == "code"]
    code = [[line for line in lines if not line.startswith("#|")] for lines in sources]
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()


def stamp_of(book: NotebookNode) -> str | None:
    """The fingerprint that a notebook carries."""
    held = book.metadata.get("leyden", {})
    return held.get("code") if isinstance(held, dict) else None


def stale(book: NotebookNode) -> str | None:
    """What is wrong with the stamp of a tutorial, or None."""
    stamp = stamp_of(book)
    if stamp is None:
        return "its outputs carry no stamp"
    return None if stamp == fingerprint(book) else "its code changed after its outputs were made"


def check(root: Path) -> list[str]:
    """Look at the stamps of all tutorials.

    Args:
        root: The folder that holds tutorials/.

    Returns:
        One line for each that has to run anew, with the command.
    """
    faults = []
    for path in sorted((root / "tutorials").glob("*.ipynb")):
        name = path.relative_to(root).as_posix()
        try:
            reason = stale(read_tutorial(path))
        except Failed as error:
            faults.append(f"{name}: {error}")
        else:
            faults += [f"{name}: {reason}; python docs/outputs.py run {name}"] if reason else []
    return faults


def executed(book: NotebookNode, folder: Path) -> NotebookNode:
    """Run a tutorial.

    Args:
        book: The notebook; it stays as it is.
        folder: Where it runs.

    Returns:
        The same cells with what they showed now, and the stamp of their code. No times, no live widgets: what is left
        of those is their still pictures.

    Raises:
        Failed: A cell raised, took too long, or the kernel died.
    """
    made = copy.deepcopy(book)
    environment = {name: value for name, value in os.environ.items() if name != "LEYDEN_FULL"}
    client = NotebookClient(
        made,
        timeout=SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
    )
    try:
        client.execute(env={**environment, "OMP_NUM_THREADS": "1"})
    except (CellControlSignal, DeadKernelError) as error:
        raise Failed(str(error).strip()) from None
    stamped = {**book.metadata.get("leyden", {}), "code": fingerprint(made)}
    kept = {name: value for name, value in book.metadata.items() if name != "widgets"}
    made.metadata = NotebookNode({**kept, "leyden": stamped})
    for cell in made.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(LIVE, None)
    return made


def run(paths: list[Path]) -> int:
    """Run tutorials and store them; say how each went."""
    failed = 0
    for path in paths:
        try:
            made = executed(read_tutorial(path), path.parent)
        except Failed as error:
            failed += 1
            print(f"{path}: {error}", file=sys.stderr)
        else:
            nbformat.write(made, path)
            print(f"{path}: ran, and is stored")
    return 1 if failed else 0


def main(arguments: list[str] | None = None) -> int:
    """Check the stamps, or run tutorials.

    Returns:
        1 if a tutorial has to run anew, or failed; else 0.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="name the tutorials whose code changed").add_argument(
        "root", nargs="?", type=Path, default=ROOT
    )
    commands.add_parser("run", help="execute and store").add_argument("paths", nargs="*", type=Path)
    asked = parser.parse_args(arguments)
    if asked.command == "run":
        return run(asked.paths or sorted((ROOT / "tutorials").glob("*.ipynb")))
    faults = check(asked.root)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
