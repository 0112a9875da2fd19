"""What is laid over a slice: labels, regions, or where a prediction differs; and the words that go with its colours."""

from functools import cache
from typing import Literal, TypeAlias

import numpy as np

from leyden.widget.volume.drawing.colours import (
    DIFFERENCE,
    code_colours,
    difference_colours,
    region_colours,
    rgb_of,
)  # fmt: skip
from leyden.widget.volume.drawing.paint import Over
from leyden.widget.volume.labels import KINDS, Labels, Part, compared
from leyden.widget.volume.plane import Plane
from leyden.widget.volume.subject import Subject

__all__ = ["NAMED", "Layer", "layers_of", "legend_of", "overs_of", "shown_by"]

NAMED = 40
"""Codes that a legend names; what lies beyond has its colour all the same."""

Layer: TypeAlias = Literal["none", "truth", "prediction", "difference"]
"""What is laid over the image: nothing, labels as drawn, as predicted, or where the two differ."""


def layers_of(subject: Subject) -> tuple[Layer, ...]:
    """What there is to lay over the images of a case."""
    found: list[Layer] = ["none"]
    if subject.truth is not None:
        found.append("truth")
    if subject.prediction is not None:
        found.append("prediction")
    return (*found, "difference") if len(found) == 3 else tuple(found)


def shown_by(subject: Subject, layer: Layer) -> Labels | None:
    """The labels of a layer; of a difference the truth."""
    return {"none": None, "prediction": subject.prediction}.get(layer, subject.truth)


def overs_of(subject: Subject, layer: Layer, part: Part, *, plane: Plane, place: int) -> list[Over]:
    """What is laid over one slice, in the order in which it is laid on.

    Args:
        subject: the case.
        layer: which of its labels.
        part: what of them.
        plane: which way the slice is cut.
        place: where.
    """
    labels = shown_by(subject, layer)
    if labels is None:
        return []
    thin = labels.within(axis=plane.axis, place=place)
    if layer == "difference":
        assert subject.prediction is not None, "a difference is offered only where there is a prediction"
        kinds = compared(thin, subject.prediction.within(axis=plane.axis, place=place), part)
        return [Over(plane.cut(kinds, 0), difference_colours())]
    if part == "codes":
        return [Over(plane.cut(thin.codes, 0), _code_table())]
    if isinstance(part, int):
        return [Over(plane.cut(thin.member(part), 0).view(np.uint8) * np.uint8(part), _code_table())]
    assert labels.scheme is not None, "regions are offered only where a scheme tells them"
    colours = dict(zip(labels.scheme.regions, region_colours(labels.scheme), strict=True))
    names = list(colours) if part == "regions" else [part]
    overs = [
        Over(plane.cut(thin.member(name), 0).view(np.uint8), np.array([(0, 0, 0), rgb_of(colours[name])], np.uint8))
        for name in names
    ]
    return sorted(overs, key=lambda over: -int(over.labels.sum()))  # the smaller lie within the larger


def legend_of(subject: Subject, layer: Layer, part: Part) -> list[tuple[str, str]]:
    """The colours that are used, and what each of them is; of a difference with how much of it there is."""
    labels = shown_by(subject, layer)
    if labels is None:
        return []
    if layer == "difference":
        counts = subject.tally(part)
        kinds = list(zip(DIFFERENCE, KINDS, counts, strict=True))
        kinds = kinds if part in ("codes", "regions") else kinds[:3]
        return [(colour, f"{kind} {_volume(subject, count)}") for colour, kind, count in kinds]
    if part == "regions" or part in (labels.scheme.regions if labels.scheme else ()):
        assert labels.scheme is not None, "regions are offered only where a scheme tells them"
        pairs = zip(labels.scheme.regions, region_colours(labels.scheme), strict=True)
        return [(colour, name) for name, colour in pairs if part in ("regions", name)]
    codes = subject.codes[:NAMED] if part == "codes" else (int(part),)
    return [(code_colours()[code], f"{subject.parts[code]} ({code})") for code in codes]


@cache
def _code_table() -> np.ndarray:
    return np.array([rgb_of(colour) for colour in code_colours()], np.uint8)


def _volume(subject: Subject, voxels: int) -> str:
    """So many voxels as millilitres, where the image says how large one is."""
    if subject.scan.image.spacing is None:
        return f"{voxels:,} voxels"
    return f"{voxels * float(np.prod(subject.spacing)) / 1000:,.1f} ml"
