"""How a volume panel stands, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

from leyden.widget.augment.drawing.facing import Convention
from leyden.widget.volume.drawing.paint import Fill, Interpolation
from leyden.widget.volume.labels import Part
from leyden.widget.volume.overlay import Layer, layers_of
from leyden.widget.volume.plane import Plane, planes_of, tilt_of, ways_of
from leyden.widget.volume.roster import CaseRow
from leyden.widget.volume.subject import Place, Subject, Window

__all__ = ["Preset", "VolumeState", "VolumeStyle", "carried", "restyled", "style_faults"]

Preset: TypeAlias = Literal["percentile", "full"]
"""A window that follows from the values: between percentiles 1 and 99 of what is not 0, or from least to greatest."""

_LARGEST = 16.0


@dataclass(frozen=True)
class VolumeStyle:
    """How a case is shown.

    Args:
        modality: which image.
        preset: the window of modalities for which none was chosen.
        windows: those that were chosen: (modality, window) pairs.
        layer: what is laid over the image.
        part: what of the labels.
        fill: whether labels are filled, outlined, or both.
        opacity: how much of the image a filled label hides, 0 to 1.
        convention: at which side of axial and coronal slices the patient's right is.
        interpolation: whether values between voxels are interpolated.
        cross: whether the cross hair is drawn.
        zoom: how many times larger than the whole, 1 to 16.
        centre: the voxel in the middle when zoomed in.
    """

    modality: str
    preset: Preset = "percentile"
    windows: tuple[tuple[str, Window], ...] = ()
    layer: Layer = "none"
    part: Part = "codes"
    fill: Fill = "both"
    opacity: float = 0.3
    convention: Convention = "radiological"
    interpolation: Interpolation = "smooth"
    cross: bool = True
    zoom: float = 1.0
    centre: Place | None = None

    def window(self, subject: Subject) -> Window:
        """The values shown black and white."""
        chosen = dict(self.windows)
        if self.modality in chosen:
            return chosen[self.modality]
        return (subject.tails if self.preset == "percentile" else subject.span)(self.modality)


@dataclass(frozen=True, eq=False)
class VolumeState:
    """A panel at one moment.

    Args:
        row: which case.
        subject: what is shown of it.
        place: the voxel under the cross hair.
        style: how it is shown.
    """

    row: CaseRow
    subject: Subject
    place: Place
    style: VolumeStyle

    @property
    def planes(self) -> tuple[Plane, Plane, Plane]:
        """Axial, coronal, sagittal: how each lies on the screen."""
        subject, style = self.subject, self.style
        return planes_of(
            subject.size, subject.spacing, subject.affine,
            convention=style.convention, zoom=style.zoom, centre=style.centre,
        )  # fmt: skip

    def grid(self) -> str:
        """How the voxels lie, in words."""
        subject = self.subject
        words = [f"{' x '.join(map(str, subject.size))} voxels"]
        if subject.scan.image.spacing is not None:
            words.append(f"{' x '.join(f'{step:.4g}' for step in subject.spacing)} mm")
        if subject.affine is not None:
            words.append(f"z y x run to {ways_of(self.planes)}")
            tilt = tilt_of(subject.affine)
            words += [f"tilted by {tilt:.0f} degrees: planes follow the voxels"] if tilt >= 1 else []
        return ", ".join(words)

    def told(self) -> str:
        """What is shown, in words."""
        low, high = self.style.window(self.subject)
        layer, part = self.style.layer, self.subject.parts[self.style.part]
        over = "" if layer == "none" else f", {layer} over it ({part})"
        return f"{self.style.modality} from {low:.4g} to {high:.4g}{over}"


def style_faults(subject: Subject, changes: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with changes of a style, in words.

    Args:
        subject: the case that is shown.
        changes: fields of `VolumeStyle`, and `window`, that are to be set.
    """
    offers: dict[str, tuple[Any, ...]] = {
        "modality": subject.modalities,
        "preset": get_args(Preset),
        "layer": layers_of(subject),
        "part": tuple(subject.parts),
        "fill": get_args(Fill),
        "convention": get_args(Convention),
        "interpolation": get_args(Interpolation),
    }
    faults = [
        f"there is no {name} {changes[name]!r}; there is {', '.join(map(str, offer))}"
        + (_why(subject, changes[name]) if name == "layer" else "")
        for name, offer in offers.items()
        if name in changes and changes[name] not in offer
    ]
    if "opacity" in changes and not 0 <= changes["opacity"] <= 1:
        faults.append(f"opacity goes from 0 to 1; given {changes['opacity']}")
    if "zoom" in changes and not 1 <= changes["zoom"] <= _LARGEST:
        faults.append(f"zoom goes from 1 to {_LARGEST:g}; given {changes['zoom']}")
    if "window" in changes and not changes["window"][0] < changes["window"][1]:
        faults.append(f"a window is a lower and a higher value; given {changes['window']}")
    return faults


def restyled(state: VolumeState, changes: Mapping[str, Any]) -> VolumeStyle:
    """The style of a state after changes that are without faults."""
    style, windows = state.style, dict(state.style.windows)
    modality = changes.get("modality", style.modality)
    if "preset" in changes:
        windows.pop(modality, None)
    if "window" in changes:
        low, high = changes["window"]
        windows[modality] = (float(low), float(high))
    plain = {name: value for name, value in changes.items() if name != "window"}
    if "zoom" in changes and (style.centre is None or changes["zoom"] == 1):
        plain["centre"] = state.place
    return replace(style, **plain, windows=tuple(windows.items()))


def carried(style: VolumeStyle, subject: Subject) -> VolumeStyle:
    """The style for another case: what that does not have falls back to what it has; windows are of one case."""
    layers = layers_of(subject)
    return replace(
        style,
        windows=(),
        zoom=1.0,
        centre=None,
        modality=style.modality if style.modality in subject.modalities else subject.modalities[0],
        layer=style.layer if style.layer in layers else layers[-1],
        part=style.part if style.part in subject.parts else "codes",
    )


def _why(subject: Subject, layer: object) -> str:
    missing = [name for name, one in (("label", subject.truth), ("prediction", subject.prediction)) if one is None]
    return f": {subject.scan.name or 'the scan'} has no {' and no '.join(missing)}" if missing and layer else ""
