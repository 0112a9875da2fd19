"""What a draw does to the labels of a sample: points off the grid, boxes cut, regions out of sight, values clipped."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, final

import torch
from torch import Tensor

from leyden.augment import Draw, Transform
from leyden.items import Image, Item, Keypoints, Mask
from leyden.items.boxes import Boxes
from leyden.items.grid import determinant
from leyden.items.polygon import Polygon
from leyden.types import Points
from leyden.widget.augment.drawing.cut import real_values

__all__ = ["Finding", "Probe", "Ranking", "ranked", "small_copy", "survey"]

Ranking: TypeAlias = Literal["all", "points", "boxes", "areas", "clipped"]
"""By what findings are put in order: the sum of all shares lost, or one of them."""

_FOLLOWED = 2048
"""Places of a label that are followed: all of a small one; of a larger one so many, and shares good to 1.6 %."""

_VALUES = 32**3
"""Values that are enough for the share that is clipped, to 0.6 %."""

_EDGE = 0.01  # share of the range at either end within which a value counts as lying at the end
_TOLD = 0.01  # shares below are not worth a word
_ROUNDING = 1e-4  # share of a box that single precision may lose

_GONE = 0.5  # pixels; of a region smaller than this no pixel centre may be left


@dataclass(frozen=True)
class Finding:
    """What one draw takes away.

    Args:
        seed: the draw is the first of this seed.
        draw: what was drawn.
        points: how many points there are on the grid.
        points_lost: names of those that a draw takes off it, or their rows.
        boxes: how many boxes and outlines there are, of which a part at least is on the grid.
        boxes_lost: names or rows of those taken off the grid altogether.
        boxes_cut: of those of which a part is taken off the grid, the share of what was on it.
        areas: of each label, the share off the grid; 1 also where it is too small to be left in a pixel. Where several
            masks have the label, that of the mask that loses most of it.
        clipped: of the values inside the range of the image, the share that leaves it; what lies at an end already,
            as the air around a head, loses nothing by it.
    """

    seed: int
    draw: Draw
    points: int = 0
    points_lost: tuple[str, ...] = ()
    boxes: int = 0
    boxes_lost: tuple[str, ...] = ()
    boxes_cut: Mapping[str, float] = field(default_factory=dict)
    areas: Mapping[int, float] = field(default_factory=dict)
    clipped: float = 0.0

    def share(self, by: Ranking = "all") -> float:
        """How much is lost, 0 to 1; of all kinds together, their sum.

        Of areas that of the label that loses most counts, of boxes those lost and the shares of those cut.
        """
        shares: dict[Ranking, float] = {
            "points": len(self.points_lost) / max(self.points, 1),
            "boxes": (len(self.boxes_lost) + sum(self.boxes_cut.values())) / max(self.boxes, 1),
            "areas": max(self.areas.values(), default=0.0),
            "clipped": self.clipped,
        }
        return sum(shares.values()) if by == "all" else shares[by]

    def words(self, regions: Mapping[int, str] | None = None) -> str:
        """What is lost, in words.

        Args:
            regions: names of the numbers in masks.
        """
        areas = [
            f"{(regions or {}).get(label, label)} {_percent(share)}"
            for label, share in self.areas.items()
            if share >= _TOLD
        ]
        said = {
            "points lost": self.points_lost,
            "boxes lost": self.boxes_lost,
            "boxes cut": [f"{name} {_percent(share)}" for name, share in self.boxes_cut.items()],
            "area lost": areas,
            "values out of range": [_percent(self.clipped)] if self.clipped >= _TOLD else [],
        }
        return "; ".join(f"{what}: {_some(names)}" for what, names in said.items() if names) or "nothing lost"


@final
class Probe:
    """Finds what draws take away from one sample, without computing a picture.

    Points, boxes and outlines are exact. Of a region so many places are followed as are enough, all of a small one.
    Values are those of a small copy of the image, not moved, after the colour steps.

    Args:
        items: of the sample.
        span: the range of the image's values.
    """

    def __init__(self, items: Sequence[Item], span: tuple[float, float]) -> None:
        self._span = span
        self._points = [(item, item.inside) for item in items if isinstance(item, Keypoints)]
        boxes = [item for item in items if isinstance(item, Boxes)]
        boxes += [item.boxes() for item in items if isinstance(item, Polygon)]
        self._boxes = list(zip(boxes, map(_shares_on_grid, boxes), _names_of(boxes), strict=True))
        self._small = small_copy(next(item for item in items if isinstance(item, Image)))
        self._regions: dict[int, list[tuple[Points, int]]] = {}
        for mask in (item.data for item in items if isinstance(item, Mask)):
            for label, places in _places_of(mask).items():
                self._regions.setdefault(label, []).append(places)

    @property
    def labels(self) -> tuple[int, ...]:
        """The numbers in masks, background left out."""
        return tuple(sorted(self._regions))

    def values(self, draw: Draw) -> Tensor:
        """The small copy after the colour steps of a draw; bytes as 0 to 1."""
        colours = tuple(step for step in draw.steps if step.transform.kind in ("linear", "intensity"))
        return real_values(Draw(self._small.size, colours)(self._small).data)

    def __call__(self, seed: int, draw: Draw) -> Finding:
        """What a draw takes away."""
        move = draw.fusion.move()
        points_lost = [
            _name(item.labels, row)
            for item, before in self._points
            for row in (before & ~item.warp(move).inside).nonzero().flatten().tolist()
        ]
        boxes_lost, boxes_cut = list[str](), dict[str, float]()
        for item, before, names in self._boxes:
            after = _shares_on_grid(item.warp(move))
            boxes_lost += [names[row] for row in before if row not in after]
            left = {row: after[row] / before[row] for row in before if row in after}
            boxes_cut |= {names[row]: 1 - share for row, share in left.items() if 1 - share > _ROUNDING}
        return Finding(
            seed,
            draw,
            sum(int(before.sum()) for _, before in self._points),
            tuple(points_lost),
            sum(len(before) for _, before, _ in self._boxes),
            tuple(boxes_lost),
            boxes_cut,
            {label: max(_area_lost(draw, *places) for places in found) for label, found in self._regions.items()},
            self._clipped(draw),
        )

    def _clipped(self, draw: Draw) -> float:
        """The share of values that leave the range, of those that were well inside it."""
        (low, high), after = self._span, self.values(draw)
        before = real_values(self._small.data)
        if before.shape != after.shape:
            return 0.0
        room = _EDGE * (high - low)
        inside = (before > low + room) & (before < high - room)
        left = inside & ((after < low) | (after > high))
        return float(left.sum()) / max(float(inside.sum()), 1.0)


def survey(
    probe: Probe,
    move: Transform,
    sample: object,
    *,
    seeds: Sequence[int],
    progress: Callable[[int, int], bool],
    note: Callable[[Finding], None],
) -> None:
    """Look at the first draw of each seed.

    Args:
        probe: made for the sample.
        move: what is drawn from.
        sample: what it is drawn for.
        seeds: one a draw.
        progress: told (draws done, draws in all); returns whether to go on.
        note: given each finding.
    """
    for done, seed in enumerate(seeds, start=1):
        note(probe(seed, move.draw(torch.Generator().manual_seed(seed), sample)))
        if not progress(done, len(seeds)):
            return


def ranked(findings: Sequence[Finding], by: Ranking = "all") -> tuple[Finding, ...]:
    """The findings, those that lose most first, equal ones by their seed."""
    return tuple(sorted(findings, key=lambda finding: (-finding.share(by), finding.seed)))


def small_copy(image: Image) -> Image:
    """Evenly spread values of an image, on a small grid."""
    data = image.data
    while data[0].numel() > _VALUES:
        longest = max(range(1, data.ndim), key=lambda axis: data.shape[axis])
        every: list[slice] = [slice(None)] * data.ndim
        every[longest] = slice(None, None, 2)
        data = data[tuple(every)]
    return Image(data.contiguous(), interpolation=image.interpolation)


def _places_of(mask: Tensor) -> dict[int, tuple[Points, int]]:
    """Of each label its places, or evenly spread ones of them, and how many there are."""
    flat = mask.flatten()
    filled = flat.nonzero().squeeze(1)  # background is most of a scan: looked through once
    labels = flat[filled]
    found: dict[int, tuple[Points, int]] = {}
    for label in labels.unique().tolist():
        own = filled[labels == label]
        spread = own[:: -(-len(own) // _FOLLOWED)]
        places = torch.stack(torch.unravel_index(spread, mask.shape), 1).double()
        found[int(label)] = (places, len(own))
    return found


def _area_lost(draw: Draw, places: Points, count: int) -> float:
    move = draw.fusion.move()
    edge = torch.tensor(draw.new_size, dtype=torch.float64) - 0.5
    moved = move.points(places)
    inside = float(((moved >= -0.5) & (moved <= edge)).all(1).double().mean())
    return 1.0 if inside * count * abs(determinant(draw.matrix)) < _GONE else 1 - inside


def _shares_on_grid(boxes: Boxes) -> dict[int, float]:
    """Of each box the share of its area on the grid, by its row; 1 where it has no area. Those off it are not there."""
    left = boxes.clipped()
    areas = dict(zip(boxes.rows, boxes.areas.tolist(), strict=True))
    return {
        row: area / areas[row] if areas[row] else 1.0 for row, area in zip(left.rows, left.areas.tolist(), strict=True)
    }


def _names_of(boxes: Sequence[Boxes]) -> list[dict[int, str]]:
    """What each box is called, by its row; with the number of its item, from 1 on, where another item has the name."""
    named = [{row: _name(item.labels, place) for place, row in enumerate(item.rows)} for item in boxes]
    often = Counter(name for names in named for name in names.values())
    return [
        {row: name if often[name] == 1 else f"{name} (item {number})" for row, name in names.items()}
        for number, names in enumerate(named, start=1)
    ]


def _name(labels: Sequence[str | int], row: int) -> str:
    """What one of several is called: its row where it has no name, its row too where others have the same."""
    if not labels:
        return f"number {row}"
    return f"{labels[row]}" if labels.count(labels[row]) == 1 else f"{labels[row]} (number {row})"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= _TOLD else "under 1 %"
