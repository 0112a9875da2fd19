"""One element drawn in full: every field by its kind."""

import base64
import io
import math
import wave
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from numbers import Integral

import numpy as np
import torch
from torch import Tensor

from leyden import plot
from leyden.data.look.leaf import Kind, fields_of, grid_of, kinds_of, label_in, rate_in, tensor_of
from leyden.data.pipe.broken import Broken
from leyden.data.pipe.view import Element
from leyden.data.volume import Volume
from leyden.errors import PanelError
from leyden.items import Keypoints
from leyden.widget.base.panel import explain
from leyden.widget.base.picture import encode, mosaic
from leyden.widget.base.view import facts_table
from leyden.widget.data.canvas import flat, heat, painted
from leyden.widget.data.slices import slices_of, usual_window

__all__ = ["Look", "Part", "first_volume", "parts_of", "sorted_fields", "value_span", "window_of"]

_SIDE = 460  # pixels of a picture on the screen, its longer side
_SIGNS = 4000  # of a text that are shown
_UNORDERED = (torch.uint16, torch.uint32, torch.uint64)  # torch finds no least and greatest of these
_COUNTED = 2**16  # labels up to which places are counted, not sorted
_SHORT = 60  # signs of a text that is a value among others
_ROWS: tuple[Kind, ...] = ("label", "number", "missing", "other")  # kinds that are told on one line
_HEARD = 20.0  # s of a sound that are sent to the browser: 16 bits at 44.1 kHz make 1.8 MB


@dataclass(frozen=True)
class Look:
    """How elements are shown.

    Args:
        classes: class names by index.
        regions: names of the numbers in masks.
        rate: values a second of sound, where the elements do not say it.
        kinds: kinds of fields that are known better than they look.
        overlay: whether masks and points are drawn over their image.
        window: values shown black and white, of images and volumes that are neither bytes nor in [0, 1].
        place: the voxel (z, y, x) that slices go through; None is the middle, one outside is brought inside.

    Raises:
        PanelError: a window whose ends are not in order, or a place that is not three whole numbers.
    """

    classes: tuple[str, ...] = ()
    regions: Mapping[int, str] = field(default_factory=dict)
    rate: float | None = None
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    overlay: bool = True
    window: tuple[float, float] | None = None
    place: tuple[int, int, int] | None = None

    def __post_init__(self) -> None:
        if self.window is not None and not self.window[0] < self.window[1]:
            raise PanelError(f"a window is a lower and a higher value; given {self.window}")
        if self.place is not None and [isinstance(spot, Integral) for spot in self.place] != [True] * 3:
            raise PanelError(f"a place is three whole numbers, (z, y, x); given {self.place}")


@dataclass(frozen=True)
class Part:
    """A field, or several that belong together, ready to be shown.

    Args:
        name: of the field.
        words: what it is, on one line.
        pictures: (what it shows, PNG) each.
        html: what is shown in a front end below the pictures, or in their place.
        text: the same in plain words, for where there is no front end.
        instead: whether a front end shows the html in place of the pictures.
    """

    name: str
    words: str
    pictures: tuple[tuple[str, bytes], ...] = ()
    html: str = ""
    text: tuple[str, ...] = ()
    instead: bool = False

    def lines(self) -> list[str]:
        """The part in words, for a page that does not run."""
        return [f"{self.name}  {self.words}".strip(), *self.text]


def parts_of(element: Element, look: Look) -> tuple[Part, ...]:
    """An element as what can be shown of it, its pictures first."""
    if type(element) is Broken:
        return (Part("broken", "this element cannot be read", html=_problem(element), text=(element.problem,)),)
    fields, kinds = sorted_fields(element, look)
    nothing = Part("element", "this element cannot be drawn", text=(type(element).__name__,))
    parts: list[Part] = [] if kinds else [nothing]
    rows: list[tuple[str, str]] = []
    for name, kind in kinds.items():
        if kind in _ROWS or (kind == "text" and len(fields[name]) <= _SHORT):
            called = "label" if kind == "label" and name.isdigit() else _called(name)
            rows.append((called, _told(name, fields[name], fields, kinds, look)))
            continue
        try:
            part = _part(name, fields, kinds, look)
        except Exception as error:  # of numbers that cannot be counted or are nowhere: the rest is shown
            told = f"cannot be drawn: {explain(error)}"
            part = Part(_called(name), told, text=(f"{type(fields[name]).__name__} {told}",))
        parts += [] if part is None else [part]
    if rows:
        text = tuple(f"{name}  {told}" for name, told in rows)
        parts.append(Part("values", "", html=facts_table(rows), text=text))
    return tuple(parts)


