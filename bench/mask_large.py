"""A hundred million weights pruned by global magnitude: seconds, and memory on top of the model.

Every run has a process of its own: `python bench/mask_large.py leyden` or `torch` does one and answers in a line.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch.nn.utils import prune as torch_prune  # noqa: TID251 - it is what leyden is compared with

from leyden.prune import Magnitude, prune
from mask_network import large, weights_used

__all__ = ["large_rows"]

Row = dict[str, str]

SPARSITY = 0.8
NAMES = {"leyden": "prune(model, Magnitude(0.8))", "torch": "global_unstructured(..., L1Unstructured, amount=0.8)"}


def peak() -> int:
    """The most memory that the process has held since its peak was reset, in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def measured(which: str) -> dict[str, float]:
    """Prunes once: seconds, peak memory on top of the model by the model's own, share of zeros."""
    torch.set_num_threads(1)
    model = large()
    size = sum(parameter.nbytes for parameter in model.parameters())
    prune(torch.nn.Linear(64, 64), Magnitude(SPARSITY))  # what is set up at the first call is not the model's
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # resets the peak
    before, begun = peak(), time.perf_counter()
    if which == "leyden":
        pruned = prune(model, Magnitude(SPARSITY))
    else:
        pairs = [(layer, "weight") for layer in model]
        torch_prune.global_unstructured(pairs, torch_prune.L1Unstructured, amount=SPARSITY)
        pruned = model
    seconds, more = time.perf_counter() - begun, peak() - before
    used = weights_used(pruned, [name for name, value in large().named_parameters() if value.ndim > 1]).values()
    weights = sum(weight.numel() for weight in used)
    zeros = weights - sum(int(weight.count_nonzero()) for weight in used)
    assert abs(zeros / weights - SPARSITY) < 1e-6, zeros / weights
    return {"seconds": seconds, "memory": more / size}


def large_rows(*, rounds: int) -> Iterator[Row]:
    """Both, in turn: A B, B A, A B ...

    Args:
        rounds: runs of each.
    """
    found: dict[str, list[dict[str, float]]] = {which: [] for which in NAMES}
    for number in range(rounds):
        for which in list(NAMES)[:: 1 if number % 2 == 0 else -1]:
            found[which].append(run(which))
    seconds = {which: [one["seconds"] for one in runs] for which, runs in found.items()}
    ratio = statistics.median(a / b for a, b in zip(seconds["leyden"], seconds["torch"], strict=True))
    for which, runs in found.items():
        ours = which == "leyden"
        yield {
            "call": f"`{NAMES[which]}`", "seconds": f"{statistics.median(seconds[which]):.1f}",
            "its time by torch's": f"{ratio:.3f}" if ours else "1", "bar": "2" if ours else "",
            "peak memory on top, by the model's": f"{max(one['memory'] for one in runs):.2f}",
            "bar ": "1.3" if ours else "",
        }  # fmt: skip


def run(which: str) -> dict[str, float]:
    """One run in a new process.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    command = [sys.executable, str(Path(__file__).resolve()), which]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1])))
