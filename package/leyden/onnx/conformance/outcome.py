"""What came of the cases of ONNX's test suite: counts, bars and a table."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, final

__all__ = ["BARS", "Bar", "Outcome", "Status", "counts", "missed", "table"]

Status: TypeAlias = Literal["pass", "fail", "crash", "timeout"]
"""Fail: an error, or other values than expected. Crash: the process is gone. Timeout: it took too long."""


@final
@dataclass(frozen=True)
class Outcome:
    """What came of a case.

    Args:
        name: The case.
        kind: Part of the suite.
        operator: The operator it is about.
        plain: Whether numbers are all it is about; see `Case`.
        status: What came of it.
        reason: What went wrong, in one line; empty if it passed.
        seconds: For loading and running; 0 where nobody is left to tell.
    """

    name: str
    kind: str
    operator: str
    plain: bool
    status: Status
    reason: str = ""
    seconds: float = 0.0


@final
@dataclass(frozen=True)
class Bar:
    """How many cases must pass.

    Args:
        group: A kind, or "plain": cases of the kind node of which numbers are all.
        total: How many there are, in the version of `onnx` that the bar is for.
        least: How many must pass.
    """

    group: str
    total: int
    least: int


BARS = (
    Bar("node", 1884, 1600), Bar("plain", 1600, 1520), Bar("simple", 23, 0), Bar("pytorch-operator", 35, 35),
    Bar("pytorch-converted", 82, 82), Bar("light", 9, 9),
)  # fmt: skip
"""What leyden holds itself to, counted with onnx 1.23.2."""


def counts(outcomes: Iterable[Outcome]) -> Mapping[str, Counter[str]]:
    """Count what came of the cases, by kind; those of node that are plain once more on their own."""
    found: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        plain = outcome.plain and outcome.kind == "node"
        for group in (outcome.kind, *(["plain"] if plain else [])):
            found.setdefault(group, Counter())[outcome.status] += 1
    return found


def missed(outcomes: Iterable[Outcome], bars: Sequence[Bar] = BARS) -> list[str]:
    """Say what is wrong, a line each; nothing if all is well.

    A group that was run as a whole must keep to its bar; of one that was run in part, every case must pass. No case
    may ever end its process, or take too long.
    """
    outcomes = list(outcomes)
    faults = [f"{outcome.name}: {outcome.status}" for outcome in outcomes if outcome.status in ("crash", "timeout")]
    known = {bar.group: bar for bar in bars}
    for group, found in counts(outcomes).items():
        bar = known.get(group)
        least = bar.least if bar is not None and found.total() >= bar.total else found.total()
        if found["pass"] < least:
            faults.append(f"{group}: {found['pass']} of {found.total()} passed; at least {least} must")
    return faults


def table(outcomes: Iterable[Outcome], bars: Sequence[Bar] = BARS) -> str:
    """Count what came of the cases, in a Markdown table."""
    known = {bar.group: bar for bar in bars}
    lines = ["| cases | run | passed | must | failed | crashed | too slow |", "|---|--:|--:|--:|--:|--:|--:|"]
    for group, found in counts(outcomes).items():
        bar = known.get(group)
        must = bar.least if bar is not None and found.total() >= bar.total else found.total()
        cells = [group, found.total(), found["pass"], must, found["fail"], found["crash"], found["timeout"]]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)