def sorted_fields(element: Element, look: Look) -> tuple[dict[str, Element], dict[str, Kind]]:
    """The fields of an element and the kind of each; none of either where that cannot be told."""
    try:
        fields = fields_of(element)
        return fields, kinds_of(fields, rate=look.rate, given=look.kinds)
    except Exception:  # of values that are nowhere, as on the meta device: what shows it says so
        return {}, {}


def first_volume(element: Element, look: Look) -> tuple[int, int, int] | None:
    """Voxels along z, y and x of the first volume, or mask of one, in an element; None where there is none."""
    if type(element) is Broken:
        return None
    fields, kinds = sorted_fields(element, look)
    grids = (grid_of(fields[name]) for name, kind in kinds.items() if kind in ("volume", "mask"))
    return next(((grid[0], grid[1], grid[2]) for grid in grids if len(grid) == 3), None)


def value_span(element: Element, look: Look) -> tuple[float, float] | None:
    """Least and greatest value of the first image or volume of an element; None of bytes, or where there is none."""
    numbers = tensor_of(_windowed(element, look))
    if numbers is None or not numbers.numel():
        return None
    low, high = _extent(numbers)
    return (low, high) if low < high else None


def window_of(element: Element, look: Look) -> tuple[float, float] | None:
    """The values shown black and white, as chosen or as usual; None of bytes, or where there is no image."""
    value = _windowed(element, look)
    return None if value is None else look.window or usual_window(value)


def _windowed(element: Element, look: Look) -> Element | None:
    """The first image or volume of an element that is not of bytes."""
    if type(element) is Broken:
        return None
    fields, kinds = sorted_fields(element, look)
    name = next((name for name, kind in kinds.items() if kind in ("image", "volume")), None)
    return fields[name] if name is not None and _has_window(fields[name]) else None


def _part(name: str, fields: Mapping[str, Element], kinds: Mapping[str, Kind], look: Look) -> Part | None:
    """A field by itself; None of what is drawn over another one."""
    value, kind = fields[name], kinds[name]
    if kind in ("image", "volume"):
        return _scene(name, fields, kinds, look)
    if kind in ("mask", "points"):
        return None if _overlaid(name, fields, kinds, look) else _alone(name, value, look)
    if kind == "sound":
        return _sound(name, value, look.rate or rate_in(fields) or 1.0)
    return _block(name, value) if kind == "tensor" else _text(name, value)


def _scene(name: str, fields: Mapping[str, Element], kinds: Mapping[str, Kind], look: Look) -> Part:
    """An image or a volume with what lies on its grid drawn over it."""
    value, kind = fields[name], kinds[name]
    over = [other for other in fields if _overlaid(other, fields, kinds, look) == name] if look.overlay else []
    masks = [_regions(fields[other]) for other in over if kinds[other] == "mask"]
    points = [fields[other] for other in over if kinds[other] == "points"]
    places = points[0].data if points else None
    words = _words(value)
    told = ", ".join([words, *(f"{_called(other)} over it" for other in over)])
    if kind == "volume":
        pictures = slices_of(value, look.place, window=look.window, mask=masks[0] if masks else None, points=places)
    else:
        pixels = flat(value, (look.window or usual_window(value)) if _has_window(value) else None)
        drawn = painted(pixels, side=_SIDE, mask=masks[0] if masks else None, points=places)
        pictures = ((f"{_seen(name, fields, kinds, look)}: {told}", encode(drawn)),)
    return Part(_called(name), told, pictures, html=_legend(masks[0], look.regions) if masks else "")


