"""Importing ONNX files beside onnx2torch and onnx2pytorch; writes docs/benchmarks/onnx.md.

Run it with `make bench`, on a machine that does nothing else. `python bench/onnx_import.py PART` measures one of
`conformance`, `speed`, `facts`, `memory` and `real` and writes the page from all that this machine has measured, which
out/onnx keeps. `--quick` is a smoke run with results of its own that writes no page.

It is not called onnx.py: beside the other benchmarks, that would be what they import as `onnx`.
"""

import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

from data import ROOT, Row, table
from onnx_work import conformance_rows, fact_rows, memory_rows, speed_rows
from results import FOLDER, Results, filled, machine, shown, today

PAGE = ROOT / "docs" / "benchmarks" / "onnx.md"
KEPT = FOLDER.with_name("onnx")
REAL = "onnx_real"
"""A module beside this one; its `real_rows(folder, quick=...)` gives the rows of real files."""
NOT_YET = "Not measured on this machine yet."
TEXT = """# Importing ONNX files, beside its peers

`leyden.onnx.load`, onnx2torch 1.5.15 and onnx2pytorch 0.6.0 on torch 2.13.0 and onnx 1.23.2. Every importer lives in a
process of its own, the peers in an environment of their own (`bench/onnx-peers.txt`). Both peers import torchvision,
whose registry wheel has no operators for a CPU build of torch; what they call of those they get from
`bench/onnx_torchvision.py`, in plain torch. Nothing that is timed needs it.

## ONNX's own tests

Cases of single operators, {cases}, all importers in the same harness (`python -m leyden.onnx.conformance`): inputs
and outputs go the same way, and are compared by ONNX's own rule.

{conformance}

[What leyden knows, by operator and version](../onnx/support.qmd).

## Time

Of the processor, one thread; medians over rounds in which two processes were asked in turn: A B, B A, of five such
pairs, as where a process has its memory makes it some hundredths faster or slower as long as it lives; all keep the
memory that they free, and none has imported another network before, which leaves that memory in pieces. Below 1, leyden
takes less. Files are of torch's older exporter, opset 17, in which each layer of the network is a node, so that all
three can read them; before anything is timed, each import must give what the original network does, within
{same} of its largest output. *The original* is that network itself. An import is from the path of a file to a network.

{speed}

## What an import is

Whether it gives what the original does, from a file of torch's older exporter and from one of torch's default; how
many of the original's numbers it trains, and how many it holds; whether the whole goes through
`torch.compile(fullgraph=True)` and `torch.export`. Torch refuses to compile its own `nn.LSTM` that way, unless
`torch._dynamo.config.allow_rnn` is set; a network that has one is refused like the original.

{facts}

## Memory

The most that the process holds beyond what it held before, by the size of the file: 102 million weights in a row of
linear layers. And the most that it holds at all, with Python, torch and the importer, of a file of 2.3 GB that has its
weights in another one beside it.

{memory}

## Real files

Files that packages bring along, compared with onnxruntime without its optimisations. Inputs are noise, but where a
network saturates on it: ICLabelNet takes smooth maps, spectra and autocorrelations scaled to 0.99, speechmos/sig the
logarithm of the power of speech, and the embedder that of its mel bands (`bench/onnx_drawn.py`). Loss is what is left
after 50 steps of `torch.optim.SGD` with momentum .9 on one batch. The first learning rate is that of a step which would
bring a linear network half of the way; where that does not halve the loss, a tenth of it, up to a thousandth. Of
basic-pitch, what finds the pitches of the sound stays as it is, as in its own package; else 96 % are left. megnet is as
sure as single precision can be, and gives no slope to descend. What the networks of 8 bits compute is rounded.

{real}

Measured on: {machine}. Run it: `make bench`.
"""


def conformance(folder: Path, *, quick: bool) -> Iterable[Row]:
    """Counts the cases that pass."""
    return conformance_rows(match="^test_a" if quick else "")


def speed(folder: Path, *, quick: bool) -> Iterable[Row]:
    """Times inferences and imports."""
    return speed_rows(folder, rounds=2 if quick else 30)


def facts(folder: Path, *, quick: bool) -> Iterable[Row]:
    """Looks at what was imported."""
    return fact_rows(folder, thorough=not quick)


def memory(folder: Path, *, quick: bool) -> Iterable[Row]:
    """Weighs imports."""
    return memory_rows(folder, rounds=1 if quick else 3)


def real(folder: Path, *, quick: bool) -> Iterable[Row]:
    """Imports what packages bring along, if the part that knows them is there."""
    if not (Path(__file__).parent / f"{REAL}.py").exists():
        return []
    return import_module(REAL).real_rows(folder, quick=quick)


PARTS: dict[str, Callable[..., Iterable[Row]]] = {
    "conformance": conformance, "speed": speed, "facts": facts, "memory": memory, "real": real,
}  # fmt: skip


def page(folder: Path) -> str:
    """The page, of all that is there."""
    kept = {part: Results(part, folder).get("rows") for part in PARTS}
    tables = {part: table(filled(rows)) if rows else NOT_YET for part, rows in kept.items()}
    return TEXT.format(**tables, cases="1,884", same="a thousandth", machine=f"{machine()}; {today()}")


def main() -> None:
    """Measures what is asked for, prints the page and writes it."""
    quick = "--quick" in sys.argv
    asked = [name for name in sys.argv[1:] if name in PARTS] or list(PARTS)
    kept = KEPT / "quick" if quick else KEPT
    with tempfile.TemporaryDirectory() as folder:
        for part in asked:
            Results(part, kept)["rows"] = shown(PARTS[part](Path(folder), quick=quick))
    text = page(kept)
    sys.stdout.write(text)
    if not quick:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
