"""A cut as pixels: its image in a window, what lies over it drawn on top, what changed in two colours."""

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image as Pillow
from torch import Tensor

from leyden.widget.augment.drawing.cut import Cut, real_values
from leyden.widget.augment.drawing.marks import marked, rgb
from leyden.widget.data.canvas import painted

__all__ = ["Ink", "changed", "drawn", "levels_of"]

_HEAT = 0.55  # how much of the picture a score of 1 hides
_MOST, _SORTED = (0.05, 0.95), 4096  # shares between which most values lie, and values enough to find them


@dataclass(frozen=True)
class Ink:
    """How cuts are drawn.

    Args:
        window: values shown black and white; of bytes 0 to 1.
        side: the longer side in pixels.
        overlay: whether masks, heat maps, points, boxes and outlines are drawn.
        channel: which channel is shown; None shows three as colours, and of other images the first.
    """

    window: tuple[float, float]
    side: int
    overlay: bool = True
    channel: int | None = None


def drawn(seen: Cut, ink: Ink) -> np.ndarray:
    """A cut as bytes "y x 3"."""
    regions = None
    if ink.overlay and seen.masks:
        regions = seen.masks[0].to(torch.int64)
        for more in seen.masks[1:]:
            regions = torch.where(more == 0, regions, more.to(torch.int64))
    base = painted(
        _shades(_chosen(seen.image, ink.channel), ink.window), side=ink.side, mask=regions, aspect=seen.aspect
    )
    if not ink.overlay:
        return base
    for heat in seen.heats:
        base = _heated(base, heat)
    return marked(base, seen) if seen.points or seen.boxes or seen.rings else base


def changed(before: Cut, after: Cut, ink: Ink) -> np.ndarray | None:
    """What a draw changed, as bytes "y x 3": brighter in orange, darker in blue; None where the grids differ."""
    one, two = (_unit(_chosen(seen.image, ink.channel), ink.window).mean(0) for seen in (before, after))
    if one.shape != two.shape:
        return None
    change = (two - one).clamp(-1, 1).nan_to_num()
    colours = torch.tensor([rgb(4), rgb(5)], dtype=torch.float32)
    pixels = change.clamp(min=0)[..., None] * colours[0] + (-change).clamp(min=0)[..., None] * colours[1]
    return painted(pixels.round().to(torch.uint8).numpy(), side=ink.side, aspect=after.aspect)


def levels_of(data: Tensor, window: tuple[float, float]) -> tuple[float, float]:
    """The window in which values are seen: the usual one, or their own where they have left it.

    They have left it if what nine tenths of them span and the usual window have less than a fifth of the wider one in
    common, as after a normalisation.

    Args:
        data: some of the values.
        window: the usual window.
    """
    row = real_values(data).flatten()
    row = row[:: max(1, len(row) // _SORTED)]
    row = row[row.isfinite()]
    if not row.numel():
        return window
    low, high = row.quantile(torch.tensor(_MOST)).tolist()
    shared = min(high, window[1]) - max(low, window[0])
    if high <= low or shared >= 0.2 * max(high - low, window[1] - window[0]):
        return window
    return low, high


def _chosen(image: Tensor, channel: int | None) -> Tensor:
    if channel is not None:
        return image[min(channel, len(image) - 1)][None]
    return image if len(image) == 3 else image[:1]


def _unit(image: Tensor, window: tuple[float, float]) -> Tensor:
    low, high = window
    return (real_values(image) - low) / max(high - low, 1e-12)


def _shades(image: Tensor, window: tuple[float, float]) -> np.ndarray:
    """Bytes "y x" or "y x 3"."""
    values = _unit(image, window).nan_to_num().clamp(0, 1).mul(255).round().to(torch.uint8)
    return np.ascontiguousarray(values[0].numpy() if len(values) == 1 else values.permute(1, 2, 0).numpy())


def _heated(base: np.ndarray, heat: Tensor) -> np.ndarray:
    """Scores over a picture, each channel in a colour of its own, the highest score of each place counts."""
    best, channel = heat.float().nan_to_num().max(0)
    top = float(best.max())
    share = (best / top if top > 1 else best).clamp(0, 1)
    size = (base.shape[1], base.shape[0])
    over = np.asarray(Pillow.fromarray(share.numpy()).resize(size, Pillow.Resampling.BILINEAR))[..., None] * _HEAT
    which = np.asarray(Pillow.fromarray(channel.to(torch.int32).numpy()).resize(size, Pillow.Resampling.NEAREST))
    tints = np.array([rgb(number + 1) for number in range(len(heat))], np.float32)[which]
    return (base * (1 - over) + tints * over).round().astype(np.uint8)
