"""The planes of a panel as pixels, each drawn once, and together as a still picture."""

import threading
from dataclasses import replace
from typing import NamedTuple, final

import numpy as np

from leyden.widget.volume.drawing import annotated, montage, painted, shaded
from leyden.widget.volume.overlay import legend_of, overs_of
from leyden.widget.volume.plane import Plane
from leyden.widget.volume.state import VolumeState

__all__ = ["Film", "Slice"]

_SIDE = 380  # pixels of the longest side in mm: three stand side by side in a panel
_KEPT = 24  # slices drawn lately: back and forth costs nothing


class Slice(NamedTuple):
    """One plane as it is drawn: where it is cut, what it shows in words, and its bytes "y x 3"."""

    plane: Plane
    place: int
    words: str
    pixels: np.ndarray


@final
class Film:
    """Draws the planes of a state, and keeps those drawn lately; safe from threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drawn: dict[tuple[object, ...], np.ndarray] = {}

    def slices(self, state: VolumeState) -> list[Slice]:
        """The three planes, without letters and cross hair."""
        planes = state.planes
        per_mm = _SIDE / max(side.length for plane in planes for side in (plane.down, plane.right))
        with self._lock:
            return [self._slice(state, plane, plane.shape(per_mm=per_mm)) for plane in planes]

    def still(self, state: VolumeState) -> np.ndarray:
        """The three planes with letters, cross hair and legend: bytes "y x 3"."""
        cells = []
        for plane, place, _, pixels in self.slices(state):
            cross = (plane.down.share(state.place[plane.down.axis]), plane.right.share(state.place[plane.right.axis]))
            shown = cross if state.style.cross else None
            cells.append(annotated(pixels, letters=plane.letters, cross=shown, caption=f"{plane.name} {place}"))
        legend = legend_of(state.subject, state.style.layer, state.style.part)
        return montage(cells, legend, title=f"{state.row.words()}; {state.told()}")

    def _slice(self, state: VolumeState, plane: Plane, shape: tuple[int, int]) -> Slice:
        subject, style, place = state.subject, state.style, state.place[plane.axis]
        window = style.window(subject)
        words = f"{plane.name} slice {place} of 0 to {subject.size[plane.axis] - 1}, {state.told()}"
        # the subject itself is in the key: an address alone may come back for another one
        key = (subject, plane, place, window, replace(style, windows=(), preset="full", cross=True))
        if key not in self._drawn:
            pixels = painted(
                shaded(plane.cut(subject.values(style.modality), place), window),
                overs_of(subject, style.layer, style.part, plane=plane, place=place),
                box=(plane.down.first, plane.right.first, plane.down.span, plane.right.span),
                shape=shape,
                fill=style.fill,
                opacity=style.opacity,
                interpolation=style.interpolation,
            )
            kept = [] if any(old[0] is not subject for old in self._drawn) else list(self._drawn.items())
            self._drawn = dict([*kept, (key, pixels)][-_KEPT:])
        return Slice(plane, place, words, self._drawn[key])
