"""Images: many side by side, or one with its mask and its keypoints on top."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Patch, Rectangle
from torch import Tensor

from leyden.errors import PlotError
from leyden.plot.canvas import GREY, INK, PALETTE, Picture, note, plain_axes, sheet, shorten, write_title

__all__ = ["ImageLike", "grid", "overlay"]

ImageLike: TypeAlias = Tensor | np.ndarray
"""A tensor "channel y x" or an array "y x channel" (or "y x"), 1 or 3 channels, uint8 or floating point in [0, 1]."""

_OVERSHOOT = 0.1
_OUTLINED = 64
_LEGEND_ROWS = 20
_BROKEN = to_rgb(PALETTE[1])
_MARK = "#F0E442"
_NO_BOXES = np.empty((0, 4))
_Layers: TypeAlias = tuple[np.ndarray | None, np.ndarray, np.ndarray]  # regions, places, corners


def grid(
    images: Iterable[ImageLike],
    *,
    masks: Sequence[Tensor | np.ndarray | None] = (),
    points: Sequence[Tensor | np.ndarray | None] = (),
    boxes: Sequence[Tensor | np.ndarray | None] = (),
    titles: Sequence[str] = (),
    columns: int | None = None,
    title: str = "",
) -> Picture:
    """Draws images side by side, row by row, each at its own size and aspect, with what belongs to it on top.

    Args:
        images: Tensors channel first or arrays channel last; uint8 or floating point in [0, 1]. One channel is grey.
            Values that are not finite show in vermilion.
        masks: One for each image, as for `overlay`; or none at all, or None for an image without.
        points: Likewise.
        boxes: Likewise, (y, x, y, x) of the first and the last corner a row, in pixels as points are.
        titles: One above each image; none, or as many as images.
        columns: Images a row, 1 or more; None chooses a wide rectangle.
        title: Written over all, flush left.

    Raises:
        PlotError: If an image is none, or a number does not fit; all faults at once.
    """
    given, faults = list(images), []
    pictures = [_colours(image, f"image {index}", faults) for index, image in enumerate(given)]
    for what, one_each in (("titles", titles), ("masks", masks), ("points", points), ("boxes", boxes)):
        if one_each and len(one_each) != len(given):
            faults.append(f"{len(one_each)} {what} for {len(given)} images")
    layers = [] if faults else _layers(pictures, masks, points, boxes, faults)
    if columns is not None and columns < 1:
        faults.append(f"columns must be 1 or more, not {columns}")
    if faults:
        raise PlotError("; ".join(faults))
    return _arranged(pictures, layers, titles=titles, columns=columns, title=title)


def overlay(
    image: ImageLike,
    mask: Tensor | np.ndarray | None = None,
    points: Tensor | np.ndarray | None = None,
    *,
    names: Mapping[int, str] | None = None,
    title: str = "",
) -> Picture:
    """Draws an image with its regions tinted and its points marked.

    Args:
        image: As for `grid`.
        mask: Whole numbers "y x" of the image's size: 0 is background, other labels take the colours in turn,
            negative ones (to be ignored) are grey.
        points: Pixels (y, x), one a row, the centre of the first pixel at (0, 0); NaN is left out.
        names: What labels stand for; those present are listed beside the image.
        title: Written over the picture, flush left.

    Raises:
        PlotError: If image, mask and points do not fit each other; all faults at once.
    """
    faults: list[str] = []
    picture = _colours(image, "the image", faults)
    regions = _regions(mask, None if faults else picture.shape[:2], faults)
    places = _places(points, faults)
    if faults:
        raise PlotError("; ".join(faults))
    height, width = picture.shape[:2]
    across, down = (max(5.0 * side / max(height, width), 1.2) for side in (width, height))
    with sheet(across + (1.8 if names else 0.0), down + (0.4 if title else 0.0)) as figure:
        axes = figure.add_subplot()
        _show(axes, picture)
        write_title(axes, title)
        _cover(axes, picture, (regions, places, _NO_BOXES), names=names or {})
    return figure


def _arranged(
    pictures: list[np.ndarray], layers: list[_Layers], *, titles: Sequence[str], columns: int | None, title: str
) -> Picture:
    """Draws pictures side by side, row by row."""
    wide = max(1, min(columns or min(8, math.ceil(math.sqrt(1.6 * len(pictures)))), len(pictures)))
    rows, captions = math.ceil(len(pictures) / wide), shorten(titles, 22) or [""] * len(pictures)
    row = _height(pictures) + (0.25 if titles else 0.0)
    with sheet(max(1.5 * wide, 3.0), max(rows * row, 1.0) + (0.4 if title else 0.0)) as figure:
        if not pictures:
            note(plain_axes(figure), "no images")
        for index, picture in enumerate(pictures):
            axes = figure.add_subplot(rows, wide, index + 1)
            _show(axes, picture)
            _cover(axes, picture, layers[index], thin=True)
            axes.set_title(captions[index], fontsize=8, color=INK, pad=3)
        if title:
            figure.suptitle(title, x=0.01, ha="left", color=INK, fontsize=12, fontweight="bold")
    return figure


def _layers(
    pictures: list[np.ndarray],
    masks: Sequence[Tensor | np.ndarray | None],
    points: Sequence[Tensor | np.ndarray | None],
    boxes: Sequence[Tensor | np.ndarray | None],
    faults: list[str],
) -> list[_Layers]:
    """Reads what is to be drawn on each image."""
    found: list[_Layers] = []
    for index, picture in enumerate(pictures):
        mask, place, box = (rows[index] if rows else None for rows in (masks, points, boxes))
        new: list[str] = []
        found.append((_regions(mask, picture.shape[:2], new), _places(place, new), _corners(box, new)))
        faults += [f"image {index}: {fault}" for fault in new]
    return found


def _cover(
    axes: Axes, picture: np.ndarray, layers: _Layers, *, names: Mapping[int, str] | None = None, thin: bool = False
) -> None:
    """Draws regions, boxes and points upon an image, and nothing beyond its edge."""
    regions, places, corners = layers
    if regions is not None:
        _tint(axes, regions, names or {})
    size, lines = (4, (1.8, 0.9)) if thin else (8, (3.0, 1.5))
    for colour, thick in zip(("black", _MARK), lines, strict=True):
        for top, left, bottom, right in corners:
            frame = Rectangle((left, top), right - left, bottom - top, fill=False, edgecolor=colour, linewidth=thick)
            axes.add_patch(frame)
        if places.size:
            axes.plot(places[:, 1], places[:, 0], "o", color="none", markeredgecolor=colour, markersize=size, mew=thick)
    height, width = picture.shape[:2]
    axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))


def _height(pictures: list[np.ndarray]) -> float:
    """Chooses the height in inches of a row of images 1.5 inches wide."""
    aspects = [picture.shape[0] / picture.shape[1] for picture in pictures]
    return 1.5 * min(1.6, max(0.4, float(np.median(aspects or [1.0]))))


def _colours(image: object, called: str, faults: list[str]) -> np.ndarray:
    """Turns an image into "y x 3" in [0, 1]; on a fault, adds to the list and returns one black pixel."""
    array = np.zeros((1, 1, 3))
    if isinstance(image, Tensor):
        plain = image.detach().cpu()
        found = (plain.float() if plain.is_floating_point() else plain).numpy()
        found = np.moveaxis(found, 0, -1) if found.ndim == 3 else found
        order = "channel y x"
    elif isinstance(image, np.ndarray):
        found, order = image, "y x channel"
    else:
        faults.append(f"{called} must be a tensor or an array, not {type(image).__name__}")
        return array
    found = found[..., None] if found.ndim == 2 else found
    if found.ndim != 3 or found.shape[-1] not in (1, 3) or found.size == 0:
        faults.append(f"{called} has shape {tuple(image.shape)}; expected {order!r} with 1 or 3 channels, not empty")
        return array
    if found.dtype == np.uint8:
        return np.broadcast_to(found / 255.0, (*found.shape[:2], 3))
    if found.dtype.kind != "f":
        faults.append(f"{called} has type {found.dtype}; expected uint8, or floating point in [0, 1]")
        return array
    finite = np.isfinite(found)
    low, high = found.min(initial=0.0, where=finite), found.max(initial=1.0, where=finite)
    if low < -_OVERSHOOT or high > 1.0 + _OVERSHOOT:
        faults.append(f"{called} has values from {low:.4g} to {high:.4g}; bring them to [0, 1] first")
        return array
    array = np.broadcast_to(np.clip(np.nan_to_num(found), 0.0, 1.0), (*found.shape[:2], 3)).astype(np.float64)
    array[~finite.all(-1)] = _BROKEN
    return array


def _regions(mask: Tensor | np.ndarray | None, size: tuple[int, ...] | None, faults: list[str]) -> np.ndarray | None:
    """Reads a label map of the image's size, where that is known."""
    if mask is None:
        return None
    regions = mask.detach().cpu().numpy() if isinstance(mask, Tensor) else mask
    if regions.dtype.kind not in "iub":
        faults.append(f"the mask has type {regions.dtype}; expected whole numbers")
    if size is not None and regions.shape != size:
        faults.append(f"the mask has shape {regions.shape}, the image {size}")
    return regions.astype(np.int64) if regions.dtype.kind in "iub" else None


