"""What all figures share: the sheet, the colours, the type, and how a sheet becomes bytes."""

import base64
import io
import textwrap
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

__all__ = [
    "FAINT",
    "GREY",
    "INK",
    "PALETTE",
    "Picture",
    "data_uri",
    "note",
    "plain_axes",
    "png",
    "sheet",
    "shorten",
    "write_title",
]

# Source: Okabe and Ito 2008, Color Universal Design (https://jfly.uni-koeln.de/color/); its yellow is left out, too
# faint for lines on white.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""The colours of series, told apart by colour-blind readers too, in the order in which they are taken."""

INK, GREY, FAINT = "#222222", "#767676", "#E4E4E4"

# Glyphs are fitted to whole pixels, so text is as wide as it was laid out only where layout and file have one dpi.
_DPI = 110

# matplotlib keeps fonts and layouts in shared caches: one figure is drawn at a time, whichever thread asks.
_lock = threading.RLock()


@final
class Picture(Figure):
    """A matplotlib Figure on an Agg canvas of its own, which a notebook shows without pyplot.

    Args:
        width: In inches.
        height: In inches.
    """

    def __init__(self, width: float, height: float) -> None:
        super().__init__(figsize=(width, height), dpi=_DPI, facecolor="white")
        self.set_layout_engine("constrained", w_pad=0.1, h_pad=0.08)
        FigureCanvasAgg(self)

    def _repr_png_(self) -> bytes:
        return png(self)


@contextmanager
def sheet(width: float, height: float) -> Iterator[Picture]:
    """Opens an empty figure of a size in inches, alone on the drawing lock, and lays it out on leaving.

    The layout then stays as it is, so that drawing again gives the same bytes. Text is taken literally: a dollar sign
    in the name of a class starts no formula.

    Examples:
        >>> with sheet(4, 3) as figure:
        ...     axes = plain_axes(figure, x_label="mm", y_label="HU")
        >>> len(png(figure)) > 1000
        True
    """
    with _lock:
        figure = Picture(width, height)
        yield figure
        for text in figure.findobj(Text):
            if isinstance(text, Text):
                text.set_parse_math(False)
        figure.draw_without_rendering()
        figure.draw_without_rendering()  # axes of fixed aspect settle in the second pass only
        figure.set_layout_engine("none")


def png(figure: Figure, *, dpi: int = _DPI) -> bytes:
    """Draws a figure as a PNG file; equal figures give equal bytes (no date, no version inside).

    Args:
        figure: Any matplotlib figure; it is left as it was.
        dpi: Pixels an inch, 1 or more.
    """
    file = io.BytesIO()
    with _lock:
        figure.savefig(
            file,
            format="png",
            dpi=dpi,
            facecolor=figure.get_facecolor(),
            edgecolor="none",
            # said in full, or a user's rcParams would crop the figure
            bbox_inches=Bbox.from_bounds(0, 0, *figure.get_size_inches()),
            metadata={"Software": None},
        )
    return file.getvalue()


def data_uri(image: bytes) -> str:
    """Packs a PNG file into an address that HTML can show, `<img src="...">`.

    Examples:
        >>> data_uri(b"PNG")
        'data:image/png;base64,UE5H'
    """
    return "data:image/png;base64," + base64.b64encode(image).decode("ascii")


def plain_axes(figure: Figure, *, x_label: str = "", y_label: str = "") -> Axes:
    """Adds axes in the house's look to a figure: two quiet spines, a light grid, labels."""
    axes = figure.add_subplot()
    axes.set_facecolor("white")
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)
    axes.tick_params(colors=INK, color=GREY, labelsize=9, length=3)
    axes.grid(visible=True, color=FAINT, linewidth=0.8, linestyle="-")
    axes.set_axisbelow(True)
    axes.set_xlabel(x_label, color=INK, fontsize=10)
    axes.set_ylabel(y_label, color=INK, fontsize=10)
    return axes


def write_title(axes: Axes, title: str) -> None:
    """Writes a title over axes, flush left, in as many lines as the figure's width asks for."""
    figure = axes.get_figure()
    if title and figure is not None:
        width = max(12, int(figure.bbox.width / figure.dpi * 9))
        text = textwrap.fill(title, width)
        axes.set_title(text, loc="left", color=INK, fontsize=12, fontweight="bold", pad=10)


def note(axes: Axes, text: str) -> None:
    """Says in the middle of empty axes why they are empty."""
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=GREY, fontsize=10)


def shorten(names: Sequence[str], length: int) -> list[str]:
    """Shortens names to `length` signs each: drops what all begin and end with, then the middle of what is still long.

    Examples:
        >>> shorten(["encoder.layers.1.attention.weight", "encoder.layers.2.attention.weight"], 16)
        ['…1…', '…2…']
        >>> shorten(["stages.stage3.block2.expand.convolution", "head"], 21)
        ['stages.sta…onvolution', 'head']
    """
    names = [" ".join(name.split()) for name in names]
    if len(set(names)) > 1 and max(map(len, names)) > length:
        head = _shared(names)
        tail = _shared([name[: len(head) - 1 : -1] if head else name[::-1] for name in names])
        names = [
            ("…" if head else "") + name[len(head) : len(name) - len(tail)] + ("…" if tail else "") for name in names
        ]
    left = length // 2
    return [
        name if len(name) <= length else f"{name[:left]}…{name[len(name) - (length - left - 1) :]}" for name in names
    ]


def _shared(names: list[str]) -> str:
    """Finds what all names begin with, in whole words."""
    start = names[0]
    for name in names:
        while not name.startswith(start):
            start = start[:-1]
    return start[: 1 + max(start.rfind(mark) for mark in "./ _-")]
