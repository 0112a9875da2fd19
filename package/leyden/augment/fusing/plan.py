"""Plans: what a chain or a draw does, in words, what of it is fused, and what cannot be, and why."""

from itertools import groupby

from leyden.augment.fusing.fusion import Fusion
from leyden.augment.fusing.step import Leaf

__all__ = ["write_plan"]

_NOTHING = Fusion.of((1, 1))

_Parts = list[tuple[str, Leaf]]


def write_plan(parts: _Parts, *, exact: bool) -> str:
    """Write one numbered line a pass over the pixels, then a line for each thing that is not as it stands.

    Args:
        parts: what each step does in words, and the step.
        exact: whether pixels are copied, not interpolated.

    Returns:
        Lines such as `1.) one resample, reflection at the border: flip x, rotate +-15 deg`, and reasons such as
        `- gamma is not linear: the linear steps before and after it stay two`.
    """
    colours = [(words, leaf) for words, leaf in parts if leaf.kind in ("linear", "intensity")]
    runs = [(kind, [words for words, _ in group]) for kind, group in groupby(colours, key=lambda part: part[1].kind)]
    lines = _moves(parts, exact=exact)
    for kind, steps in runs:
        lines += [f"one linear colour step: {', '.join(steps)}"] if kind == "linear" else steps
    labels = [words for words, leaf in parts if leaf.kind == "label"]
    lines += [f"labels: {', '.join(labels)}"] if labels else []
    numbered = [f"{number}.) {line}" for number, line in enumerate(lines, start=1)]
    return "\n".join([*numbered, *_splits(runs), *_reasons(parts)]) or "nothing"


def _moves(parts: _Parts, *, exact: bool) -> list[str]:
    """Write the line of the spatial steps, if there are any."""
    moves = [words for words, leaf in parts if leaf.kind == "spatial"]
    if not moves:
        return []
    borders = [leaf.fuse(_NOTHING, ()).border for _, leaf in parts if leaf.kind == "border"]
    border = borders[-1] if borders else _NOTHING.border
    how = "one exact copy" if exact else f"one resample, {border} at the border"
    return [f"{how}: {', '.join(moves)}"]


def _splits(runs: list[tuple[str, list[str]]]) -> list[str]:
    """Name the colour steps that keep linear ones apart: those that stand between two runs of them."""
    between = [words for kind, words in runs[1:-1] if kind == "intensity"]
    return [f"- not linear, so the linear steps before and after stay two: {', '.join(words)}" for words in between]


def _reasons(parts: _Parts) -> list[str]:
    """Say which steps act elsewhere than they stand, and which cannot be drawn for a bare grid."""
    bends = [words for place, (words, leaf) in enumerate(parts) if leaf.bends and _moved_after(parts[place + 1 :])]
    sights = [f"{words} ({leaf.looks_at})" for words, leaf in parts if leaf.looks_at]
    return [
        *([f"- fields, so they act after all other spatial steps: {', '.join(bends)}"] if bends else []),
        *([f"- decided by a look at the sample, not by chance alone: {', '.join(sights)}"] if sights else []),
    ]


def _moved_after(parts: _Parts) -> bool:
    return any(leaf.kind == "spatial" and not leaf.bends for _, leaf in parts)
