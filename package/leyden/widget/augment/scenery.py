"""A sample and its draws as pictures: which slice, in which window, with what over it; every cut is made once."""

import threading
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, final, get_args

import numpy as np
import torch
from torch import Tensor

from leyden.augment import Draw
from leyden.errors import PanelError
from leyden.items import Image, Item, Mask, Size, items_of
from leyden.items.heatmap import Heatmap
from leyden.medical import Scan
from leyden.widget.augment.drawing.cut import Cut, channels_apart, cut_of, only, place_on, shown_items
from leyden.widget.augment.drawing.facing import Facing, facings
from leyden.widget.augment.drawing.ink import Ink, changed, drawn, levels_of
from leyden.widget.augment.drawing.marks import lettered
from leyden.widget.augment.harm import Probe
from leyden.widget.data.slices import usual_window

__all__ = ["Planes", "Scenery", "Style"]

Planes: TypeAlias = Literal["one", "three"]
"""In how many planes a volume is shown before and after."""

_SMALL = 168  # pixels of a draw in the grid, its longer side
_LARGE = {2: 376, 3: 248}  # pixels of a picture of which so many stand side by side
_KEPT = 60  # cuts: two grids of draws


@dataclass(frozen=True)
class Style:
    """How a sample and its draws are shown.

    Args:
        overlay: whether masks, heat maps, points, boxes and outlines are drawn over the image.
        difference: whether what the draw changed is shown too.
        axis: of a volume, the axis that slices are across.
        places: of a volume, the slice across each axis, counted on the grid of the sample.
        window: values shown black and white; None is the usual window: all but the outermost half percent at either
            end, and 0 to 1 for bytes and for what lies there.
        channel: which channel is shown; None shows three as colours, and of other images the first.
        planes: of a volume, whether the pair is shown in the chosen plane, or in all three.
    """

    overlay: bool = True
    difference: bool = False
    axis: int = 0
    places: tuple[int, ...] = ()
    window: tuple[float, float] | None = None
    channel: int | None = None
    planes: Planes = "one"


