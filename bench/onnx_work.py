"""Importers asked in turn, and the rows of what they answer."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

import torch

from leyden.onnx.conformance import cases, conform
from leyden.onnx.conformance.outcome import counts
from leyden.onnx.conformance.running import COMMAND
from onnx_networks import NETWORKS, write, write_huge

__all__ = ["PEERS", "conformance_rows", "fact_rows", "memory_rows", "speed_rows"]

Row = dict[str, str]
Answer: TypeAlias = dict[str, Any]

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / ".onnx-peers" / "bin" / "python"
IMPORTERS = ("leyden", "onnx2torch", "onnx2pytorch")
CREWS = 5
"""Processes of each importer."""
KEPT = {"MALLOC_MMAP_THRESHOLD_": str(2**25), "MALLOC_TRIM_THRESHOLD_": str(2**30)}
"""Lets glibc keep what was freed; else it depends on what a process did before whether each call pays for new pages."""
SAME = 1e-3
"""Largest difference of outputs that passes, over the largest of the original's."""


class Importer:
    """An importer in a process of its own; one that died answers that it did.

    Args:
        name: of the importer, or `original`.
    """

    def __init__(self, name: str) -> None:
        python = sys.executable if name in ("leyden", "original") else str(PEERS)
        command = [python, str(ROOT / "bench" / "onnx_child.py"), name]
        pipe = subprocess.PIPE
        self.child = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, bufsize=1,
            env=os.environ | {"OMP_NUM_THREADS": "1"} | KEPT,
        )  # fmt: skip

    def ask(self, what: str, path: Path, count: int = 1) -> Answer:
        """One answer; `fault` where it cannot."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        try:
            self.child.stdin.write(json.dumps({"what": what, "file": str(path), "count": count}) + "\n")
            line = self.child.stdout.readline()
        except BrokenPipeError:
            line = ""
        return json.loads(line) if line else {"fault": f"the process ended with code {self.child.wait()}"}


@contextmanager
def importer(name: str) -> Iterator[Importer]:
    """An importer, as long as it is needed."""
    one = Importer(name)
    try:
        yield one
    finally:
        assert one.child.stdin is not None
        with suppress(BrokenPipeError):
            one.child.stdin.close()
        one.child.wait()


def conformance_rows(*, match: str) -> Iterator[Row]:
    """ONNX's own cases of single operators, by all importers, in the same harness.

    Args:
        match: a regular expression; only cases in whose name it is found.
    """
    chosen = cases(["node"], match=match)
    for name in IMPORTERS:
        command = COMMAND if name == "leyden" else (str(PEERS), str(ROOT / "bench" / "onnx_peer.py"), name)
        found = counts(conform(chosen, command=command))
        yield {
            "importer": name, "cases that pass": f"{found['node']['pass']} of {found['node'].total()}",
            "about numbers alone": f"{found['plain']['pass']} of {found['plain'].total()}",
            "ended the process": str(found["node"]["crash"]), "over 60 s": str(found["node"]["timeout"]),
        }  # fmt: skip


def speed_rows(folder: Path, *, rounds: int) -> Iterator[Row]:
    """An inference and an import, leyden's beside that of the original and of each peer, in turn: A B, B A ...

    Where a process has its memory makes it some hundredths faster or slower as long as it lives, so there are
    several of each importer, asked in turn as well. What they imported before has a share in that: each network is
    met by processes that know no other.

    Args:
        folder: for the files.
        rounds: of timing.
    """
    for network in NETWORKS:
        path = write(network, folder)["plain"]
        with ExitStack() as stack:
            names = ("original", *IMPORTERS)
            crews = [{name: stack.enter_context(importer(name)) for name in names} for _ in range(min(rounds, CREWS))]
            yield from _network_rows(network, path, crews, rounds)


def _network_rows(network: str, path: Path, crews: list[dict[str, Importer]], rounds: int) -> Iterator[Row]:
    asked = crews[0]
    expected = torch.load(asked["original"].ask("give", path)["file"])
    for name in ("original", *IMPORTERS[1:]):
        given = asked[name].ask("give", path)
        row = {"network": network, "beside": name}
        if "fault" in given or differs(given, expected) > SAME:
            yield row | {"inference": f"cannot: {fault(given)}"}
            continue
        pairs = [(crew["leyden"], crew[name]) for crew in crews]
        row |= beside("inference", pairs, "time", path, count=NETWORKS[network].calls, rounds=rounds)
        row["bar"] = "1.05" if name == "original" else "1"
        if name != "original":
            row |= beside("import", pairs, "import", path, count=1, rounds=max(1, rounds // 3))
            row["bar "] = "1.5" if name == "onnx2torch" else ""
        yield row


def beside(
    label: str, pairs: list[tuple[Importer, Importer]], what: str, path: Path, *, count: int, rounds: int
) -> Row:
    """Both of a pair in turn, and all pairs in turn: medians, and the median of the ratios of a round."""
    spent: list[tuple[float, float]] = []
    for number in range(len(pairs) + rounds):
        pair, found = pairs[number % len(pairs)], [0.0, 0.0]
        for which in (0, 1) if number // len(pairs) % 2 == 0 else (1, 0):
            answer = pair[which].ask(what, path, count)
            if "fault" in answer:
                return {label: f"cannot: {fault(answer)}"}
            found[which] = answer["seconds"]
        spent.append((found[0], found[1]))
    spent = spent[len(pairs) :]  # the first of each pair warms it up
    ours, theirs = (1e3 * statistics.median(times) for times in zip(*spent, strict=True))
    ratio = statistics.median(one / other for one, other in spent)
    return {label: f"{ratio:.3f}", f"{label}, ms": f"{ours:.3g} and {theirs:.3g}"}


def fact_rows(folder: Path, *, thorough: bool) -> Iterator[Row]:
    """What each importer makes of each network's files: whether it is the network, and what can be done with it.

    Args:
        folder: for the files.
        thorough: torch.compile as a user calls it; else without compiling to machine code.
    """
    for network in NETWORKS:
        paths = write(network, folder)
        with importer("original") as original:
            truth = original.ask("give", paths["plain"])
            yield {"network": network, "importer": "(the original)"} | doings(original, paths["plain"], thorough)
        expected = torch.load(truth["file"])
        for name in IMPORTERS:
            with importer(name) as one:
                given, default = (one.ask("give", paths[kind]) for kind in ("plain", "default"))
                row = {"network": network, "importer": name}
                row |= {"older export": verdict(given, expected), "torch's default": verdict(default, expected)}
                best, held = (paths["plain"], given) if "fault" not in given else (paths["default"], default)
                if "fault" not in held:
                    row |= {
                        f"{what}, by the original's": f"{held[what] / truth[what]:.2f}" for what in ("trained", "held")
                    }
                    row |= doings(one, best, thorough)
                yield row


def doings(one: Importer, path: Path, thorough: bool) -> Row:
    """Whether torch can compile and export a network as a whole."""
    compiled, exported = one.ask("compile", path, int(thorough)), one.ask("export", path)
    return {"torch.compile": works(compiled), "torch.export": works(exported)}


def memory_rows(folder: Path, *, rounds: int) -> Iterator[Row]:
    """The most memory that an import takes, of two files; each run in a process of its own."""
    path, huge = write("large", folder)["plain"], write_huge(folder)
    for name in IMPORTERS:
        found = []
        for _ in range(rounds):
            with importer(name) as one:
                found.append(one.ask("memory", path))
        faults = [answer for answer in found if "fault" in answer]
        most = fault(faults[0]) if faults else f"{max(answer['ratio'] for answer in found):.2f}"
        with importer(name) as one:
            whole = one.ask("weigh", huge)
        yield {
            "importer": name, "peak memory, by the file's size": most, "bar": "2.2" if name == "leyden" else "",
            "2.3 GB, whole process, GB": fault(whole) if "fault" in whole else f"{whole['gigabytes']:.2f}",
            "bar ": "2.6" if name == "leyden" else "",
        }  # fmt: skip


def differs(given: Answer, expected: torch.Tensor) -> float:
    """How far an output is from the original's, over the largest of that."""
    output = torch.load(given["file"])
    if output.shape != expected.shape:
        return float("inf")
    return float((output - expected).abs().max() / expected.abs().max())


def verdict(given: Answer, expected: torch.Tensor) -> str:
    """Whether an import gives what the original does."""
    if "fault" in given:
        return f"no: {fault(given)}"
    difference = differs(given, expected)
    return "same" if difference <= SAME else f"differs by {difference:.2g}"


def works(answer: Answer) -> str:
    """Whether something could be done."""
    return f"no: {fault(answer)}" if "fault" in answer else "yes"


def fault(answer: Mapping[str, Any]) -> str:
    """What went wrong, short enough for a table."""
    return str(answer.get("fault", "other values")).partition(":")[0].replace("|", "/")
