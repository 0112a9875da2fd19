"""The weights of a layer counted by value, those kept and those pruned, and drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import final

import torch
from torch import Tensor, nn

from leyden.prune import masks, places

__all__ = ["Histogram", "histogram_svg", "histograms", "outline"]

_LEAST, _MOST = 11, 61  # bins
_PRUNED = 64  # where the numbers of bins of pruned weights begin
_SEEN = 0.999  # of all weights lie within the ends; the few beyond are counted into the last bins
_SAMPLE = 1 << 16  # weights that the ends are found from


@final
@dataclass(frozen=True)
class Histogram:
    """How the weights of one parameter are spread, before pruning.

    Attributes:
        name: as in `named_parameters`.
        shape: its axes.
        limit: the bins run from -limit to limit; weights beyond count into the last ones.
        kept: how many weights of each bin were kept.
        pruned: how many were pruned.
        gone: how many were pruned before and have no value.
        spared: whether it was left out of pruning.
    """

    name: str
    shape: tuple[int, ...]
    limit: float
    kept: tuple[int, ...]
    pruned: tuple[int, ...]
    gone: int
    spared: bool

    @property
    def zeros(self) -> int:
        """How many weights are pruned."""
        return sum(self.pruned) + self.gone

    @property
    def total(self) -> int:
        """How many weights there are."""
        return self.zeros + sum(self.kept)

    @property
    def share(self) -> float:
        """Which share of them is pruned."""
        return self.zeros / max(1, self.total)

    def steps(self) -> dict[str, tuple[list[float], list[float]]]:
        """The outlines as lines: (values, counts) of what was kept and of what was pruned."""
        bins = len(self.kept)
        ends = [self.limit * (2 * place - bins) / bins for place in range(bins + 1)]
        across = [end for place in range(bins) for end in ends[place : place + 2]]
        lines = {"kept": self.kept, "pruned": self.pruned}
        return {name: (across, [float(count) for count in counts for _ in range(2)]) for name, counts in lines.items()}

    def words(self) -> str:
        """What it says, for those who do not see it."""
        name = f"{self.name} ({' x '.join(map(str, self.shape))})"
        told = f"{name}: {self.zeros:,} of {self.total:,} weights pruned ({self.share:.1%})"
        gone = "all" if self.gone == self.zeros else f"{self.gone:,}"
        before = f", {gone} of them before" if self.gone else ""
        return f"{name}: {self.total:,} weights, left out of pruning" if self.spared else told + before


def histograms(source: nn.Module, pruned: nn.Module) -> tuple[Histogram, ...]:
    """Count the weights of every parameter that can be pruned, in the order of the model.

    Args:
        source: what was pruned; its weights are the ones counted.
        pruned: what came of it.

    Returns:
        One for each parameter of two axes or more.

    Examples:
        >>> from leyden.prune import Magnitude, prune
        >>> model = nn.Linear(2, 2)
        >>> [found] = histograms(model, prune(model, Magnitude(0.5)))
        >>> found.zeros, found.total, found.share
        (2, 4, 0.5)
    """
    before, after = masks(source), masks(pruned)
    return tuple(
        _counted(place.name, place.parameter.detach(), before.get(place.name), after.get(place.name))
        for place in places(source)
    )


def outline(counts: Sequence[int], *, width: float, height: float, top: float) -> str:
    """A histogram as the path of an SVG, its foot at the bottom.

    Args:
        counts: of each bin.
        width: of all bins together.
        height: of the picture.
        top: the count that reaches its top.

    Examples:
        >>> outline([1, 2], width=4, height=10, top=2)
        'M0 10V5H2V0H4V10Z'
    """
    step, at = width / len(counts), 0.0
    parts = [f"M0 {height:g}"]
    for place, count in enumerate(counts):
        at = height - height * count / max(top, 1)
        parts.append(f"V{round(at, 1):g}H{round(step * (place + 1), 1):g}")
    return "".join(parts) + f"V{height:g}Z"


def histogram_svg(found: Histogram, *, width: int = 460, height: int = 150) -> str:
    """One layer in large: pruned weights stand on the kept ones, so that the outer line is all there were.

    Args:
        found: the layer.
        width: in pixels, where there is room.
        height: in pixels, the letters below included.

    Examples:
        >>> page = histogram_svg(Histogram("head", (2, 2), 1.0, (1, 0, 1), (0, 2, 0), 0, False))
        >>> page.count("<path"), "2 of 4 weights pruned" in page
        (2, True)
    """
    every = [kept + pruned for kept, pruned in zip(found.kept, found.pruned, strict=True)]
    tall, top = height - 20, max(every, default=0)
    paths = [("pruned", every), ("kept", found.kept)]
    drawn = "".join(
        f'<path class="{name}" d="{outline(counts, width=width, height=tall, top=top)}"/>' for name, counts in paths
    )
    marks = [(0, "start", -found.limit), (width / 2, "middle", 0.0), (width, "end", found.limit)]
    words = "".join(
        f'<text x="{x:g}" y="{height - 5}" text-anchor="{anchor}">{_number(value)}</text>' for x, anchor, value in marks
    )
    foot = f'<line x1="0" x2="{width}" y1="{tall}" y2="{tall}"/>'
    peak = f'<text x="0" y="11">{top:,}</text>'
    return (
        f'<svg class="weights" role="img" aria-label="{escape(found.words())}" viewBox="0 0 {width} {height}" '
        f'style="max-width:{width}px">{drawn}{foot}{words}{peak}</svg>'
    )


def _counted(name: str, weight: Tensor, before: Tensor | None, after: Tensor | None) -> Histogram:
    flat = weight.reshape(-1)
    alive = flat if before is None else flat[before.reshape(-1)]
    limit, bins = _limit(alive), _count(len(flat))
    # the bin of each weight as one byte, so that kept and pruned ones are counted in one pass
    places = (alive.float().clamp(-limit, limit) / limit).add_(1).mul_(bins / 2).clamp_(max=bins - 1).to(torch.uint8)
    if after is not None:
        left = after.reshape(-1) if before is None else after.reshape(-1)[before.reshape(-1)]
        places += left.logical_not().to(torch.uint8) * _PRUNED
    counts = torch.bincount(places, minlength=_PRUNED + bins).tolist()
    return Histogram(
        name=name,
        shape=tuple(weight.shape),
        limit=limit,
        kept=tuple(counts[:bins]),
        pruned=tuple(counts[_PRUNED : _PRUNED + bins]),
        gone=len(flat) - len(alive),
        spared=after is None,
    )


def _count(weights: int) -> int:
    """How many bins there are: fewer where few weights would leave gaps; odd, so that zero lies in a middle."""
    return min(_MOST, max(_LEAST, 2 * round(weights ** (1 / 3)) - 1))


def _limit(values: Tensor) -> float:
    """Where the bins end: the size that all but a few weights stay below."""
    few = values[:: max(1, len(values) // _SAMPLE)].float().abs()
    few = few[few.isfinite()]
    if not len(few):
        return 1.0
    return float(few.kthvalue(max(1, round(_SEEN * len(few)))).values) or 1.0


def _number(value: float) -> str:
    return f"{value:.2g}".replace("-", "\u2212")
