"""Transforms of MONAI: items as its tensors and back."""

import sys
from dataclasses import replace
from typing import Any, TypeVar, cast

import torch
from torch import Tensor

from leyden.augment.adapting.flat import parts_of
from leyden.errors import DrawError
from leyden.items import Affine, Image, Item, Mask, items_of, map_items

__all__ = ["through_monai"]

_MOVERS = ("monai.transforms.spatial.", "monai.transforms.croppad.")
"""Where MONAI keeps what moves places."""

_MOVERS_ELSEWHERE = ("RandSmoothDeform", "RandCoarseShuffle")

_STILL_ALL_THE_SAME = ("RandSimulateLowResolution",)

_Sample = TypeVar("_Sample")


def through_monai(transform: Any, sample: _Sample, seed: int) -> _Sample:
    """Give a sample after a transform of MONAI.

    A dictionary transform acts on the items under its keys, an array transform on the images. Spacing and affine travel
    in MONAI's own meta data. Bytes become float32 of 0..1, as MONAI computes in real numbers.

    Args:
        transform: single, or composed of one kind; a copy of our own.
        sample: a dictionary for a dictionary transform.
        seed: for its own generators.

    Raises:
        DrawError: no dictionary, an item that MONAI has no form for, labels that it mixed, or an array transform that
            moved the image and not what lies on it.
    """
    transforms, data = sys.modules["monai.transforms"], sys.modules["monai.data"]
    _seed(transform, seed)
    if any(isinstance(part, transforms.MapTransform) for part in parts_of(transform)):
        return _by_key(data, transform, sample)
    return _images_alone(data, transform, sample, seed)


def _seed(transform: Any, seed: int) -> None:
    if hasattr(transform, "set_random_state"):
        transform.set_random_state(seed=seed)


def _by_key(data: Any, transform: Any, sample: _Sample) -> _Sample:
    if not isinstance(sample, dict):
        raise DrawError(
            f"a MONAI dictionary transform wants a sample that is a dictionary, got {type(sample).__name__}; name its "
            "items as the transform's keys do"
        )
    strange = [name for name, item in sample.items() if isinstance(item, Item) and _is_moved_alone(item)]
    if strange:
        raise DrawError(
            "MONAI moves images and masks, not the points or boxes beside them: "
            f"{', '.join(map(repr, strange))}; leave them out, or use the transform of leyden"
        )
    given = {name: _given(data, item) for name, item in sample.items()}
    _check_keys(transform, [name for name, item in sample.items() if isinstance(item, Image | Mask)])
    lain = {name: _lies(tensor) for name, tensor in given.items() if isinstance(sample[name], Image | Mask)}
    moved = transform(given)
    if isinstance(moved, list) and len(moved) == 1:
        moved = moved[0]  # as crops give it that may be several
    if not isinstance(moved, dict):
        raise DrawError(f"a MONAI transform gave {type(moved).__name__}, not one sample; crops of several are not one")
    shown = [name for name in moved if isinstance(sample.get(name), Image | Mask)]
    _check_together({name: _went(lain[name], moved[name]) for name in shown})
    return cast("_Sample", {name: _taken(sample.get(name), result) for name, result in moved.items()})


def _check_keys(transform: Any, names: list[Any]) -> None:
    """Raise if what moves and notes nothing, as MONAI's deformations do, has the keys of some and not of others."""
    for part in parts_of(transform):
        if _moves(part) and not hasattr(part, "inverse"):
            went, stayed = ([name for name in names if (name in part.keys) is which] for which in (True, False))
            if went and stayed:
                raise _apart(went, stayed)


def _moves(part: object) -> bool:
    """Tell whether a single transform of MONAI moves places, or one that is derived from such."""
    line = type(part).__mro__
    if any(each.__name__.startswith(_STILL_ALL_THE_SAME) for each in line):
        return False
    return any(each.__module__.startswith(_MOVERS) or each.__name__.startswith(_MOVERS_ELSEWHERE) for each in line)


def _apart(went: list[Any], stayed: list[Any]) -> DrawError:
    return DrawError(f"MONAI moved {went} and not {stayed}; give the transform the keys of all of them")


def _check_together(moved: dict[Any, bool]) -> None:
    """Raise if some images and masks were moved and others were not."""
    if len(set(moved.values())) > 1:
        went, stayed = ([name for name, does in moved.items() if does is which] for which in (True, False))
        raise _apart(went, stayed)


def _lies(tensor: Any) -> tuple[torch.Size, Tensor]:
    """Give the grid of an image or mask and where it lies, as MONAI notes it."""
    return tensor.shape[1:], torch.as_tensor(tensor.affine).double().clone()


