"""How wide words are: by the metrics of matplotlib's own font, which is wider than those of most browsers."""

from collections.abc import Sequence
from functools import cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from leyden.plot.canvas import shorten

__all__ = ["fit", "text_width"]

_SIZE = 100.0  # measured large, so that rounding to the grid of the font does not matter


@cache
def _advance(sign: str, *, bold: bool) -> float:
    font = FontProperties(size=_SIZE, weight="bold" if bold else "normal")
    # A sign between two others, less the two alone: its own ink may be narrower than the room it takes.
    both, alone = (
        text_to_path.get_text_width_height_descent(text, font, ismath=False)[0] for text in (f"x{sign}x", "xx")
    )
    return (both - alone) / _SIZE


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line of text, in the unit of `size`, which is the height of the font.

    Examples:
        >>> 60 < text_width("optimizer.lr", 12) < text_width("optimizer.lr", 12, bold=True) < 110
        True
    """
    return size * sum(_advance(sign, bold=bold) for sign in text)


def fit(lines: Sequence[str], width: float, *, size: float, bold: bool = False) -> tuple[str, ...]:
    """Lines cut in their middle where they are wider than `width`.

    Examples:
        >>> fit(["short", "logged.mean_of_the_loss_of_all_batches"], 100, size=10)
        ('short', 'logged.m…_batches')
    """
    fitted = []
    for line in lines:
        length = len(line)
        while length > 4 and text_width(shorten([line], length)[0], size, bold=bold) > width:
            length -= 1
        fitted.append(shorten([line], length)[0])
    return tuple(fitted)
