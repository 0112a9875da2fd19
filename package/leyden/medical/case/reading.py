"""From the files of a case to a scan on one grid."""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path

import numpy as np
import torch

from leyden.errors import ItemError, LeydenError, MedicalError, UnknownCodes
from leyden.items import Affine, Image, Mask, Size
from leyden.medical.case.grids import disagreements
from leyden.medical.case.study import Case, Series
from leyden.medical.labelling import Scheme
from leyden.medical.scan import Scan
from leyden.medical.volume import read_labels
from leyden.medical.volume.frames import stored_frames

__all__ = ["lacking", "read_case", "strange_numbers"]

_SINGLE = np.finfo(np.float32)


def read_case(case: Case, modalities: Sequence[str], *, scheme: Scheme | None) -> Scan:
    """Read a case.

    Args:
        case: its files.
        modalities: the channels, in order.
        scheme: the codes that its segmentation may hold; None checks nothing.

    Raises:
        MedicalError: it lacks a modality, its files do not lie on one grid, or voxels are no numbers.
        UnreadableImage: a file is missing, cut short, damaged, or of another kind.
        UnknownCodes: a code that the scheme does not know.
    """
    try:
        if fault := lacking(case, modalities):
            raise MedicalError(fault)
        image, grids = _stacked([case.series(name) or Series(name, Path()) for name in modalities])
        label = None if case.label is None else _labels(case.label, scheme)
        if label is not None and label.affine is not None:
            grids["the segmentation"] = (label.size, label.affine)
        if faults := disagreements(grids):
            files = "; ".join(map(str, dict.fromkeys(series.path for series in case.images)))
            raise MedicalError(f"{', '.join(faults)} ({files}); bring them onto one grid before")
        affine = next(iter(grids.values()))[1]
        scan = Image(torch.from_numpy(image), affine=affine)
        mask = None if label is None else Mask(label.data, affine=affine)
    except ItemError as error:
        raise MedicalError(
            f"case {case.name}: does not say where its voxels lie ({error}); mend its headers"
        ) from error
    except LeydenError as error:
        raise type(error)(f"case {case.name}: {error}") from error
    return Scan(scan, mask, tuple(modalities), case.name)


def lacking(case: Case, modalities: Sequence[str]) -> str:
    """Say which modalities a case lacks; nothing if it has them all."""
    missing = [name for name in modalities if case.series(name) is None]
    if not missing:
        return ""
    dicom = [series.path for series in case.images if series.modality == "DICOM"]
    if dicom:
        return f"{dicom[0]} is a folder of DICOM; convert it to NIfTI with dcm2niix"
    has = ", ".join(case.modalities) or "none"
    return f"lacks {', '.join(missing)}; it has {has}: leave the case out, or train without with modalities="


def strange_numbers(stored: np.ndarray) -> int:
    """Count voxels that are no number in single precision; one sum where, as nearly always, there are none."""
    if stored.dtype.kind != "f":
        return 0
    if stored.dtype.itemsize > _SINGLE.dtype.itemsize:
        return 0 if np.abs(stored).max(initial=0) <= _SINGLE.max else int((~(np.abs(stored) <= _SINGLE.max)).sum())
    with np.errstate(over="ignore", invalid="ignore"):
        if isfinite(float(stored.sum(dtype=np.float64))):
            return 0
    return int((~np.isfinite(stored)).sum())


def _stacked(wanted: Sequence[Series]) -> tuple[np.ndarray, dict[str, tuple[Size, Affine]]]:
    """The channels in float32, each put where it belongs in one pass over it, and the grid of each."""
    data, grids = np.empty(0, np.float32), dict[str, tuple[Size, Affine]]()
    for path in dict.fromkeys(series.path for series in wanted):
        here = [series for series in wanted if series.path == path]
        volumes = stored_frames(path, [series.frame for series in here])
        for series, (stored, affine) in zip(here, volumes, strict=True):
            if count := strange_numbers(stored):
                raise MedicalError(f"{path} has NaN or infinity in {count:,} of its voxels; set them to 0")
            if not grids:
                data = np.empty((len(wanted), *stored.shape), np.float32)
            grids[series.modality] = (stored.shape, affine)
            if stored.shape == data.shape[1:]:
                data[wanted.index(series)] = stored
    return data, {series.modality: grids[series.modality] for series in wanted}


def _labels(path: Path, scheme: Scheme | None) -> Mask:
    label = read_labels(path)
    if scheme is not None:
        try:
            scheme.check(label)
        except UnknownCodes as error:
            raise UnknownCodes(f"{path}: {error}") from error
    return label
