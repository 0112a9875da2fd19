"""`python -m leyden.onnx.conformance` runs ONNX's own test suite on networks of torch."""

import argparse
import importlib.metadata
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from leyden.onnx.conformance.case import KINDS, cases
from leyden.onnx.conformance.outcome import Outcome, counts, missed, table
from leyden.onnx.conformance.running import conform
from leyden.onnx.conformance.sampling import sample

__all__ = ["main", "record"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for, print a table, and give the exit status: 0 if every bar holds."""
    asked = _parser().parse_args(arguments)
    if asked.json is not None:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
    chosen = cases(asked.kind or KINDS, match=asked.match)
    if asked.sample:
        chosen = sample(chosen, asked.sample, seed=asked.seed)
    outcomes = conform(chosen, processes=asked.processes, limit=asked.limit, tell=_tell if asked.verbose else _keep)
    if asked.json is not None:
        asked.json.write_text(json.dumps(record(outcomes), indent=1) + "\n", encoding="utf-8")
    print(table(outcomes))
    faults = missed(outcomes)
    print("\n".join(faults) or "every bar holds")
    return 1 if faults else 0


def record(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Give outcomes as JSON has them: versions, counts by group, failures by operator, and every case."""
    failed = Counter(outcome.operator for outcome in outcomes if outcome.status != "pass")
    return {
        "onnx": importlib.metadata.version("onnx"),
        "torch": importlib.metadata.version("torch"),
        "counts": {group: {"run": found.total(), **found} for group, found in counts(outcomes).items()},
        "failed": dict(sorted(failed.items())),
        "cases": [asdict(outcome) for outcome in outcomes],
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m leyden.onnx.conformance", description=__doc__)
    parser.add_argument("--json", type=Path, help="where to write what came of every case")
    parser.add_argument("--kind", action="append", choices=KINDS, help="a part of the suite; may be given again")
    parser.add_argument("--match", default="", help="a regular expression; only cases in whose name it is found")
    parser.add_argument("--sample", type=int, default=0, help="how many cases of each operator; 0 for all")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--processes", type=int, default=2, help="how many run beside each other")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds that a case may take")
    parser.add_argument("--verbose", action="store_true", help="print what fails, as it does")
    return parser


def _tell(outcome: Outcome) -> None:
    if outcome.status != "pass":
        print(f"{outcome.status} {outcome.name} ({outcome.operator}): {outcome.reason}", flush=True)


def _keep(outcome: Outcome) -> None:
    """Say nothing of it."""


if __name__ == "__main__":
    sys.exit(main())