def _places(points: Tensor | np.ndarray | None, faults: list[str]) -> np.ndarray:
    """Reads the points that can be drawn, (y, x) a row."""
    if points is None:
        return np.empty((0, 2))
    places = np.asarray(points.detach().cpu() if isinstance(points, Tensor) else points, dtype=np.float64)
    if places.ndim != 2 or places.shape[1] != 2:
        faults.append(f"the points have shape {places.shape}; expected (point, 2) in the order y, x")
        return np.empty((0, 2))
    return places[np.isfinite(places).all(1)]


def _corners(boxes: Tensor | np.ndarray | None, faults: list[str]) -> np.ndarray:
    """Reads the boxes that can be drawn, (y, x, y, x) a row."""
    if boxes is None:
        return _NO_BOXES
    corners = np.asarray(boxes.detach().cpu() if isinstance(boxes, Tensor) else boxes, dtype=np.float64)
    if corners.ndim != 2 or corners.shape[1] != 4:
        faults.append(f"the boxes have shape {corners.shape}; expected (box, 4): y, x of the first and the last corner")
        return _NO_BOXES
    return corners[np.isfinite(corners).all(1)]


def _show(axes: Axes, picture: np.ndarray) -> None:
    """Draws one image without frame or ticks."""
    axes.imshow(picture)
    axes.set_axis_off()


def _tint(axes: Axes, regions: np.ndarray, names: Mapping[int, str]) -> None:
    """Fills every region with its colour and draws its edge, or only fills where there are very many."""
    layer = np.zeros((*regions.shape, 4))
    patches = []
    labels = np.unique(regions[regions != 0]).tolist()
    rows, columns = (np.arange(-1, size + 1) for size in regions.shape)
    for label in labels:
        colour = to_rgb(GREY if label < 0 else PALETTE[label % len(PALETTE)])
        inside = regions == label
        layer[inside] = (*colour, 0.35)
        if len(labels) <= _OUTLINED:
            axes.contour(columns, rows, np.pad(inside, 1), levels=[0.5], colors=[colour], linewidths=1.4)
        if label in names and len(patches) < _LEGEND_ROWS:
            patches.append(Patch(facecolor=colour, label=" " + shorten([names[label]], 24)[0]))
    axes.imshow(layer, interpolation="nearest")
    if patches:
        axes.legend(
            handles=patches, loc="upper left", bbox_to_anchor=(1.0, 1.02), frameon=False, fontsize=9, labelcolor=INK
        )
