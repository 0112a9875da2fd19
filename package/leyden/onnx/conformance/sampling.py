"""A fair part of ONNX's test suite."""

import random
from collections.abc import Iterable

from leyden.onnx.conformance.case import Case

__all__ = ["sample"]


def sample(cases: Iterable[Case], count: int, *, seed: int = 0) -> list[Case]:
    """Draw cases of every operator of every kind, in the order they were given in.

    Args:
        cases: Those to draw from.
        count: How many of an operator; all where it has no more.
        seed: The same seed draws the same cases.
    """
    groups: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        groups.setdefault((case.kind, case.operator), []).append(case)
    generator = random.Random(seed)
    return [
        group[place]
        for group in groups.values()
        for place in sorted(generator.sample(range(len(group)), min(count, len(group))))
    ]