@final
class Scenery:
    """Cuts and paints a sample and its draws.

    Args:
        sample: items of which one is an image.

    Raises:
        PanelError: none is an image, or the first one holds NaN.

    Attributes:
        items: the first image, and what lies over it.
        facings: of a volume, how the slices across each axis lie on the screen; none of a picture.
        span: the least and the greatest value of the image, 0 to 1 if it lies there.
        probe: finds what draws take away.
        labels: the numbers in masks, background left out.
        channel_names: what the channels show: the modalities of a `leyden.medical.Scan`, else numbers.
    """

    def __init__(self, sample: object) -> None:
        found = [_plain(item) for item in items_of(sample)]
        images = [item for item in found if isinstance(item, Image)]
        if not images:
            raise PanelError(
                f"an augmentation panel shows an image, and there is none among {len(found)} items: wrap a bare "
                "tensor in leyden.items.Image"
            )
        low, high = (float(end) for end in images[0].data.aminmax())
        if low != low:  # only NaN is not itself
            raise PanelError("the image holds NaN, which no picture can show: clean it with torch.nan_to_num(data)")
        self.items: tuple[Item, ...] = shown_items(found)
        self.image = images[0]
        told = sample.modalities if isinstance(sample, Scan) else ()
        plain = tuple(map(str, range(len(self.image.data))))
        self.channel_names: tuple[str, ...] = told if len(told) == len(plain) else plain
        self.facings: tuple[Facing, ...] = facings(self.image.affine) if len(self.image.size) == 3 else ()
        whole = self.image.data.dtype == torch.uint8 or (low >= 0 and high <= 1)
        self.span = (0.0, 1.0) if whole else (low, high)
        self.probe = Probe(self.items, self.span)
        self.labels = self.probe.labels
        self._plain = Draw(self.image.size, ())
        self._lock = threading.Lock()
        self._cuts: dict[tuple[Draw, int, int, int | None], Cut] = {}
        self._windows: dict[int | None, tuple[float, float]] = {}

    @property
    def size(self) -> Size:
        """The grid of the sample."""
        return self.image.size

    @property
    def marked(self) -> bool:
        """Whether there is anything to draw over the image."""
        return len(self.items) > 1

    @property
    def channels(self) -> int:
        """How many channels there are to choose from; 1 of colours, which are shown together."""
        count = len(self.image.data)
        return 1 if count == 3 and not self.facings else count

    @property
    def heat_names(self) -> tuple[str, ...]:
        """The channels of heat maps by name."""
        return tuple(name for item in self.items if isinstance(item, Heatmap) for name in item.labels)

    def first_style(self) -> Style:
        """The slices that hold most of the labels, or the middle ones; the first channel where there are several."""
        if not self.facings:
            return Style(channel=None if len(self.image.data) in (1, 3) else 0)
        masks = [item.data != 0 for item in self.items if isinstance(item, Mask)]
        places = []
        for axis, count in enumerate(self.size):
            others = [other for other in range(3) if other != axis]
            filled = masks[0].sum(others) if masks else torch.zeros(count)
            places.append(int(filled.argmax()) if bool(filled.any()) else count // 2)
        upright = next((facing.axis for facing in self.facings if facing.name == "axial"), 0)
        return Style(axis=upright, places=tuple(places), channel=None if self.channels == 1 else 0)

    def restyled(
        self,
        style: Style,
        *,
        axis: str | int | None = None,
        place: int | None = None,
        window: tuple[float, float] | None = None,
        channel: int | str | None = None,
        planes: Planes | None = None,
    ) -> Style:
        """A style with another slice, window, channel or planes; what is left out stays.

        Raises:
            PanelError: there is no such axis, slice, channel or choice, or the ends of the window are not in order.
        """
        names = [facing.name for facing in self.facings]
        chosen = style.axis if axis is None else names.index(axis) if axis in names else axis
        faults = []
        if axis is not None and chosen not in range(len(names)):
            faults.append(f"no axis {axis!r}: there is {', '.join(names) or 'none in a picture'}")
        elif place is not None and not (names and place in range(self.size[int(chosen)])):
            last = self.size[int(chosen)] - 1 if names else 0
            faults.append(f"no slice {place}: " + (f"there are 0 to {last}" if names else "a picture has none"))
        if window is not None and not window[0] < window[1]:
            faults.append(f"a window is a lower and a higher value; given {window}")
        channel = self.channel_names.index(channel) if channel in self.channel_names else channel
        if channel is not None and channel not in range(len(self.image.data)):
            faults.append(f"no channel {channel!r}: there are 0 to {len(self.image.data) - 1}{self._named()}")
        if planes not in (None, *get_args(Planes)):
            faults.append(f"planes are {' or '.join(map(repr, get_args(Planes)))}; given {planes!r}")
        if faults:
            raise PanelError("; ".join(faults))
        places = list(style.places)
        if place is not None:
            places[int(chosen)] = int(place)
        kept = style.window if channel in (None, style.channel) else None  # each channel has values of its own
        return replace(
            style, axis=int(chosen), places=tuple(places), window=window or kept,
            channel=style.channel if channel is None else int(channel), planes=planes or style.planes,
        )  # fmt: skip

    def window(self, style: Style) -> tuple[float, float]:
        """The values shown black and white, as chosen or as usual."""
        if style.window is not None:
            return style.window
        if style.channel not in self._windows:
            data = self.image.data if style.channel is None else self.image.data[style.channel][None]
            usual = (0.0, 1.0) if data.dtype == torch.uint8 else usual_window(data)
            self._windows[style.channel] = usual
        return self._windows[style.channel]

    def cells(self, draws: tuple[Draw, ...], style: Style) -> list[np.ndarray]:
        """The sample as given, then each draw, in small: bytes "y x 3"."""
        windows = [self.window(style), *[self._levels(draws[0], style)] * len(draws)]
        return [
            drawn(self._cut(draw, style), Ink(window, _SMALL, style.overlay, style.channel))
            for draw, window in zip((self._plain, *draws), windows, strict=True)
        ]

    def pair(self, draw: Draw, style: Style) -> list[tuple[str, np.ndarray]]:
        """The sample as given and one draw, in large, in one plane or in three; what changed too where that is wanted.

        Of three planes first the sample in each, then the draw in each.
        """
        if not (self.facings and style.planes == "three"):
            return self._row(draw, style, _LARGE[3 if style.difference else 2])
        order = sorted(self.facings, key=lambda facing: facing.name)  # axial, coronal, sagittal
        rows = [self._row(draw, replace(style, axis=facing.axis), _LARGE[3]) for facing in order]
        return [each for column in zip(*rows, strict=False) for each in column]

    def _row(self, draw: Draw, style: Style, side: int) -> list[tuple[str, np.ndarray]]:
        """The sample as given and one draw in one plane."""
        before, after = self._cut(self._plain, style), self._cut(draw, style)
        window, levels = self.window(style), self._levels(draw, style)
        ink = Ink(window, side, style.overlay, style.channel)
        facing = self.facings[style.axis] if self.facings else None
        first = lettered(drawn(before, ink), facing.letters if facing else "")
        where = ""
        if facing is not None:
            place = place_on(style.places[style.axis], self.size[style.axis], draw.new_size[style.axis])
            where = f", {facing.name} {place} of 0 to {draw.new_size[style.axis] - 1}"
        told = "" if levels == window else f", in a window of its own: {levels[0]:.3g} to {levels[1]:.3g}"
        shown = [
            (f"as given{self._where(style)}", first),
            (f"as drawn{where}{told}", drawn(after, Ink(levels, side, style.overlay, style.channel))),
        ]
        if style.difference:
            change = changed(before, after, ink)
            words = "what changed: brighter orange, darker blue" if change is not None else ""
            shown += [] if change is None else [(words, change)]
        return shown

    def _where(self, style: Style) -> str:
        if not self.facings:
            return ""
        facing = self.facings[style.axis]
        return f", {facing.name} {style.places[style.axis]} of 0 to {self.size[style.axis] - 1}"

    def _named(self) -> str:
        plain = self.channel_names == tuple(map(str, range(len(self.image.data))))
        return "" if plain else f", {', '.join(self.channel_names)}"

    def _levels(self, draw: Draw, style: Style) -> tuple[float, float]:
        """The window of a draw: that of the sample, unless its colour steps have left it."""
        values = self.probe.values(draw)
        if style.channel is not None:
            values = values[style.channel % len(values)]
        return levels_of(values, self.window(style))

    def _cut(self, draw: Draw, style: Style) -> Cut:
        """A cut, made at most once; by one thread at a time, as two would only be in each other's way."""
        axis = style.axis if self.facings else -1
        place = style.places[axis] if self.facings else 0
        channel = style.channel if channels_apart(draw) else None
        key = (draw, axis, place, channel)
        with self._lock:
            if key not in self._cuts:
                while len(self._cuts) >= _KEPT:
                    self._cuts.pop(next(iter(self._cuts)))
                self._cuts[key] = cut_of(
                    only(self.items, channel), draw, facing=self.facings[axis] if self.facings else None, place=place
                )
            return self._cuts[key]


def _plain(item: Item) -> Item:
    """Give an item that no gradient is asked of: what is shown is not learned from."""
    data = getattr(item, "data", None)
    return replace(item, data=data.detach()) if isinstance(data, Tensor) and data.requires_grad else item  # type: ignore[call-arg]
