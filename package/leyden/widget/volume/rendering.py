"""A case in three dimensions, by ipyniivue where it is installed; volumes travel as bytes, nothing is fetched."""

from typing import Any

import numpy as np

from leyden.data.library import library
from leyden.widget.volume.drawing.colours import code_colours, rgb_of
from leyden.widget.volume.labels import Labels
from leyden.widget.volume.plane import planes_of, ways_of
from leyden.widget.volume.subject import Place, Subject, Window

__all__ = ["cleared", "nifti", "rendered"]

_PURPOSE = "a rendering in three dimensions"
_HEIGHT = 480  # pixels
_OPPOSITE = {"L": "R", "P": "A", "I": "S"}


def rendered(subject: Subject, modality: str, *, window: Window, labels: Labels | None, place: Place) -> Any:
    """Give a widget of ipyniivue that shows one modality from outside, labels in it in the colours of the panel.

    Args:
        subject: the case.
        modality: what is rendered.
        window: values from transparent to white.
        labels: their codes; None for none.
        place: the voxel under the cross hair.

    Raises:
        DriverMissing: ipyniivue or nibabel is not installed.
    """
    niivue = library("ipyniivue", purpose=_PURPOSE)
    widget = niivue.NiiVue(height=_HEIGHT, back_color=(0.0, 0.0, 0.0, 1.0), is_colorbar=False, show_3d_crosshair=True)
    low, high = window
    values = np.nan_to_num(subject.values(modality).float().numpy(), nan=low, posinf=high, neginf=low)
    volumes: list[dict[str, Any]] = [
        {"name": "image.nii", "data": nifti(values, subject), "colormap": "gray", "cal_min": low, "cal_max": high}
    ]
    if labels is not None and labels.codes.any():
        volumes.append({"name": "labels.nii", "data": nifti(labels.codes.numpy(), subject), "opacity": 0.7})
    widget.load_volumes(volumes)
    if len(volumes) > 1:
        widget.volumes[1].set_colormap_label(_colours(subject))
    widget.set_slice_type(niivue.SliceType.RENDER)
    widget.scene.crosshair_pos = _shares(subject, place)
    return widget


def cleared(widget: Any) -> None:
    """Close a rendering and the volumes in it: closed by itself it would leave theirs open."""
    for part in (*widget.volumes, widget):
        layout = part.layout
        part.close()
        layout.close()


def nifti(values: np.ndarray, subject: Subject) -> bytes:
    """A volume `z y x` on the grid of a case as the bytes of a NIfTI file.

    Raises:
        DriverMissing: nibabel is not installed.
    """
    nibabel = library("nibabel", purpose=_PURPOSE)
    z, y, x = subject.spacing
    affine = np.diag([x, y, z, 1.0])
    if subject.affine is not None:
        affine = np.array(subject.affine)[:, [2, 1, 0, 3]]  # files count x first
    image = nibabel.Nifti1Image(np.ascontiguousarray(values.T), affine)
    image.header.set_xyzt_units("mm")
    return image.to_bytes()


def _shares(subject: Subject, place: Place) -> list[float]:
    """Where a voxel is within the box of the volume, as shares towards right, front and top."""
    ways = ways_of(planes_of(subject.size, subject.spacing, subject.affine)) or "SAR"
    found = {}
    for way, spot, count in zip(ways, place, subject.size, strict=True):
        share = (spot + 0.5) / count
        found[_OPPOSITE.get(way, way)] = 1 - share if way in _OPPOSITE else share
    return [found[way] for way in "RAS"]


def _colours(subject: Subject) -> dict[str, Any]:
    """Every code that is there in the colour it has in the panel, background clear."""
    codes = subject.codes
    palette = [(0, 0, 0), *(rgb_of(code_colours()[code]) for code in codes)]
    red, green, blue = ([colour[part] for colour in palette] for part in range(3))
    return {
        "R": red, "G": green, "B": blue, "A": [0, *([255] * len(codes))], "I": [0, *codes],
        "labels": ["", *(subject.parts[code] for code in codes)],
    }  # fmt: skip
