"""Plans: what a chain or a draw does, in words, and what of it is fused."""

from itertools import groupby

from leyden.augment.fusing.fusion import Fusion
from leyden.augment.fusing.step import Leaf

__all__ = ["write_plan"]

_NOTHING = Fusion.of((1, 1))


def write_plan(parts: list[tuple[str, Leaf]], *, exact: bool) -> str:
    """Write one numbered line a pass over the pixels.

    Args:
        parts: what each step does in words, and the step.
        exact: whether pixels are copied, not interpolated.

    Returns:
        Lines such as `1.) one resample, reflection at the border: flip x, rotate +-15 deg`.
    """
    lines: list[str] = []
    moves = [words for words, leaf in parts if leaf.kind == "spatial"]
    if moves:
        borders = [leaf.fuse(_NOTHING, ()).border for _, leaf in parts if leaf.kind == "border"]
        border = borders[-1] if borders else _NOTHING.border
        how = "one exact copy" if exact else f"one resample, {border} at the border"
        lines.append(f"{how}: {', '.join(moves)}")
    colours = [(words, leaf) for words, leaf in parts if leaf.kind in ("linear", "intensity")]
    for kind, group in groupby(colours, key=lambda part: part[1].kind):
        steps = [words for words, _ in group]
        lines += [f"one linear colour step: {', '.join(steps)}"] if kind == "linear" else steps
    return "\n".join(f"{number}.) {line}" for number, line in enumerate(lines, start=1)) or "nothing"
