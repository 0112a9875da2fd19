"""Predicted and true maps, checked at the door and cut to where something is."""

from collections.abc import Iterator
from math import isfinite
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

from leyden.errors import MedicalError
from leyden.medical.labelling import RegionMaps

__all__ = ["Bools", "checked_maps", "cropped", "number_faults", "spacing_faults"]

Bools: TypeAlias = np.ndarray
"""One map, `y x` or `z y x`, bool."""

_NUMBER = int | float | np.integer | np.floating  # headers give numpy's


def checked_maps(
    prediction: RegionMaps, truth: RegionMaps, *, faults: list[str] | None = None
) -> list[tuple[Bools, Bools]]:
    """Give the two maps of every region as arrays of bool; nothing is copied on the processor.

    Args:
        prediction: `region y x` or `region z y x`, 0 and 1.
        truth: the same.
        faults: others that were found before, to be told in the same error.

    Raises:
        MedicalError: no such maps, or maps of different shapes; all faults at once.
    """
    found = [*(faults or []), *_faults("prediction", prediction), *_faults("truth", truth)]
    if isinstance(prediction, Tensor) and isinstance(truth, Tensor) and prediction.shape != truth.shape:
        found.append(
            f"prediction of shape {tuple(prediction.shape)}, truth of {tuple(truth.shape)}; bring the prediction back "
            "to the grid of the scan first"
        )
    if found:
        raise MedicalError(f"cannot score: {'; '.join(found)}")
    return list(zip(_bools(prediction), _bools(truth), strict=True))


def spacing_faults(spacing: object, maps: object) -> list[str]:
    """List what is wrong with a spacing in mm for such maps."""
    axes = maps.ndim - 1 if isinstance(maps, Tensor) else 3
    wanted = f"{axes} lengths above 0, in mm and in the order {'z y x' if axes == 3 else 'y x'}, are wanted"
    if spacing is None:
        return [f"no spacing; {wanted}, as in scan.image.spacing"]
    lengths = tuple(spacing) if isinstance(spacing, tuple | list) else ()
    good = all(isinstance(step, _NUMBER) and isfinite(step) and step > 0 for step in lengths)
    return [] if good and len(lengths) == axes else [f"a spacing of {spacing!r}; {wanted}"]


def number_faults(name: str, value: object, *, least: float = 0.0) -> list[str]:
    """List what is wrong with a finite number that must not lie below another."""
    good = isinstance(value, _NUMBER) and isfinite(value) and value >= least
    return [] if good else [f"{name} of {value!r}; a finite number from {least:g} on is wanted"]


def cropped(*maps: Bools) -> tuple[Bools, ...] | None:
    """Give the maps cut to the box in which at least one of them is; None where none is."""
    boxes = [box for each in maps if (box := _box(each)) is not None]
    if not boxes:
        return None
    bounds = zip(*boxes, strict=True)
    cut = tuple(slice(min(start for start, _ in axis), max(end for _, end in axis)) for axis in bounds)
    return tuple(each[cut] for each in maps)


def _box(mask: Bools) -> list[tuple[int, int]] | None:
    """First and last place along each axis, the last one not included; each axis is looked at in what is left."""
    box: list[tuple[int, int]] = []
    for axis in range(mask.ndim):
        others = tuple(other for other in range(mask.ndim) if other != axis)
        places = np.flatnonzero(mask.any(axis=others))
        if not places.size:
            return None
        start, end = int(places[0]), int(places[-1]) + 1
        box.append((start, end))
        mask = mask[(*(slice(None),) * axis, slice(start, end))]
    return box


def _bools(maps: Tensor) -> Iterator[Bools]:
    array = maps.detach().cpu().contiguous().numpy()
    return iter(array if array.dtype == np.bool_ else array.view(np.bool_))


def _faults(name: str, maps: object) -> list[str]:
    if not isinstance(maps, Tensor):
        return [f"{name} is a {type(maps).__name__}; a tensor `region z y x` is wanted, see torch.as_tensor"]
    faults: list[str] = []
    if maps.dtype not in (torch.bool, torch.uint8):
        faults.append(f"{name} holds {_values(maps)}; maps of bool or uint8 are wanted, as of maps > 0.5")
    elif maps.dtype == torch.uint8 and maps.numel() and int(maps.max()) > 1:
        found = ", ".join(map(str, maps.unique().tolist()))
        faults.append(f"{name} holds {found}; 0 and 1 are wanted: scheme.to_regions makes regions of codes")
    if maps.ndim not in (3, 4):
        faults.append(f"{name} has shape {tuple(maps.shape)}; `region z y x` (or `region y x`) is wanted")
    elif not maps.numel():
        what = "no region" if not len(maps) else "no voxel"
        faults.append(f"{name} of shape {tuple(maps.shape)} holds {what}; one of each at least is wanted")
    return faults


def _values(maps: Tensor) -> str:
    kind = str(maps.dtype).removeprefix("torch.")
    lost = int(maps.isnan().sum()) if maps.is_floating_point() else 0
    return kind + (f" with {lost:,} NaN" if lost else "")