def _seen(name: str, fields: Mapping[str, Element], kinds: Mapping[str, Kind], look: Look) -> str:
    """A field by name, and what it is a picture of, where a label says so."""
    label = label_in(fields, kinds, classes=look.classes)
    return name if label is None else f"{name} of {label}"


def _overlaid(name: str, fields: Mapping[str, Element], kinds: Mapping[str, Kind], look: Look) -> str | None:
    """The image or volume that a mask or points are drawn over: the first on the same grid."""
    if kinds[name] not in ("mask", "points"):
        return None
    scenes = (other for other, kind in kinds.items() if kind in ("image", "volume"))
    grid = fields[name].size if isinstance(fields[name], Keypoints) else grid_of(fields[name])
    return next((other for other in scenes if grid_of(fields[other]) == tuple(grid)), None)


def _alone(name: str, value: Element, look: Look) -> Part:
    """A mask or points without an image, on black."""
    if isinstance(value, Keypoints):
        ground = np.zeros(value.size[-2:], np.uint8)
        drawn = painted(ground, side=_SIDE, points=value.data[:, -2:])
        return Part(_called(name), repr(value), ((f"{name}: {value!r}", encode(drawn)),))
    regions = _regions(value)
    if regions.ndim == 3:
        black = torch.zeros(regions.shape, dtype=torch.uint8)
        pictures = slices_of(black, look.place, mask=regions)
    else:
        drawn = painted(np.zeros(tuple(regions.shape), np.uint8), side=_SIDE, mask=regions)
        pictures = ((f"{name}: {_words(value)}", encode(drawn)),)
    return Part(_called(name), _words(value), pictures, html=_legend(regions, look.regions))


def _sound(name: str, value: Element, rate: float) -> Part:
    numbers = tensor_of(value)
    assert numbers is not None, "sound is numbers"
    seconds = numbers.shape[-1] / rate
    words = f"{_words(value)}, {seconds:.3g} s at {rate:g} a second"
    picture = plot.png(plot.sound(numbers.double(), rate))
    cut = f" (the first {_HEARD:g} s)" if seconds > _HEARD else ""
    player = f'<audio controls preload="metadata" aria-label="{escape(name)}{cut}" src="{_wav(numbers, rate)}"></audio>'
    return Part(_called(name), words, ((f"{name}: wave and spectrogram, {words}", picture),), html=player + cut)


def _wav(numbers: Tensor, rate: float) -> str:
    """The start of a sound as an address that a browser plays: one channel of 16 bits."""
    row = numbers.double().nan_to_num().reshape(-1, numbers.shape[-1])[:, : int(_HEARD * rate)].mean(0)
    loudest = max(float(row.abs().max()) if row.numel() else 0.0, 1.0) if numbers.is_floating_point() else 32768.0
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(round(rate))
        out.writeframes((row / loudest * 32767).round().to(torch.int16).numpy().tobytes())
    return "data:audio/wav;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def _block(name: str, value: Element) -> Part:
    numbers = tensor_of(value)
    assert numbers is not None, "a tensor holds numbers"
    words = _words(value)
    if numbers.ndim == 4 and numbers.shape[1] in (1, 3) and numbers.numel():  # images side by side
        cells = [painted(flat(image), side=110) for image in numbers[:16]]
        return Part(
            _called(name), words, ((f"{name}: the first {len(cells)} images of {words}", encode(mosaic(cells))),)
        )
    if numbers.ndim == 1 and numbers.shape[0] > 16:
        drawn = plot.curves({name: (range(len(numbers)), numbers)}, x_label="place", y_label="value")
        return Part(_called(name), words, ((f"{name}: {words}", plot.png(drawn)),))
    few = numbers.ndim == 1
    html = f"<pre>{escape(', '.join(f'{number:.5g}' for number in numbers.tolist()))}</pre>" if few else ""
    return Part(_called(name), words, ((f"{name}: {words}", encode(heat(numbers, side=320))),), html=html)