def _went(lay: tuple[torch.Size, Tensor], result: Any) -> bool:
    """Tell whether what MONAI gave lies elsewhere than it did before."""
    if not getattr(result, "applied_operations", None):
        return False
    size, affine = _lies(result)
    return size != lay[0] or not torch.allclose(affine, lay[1])


def _is_moved_alone(item: Item) -> bool:
    return item.size is not None and not isinstance(item, Image | Mask)


def _images_alone(data: Any, transform: Any, sample: _Sample, seed: int) -> _Sample:
    lying = [item for item in items_of(sample) if item.size is not None and not isinstance(item, Image)]
    moves = any(map(_moves, parts_of(transform)))

    def change(item: Item) -> Item:
        if not isinstance(item, Image):
            return item
        if moves:
            _seed(transform, seed)  # each image of a sample goes the same way
        given = _given(data, item)
        lay = _lies(given)
        result = transform(given)
        changed = moves and not torch.equal(torch.as_tensor(result).as_subclass(Tensor), _values(item))
        if lying and (changed or _went(lay, result)):
            raise DrawError(
                f"this MONAI array transform moved the image and not the {type(lying[0]).__name__} beside it; "
                "give its dictionary form, such as RandFlipd(keys=...)"
            )
        return cast("Item", _taken(item, result))

    return map_items(change, sample)


def _given(data: Any, item: object) -> object:
    if isinstance(item, Image):
        return data.MetaTensor(_values(item).clone(), affine=_matrix(item))  # some write into what they are given
    return data.MetaTensor(item.data[None].clone(), affine=_matrix(item)) if isinstance(item, Mask) else item


def _values(item: Image) -> Tensor:
    return item.data.float() / 255 if item.data.dtype == torch.uint8 else item.data


def _matrix(item: Image | Mask) -> Tensor | None:
    """Give where pixels lie in mm as MONAI has it, which is 3-D always; None if nothing is known."""
    if item.spacing is None:
        return None
    axes = len(item.size)
    matrix = torch.eye(4, dtype=torch.float64)
    rows = torch.tensor(item.affine or _diagonal(item.spacing), dtype=torch.float64)
    matrix[:axes, :axes], matrix[:axes, 3] = rows[:axes, :axes], rows[:axes, axes]
    return matrix


def _diagonal(spacing: tuple[float, ...]) -> list[list[float]]:
    axes = len(spacing)
    return [[step if row == column else 0.0 for column in range(axes + 1)] for row, step in enumerate(spacing)] + [
        [0.0] * axes + [1.0]
    ]


def _taken(before: object, result: Any) -> object:
    if not isinstance(before, Image | Mask):
        return result
    data: Tensor = torch.as_tensor(result).as_subclass(Tensor)
    spacing, affine = _world(before, getattr(result, "affine", None))
    if isinstance(before, Image):
        real = before.data.dtype if before.data.is_floating_point() else torch.float32
        return replace(before, data=data.to(real), spacing=spacing, affine=affine)
    if len(data) != 1:
        raise DrawError(f"MONAI gave a mask of {len(data)} channels, items have one; end with OneHot of leyden instead")
    return replace(before, data=_unmixed(before, data[0]), spacing=spacing, affine=affine)


def _world(before: Image | Mask, matrix: Tensor | None) -> tuple[tuple[float, ...] | None, Affine | None]:
    if before.spacing is None or matrix is None:
        return before.spacing, before.affine
    axes = len(before.size)
    rows = [[*matrix[row, :axes].tolist(), float(matrix[row, 3])] for row in range(axes)]
    if before.affine is None:
        lengths = torch.tensor(rows, dtype=torch.float64)[:, :axes].norm(dim=0)
        return tuple(lengths.tolist()), None
    return None, (*map(tuple, rows), (*(0.0 for _ in range(axes)), 1.0))


def _unmixed(before: Mask, data: Tensor) -> Tensor:
    """Give labels in the dtype they had; whatever interpolation invented is an error, not a label."""
    labels = torch.cat((before.data.unique(), before.data.new_zeros(1)))
    found = data.unique()
    near = found.double().round() if found.is_floating_point() else found.double()
    invented = found[~(torch.isin(near, labels.double()) & torch.isclose(found.double(), near, atol=1e-4))]
    if len(invented):
        raise DrawError(
            f"MONAI invented labels such as {invented[0].item():.4g} in a mask; where it interpolates, give "
            'mode="nearest" for its key, and for other labels than before use Remap of leyden'
        )
    return (data.round() if data.is_floating_point() else data).to(before.data.dtype)