def _text(name: str, value: str) -> Part:
    cut = value if len(value) <= _SIGNS else value[:_SIGNS] + " ..."
    words = f"text of {len(value):,} signs" + (f", the first {_SIGNS:,}" if len(value) > _SIGNS else "")
    return Part(_called(name), words, html=f'<pre class="text">{escape(cut)}</pre>', text=tuple(cut.splitlines()))


def _told(name: str, value: Element, fields: Mapping[str, Element], kinds: Mapping[str, Kind], look: Look) -> str:
    if kinds[name] == "label":
        label = label_in(fields, kinds, field=name, classes=look.classes) or ""
        return label if isinstance(value, str) or label == str(value) else f"{label} ({_plain(value)})"
    if kinds[name] == "missing":
        return "missing"
    return value if isinstance(value, str) else _plain(value)


def _called(name: str) -> str:
    """A field as it is named on the screen: the parts of a tuple have numbers, a bare element has no name."""
    return f"field {name}" if name.isdigit() else "" if name == "element" else name


def _plain(value: Element) -> str:
    numbers = tensor_of(value)
    if numbers is not None and numbers.numel() == 1:
        return f"{numbers.item():g}"
    words = f"{value:g}" if isinstance(value, float) else " ".join(repr(value).split())
    return words if len(words) <= 200 else words[:200] + " ..."


def _words(value: Element) -> str:
    """Shape, type and range on one line."""
    numbers = tensor_of(value)
    if numbers is None:
        return type(value).__name__
    shape = " x ".join(map(str, numbers.shape))
    words = [shape, str(numbers.dtype).removeprefix("torch.")]
    if numbers.numel() and numbers.dtype != torch.bool:
        words.append("{:.4g} to {:.4g}".format(*_extent(numbers)))
    if isinstance(value, Volume):
        words.append(" x ".join(f"{step:.3g}" for step in value.spacing) + " mm")
    return ", ".join(words)


def _extent(numbers: Tensor) -> tuple[float, float]:
    """Least and greatest finite value; a scan of 100 million takes 50 ms, as nothing is copied where all are finite."""
    numbers = numbers.to(torch.int64) if numbers.dtype in _UNORDERED else numbers
    low, high = (float(end) for end in numbers.aminmax())
    if math.isfinite(low) and math.isfinite(high):
        return low, high
    finite = numbers[numbers.isfinite()]
    return (float(finite.min()), float(finite.max())) if finite.numel() else (0.0, 0.0)


def _has_window(value: Element) -> bool:
    numbers = tensor_of(value)
    return numbers is not None and numbers.dtype not in (torch.uint8, torch.bool)


def _regions(value: Element) -> Tensor:
    numbers = tensor_of(value)
    assert numbers is not None, "a mask holds numbers"
    whole = numbers.to(torch.uint8) if numbers.dtype == torch.bool else numbers
    return whole.reshape(grid_of(value))


def _legend(regions: Tensor, names: Mapping[int, str]) -> str:
    """Every region's colour, name and share, at most twenty."""
    low, high = (int(end) for end in regions.aminmax())
    if low >= 0 and high < _COUNTED:
        times = regions.reshape(-1).bincount().tolist()  # a tenth of the time that sorting all places takes
        counted = [(label, count) for label, count in enumerate(times) if count]
    else:
        counted = list(zip(*(row.tolist() for row in regions.unique(return_counts=True)), strict=True))
    shares = [(label, count / regions.numel()) for label, count in counted if label]
    marks = [
        f'<span><i style="background:{plot.PALETTE[label % len(plot.PALETTE)]}"></i>'
        f"{escape(names.get(label, str(label)))} {share:.2%}</span>"
        for label, share in shares[:20]
    ]
    more = f"<span>and {len(shares) - 20} more</span>" if len(shares) > 20 else ""
    return f'<div class="legend">{"".join(marks)}{more}</div>'


def _problem(broken: Broken) -> str:
    return f'<div class="bad" role="alert">{escape(broken.problem)}</div>'
