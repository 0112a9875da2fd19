"""What an element is made of: its fields by name, and of what kind each is."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import numpy as np
import torch
from torch import Tensor

from leyden.data.pipe.collate import branches
from leyden.data.pipe.view import Element
from leyden.data.volume import Volume
from leyden.items import Image, Item, Keypoints, Label, Mask
from leyden.items.table import Row

__all__ = ["Kind", "fields_of", "grid_of", "kinds_of", "label_in", "rate_in", "tensor_of"]

Kind: TypeAlias = Literal[
    "image", "volume", "mask", "points", "sound", "label", "number", "text", "tensor", "missing", "other"
]
"""How a field is counted and drawn."""

_LABELS = ("label", "class", "target", "category", "y")
_MASKS = ("mask", "segmentation", "seg", "annotation", "label", "labels")
_RATES = ("rate", "sample_rate", "sampling_rate", "sr")
_WIDEST_ROW = 64  # a longer list holds values, not fields
_LEAST_SIDE = 8  # of a matrix that is taken for a picture, or a block that is taken for a volume
_MOST_CHANNELS = 4  # grey, two phases, RGB, RGBA; a longer first axis is depth
_MOST_REGIONS = 64  # different whole numbers of a mask; grey values are more
_LONGEST_LABEL = 64


def fields_of(element: Element) -> dict[str, Element]:
    """The leaves of a nested element by name: `image`, `0`, `patient.age`; of a bare one, `element`.

    Dicts, tuples, short lists and dataclasses are gone into; items of `leyden.items` are leaves.

    Examples:
        >>> fields_of(({"age": 61, "name": "Ada"}, 1)), fields_of(3)
        ({'0.age': 61, '0.name': 'Ada', '1': 1}, {'element': 3})
    """
    found: dict[str, Element] = {}
    _gather(element, "", found)
    return found


def kinds_of(
    fields: Mapping[str, Element], *, rate: float | None = None, given: Mapping[str, Kind] | None = None
) -> dict[str, Kind]:
    """The kind of every field, told from what it is and from what lies beside it.

    Whole numbers on the grid of an image or volume before them are a mask; numbers over time beside a sampling rate are
    sound; a whole number or a short text is a label where it is called so, or where it ends a pair.

    Args:
        fields: what `fields_of` gave.
        rate: values a second of all that runs over time, where no field says it.
        given: kinds that are known better, by field.

    Examples:
        >>> kinds_of(fields_of((torch.zeros(3, 32, 32), 7)))
        {'0': 'image', '1': 'label'}
        >>> kinds_of(fields_of({"wave": torch.zeros(8000), "rate": 16000}))
        {'wave': 'sound', 'rate': 'number'}
    """
    kinds: dict[str, Kind] = {}
    grids: set[tuple[int, ...]] = set()
    rate = rate or rate_in(fields)
    for name, value in fields.items():
        kind = _kind(value)
        if given is not None and name in given:
            kind = given[name]
        elif kind in ("image", "volume") and grid_of(value) in grids and _marks(name, value):
            kind = "mask"
        elif kind in ("image", "tensor") and rate is not None and _over_time(value):
            kind = "sound"
        elif (_called(name, _LABELS) or (name == "1" and list(fields) == ["0", "1"])) and _names_a_class(value):
            kind = "label"
        if kind in ("image", "volume"):
            grids.add(grid_of(value))
        kinds[name] = kind
    return kinds


def label_in(
    fields: Mapping[str, Element], kinds: Mapping[str, Kind], *, field: str | None = None, classes: tuple[str, ...] = ()
) -> str | None:
    """The class of an element in words: of a field, or of the first that is a label; None where there is none.

    Examples:
        >>> label_in({"0": "x", "1": 1}, {"0": "text", "1": "label"}, classes=("cat", "dog"))
        'dog'
    """
    name = next((name for name, kind in kinds.items() if kind == "label"), None) if field is None else field
    if name is None or name not in fields:
        return None
    value = fields[name]
    if isinstance(value, Label):
        return value.name if value.classes or value.index >= len(classes) else classes[value.index]
    single = isinstance(value, np.generic) or (isinstance(value, Tensor | np.ndarray) and value.shape in ((), (1,)))
    plain: Any = value.item() if single else value
    whole = isinstance(plain, int) and not isinstance(plain, bool)
    return classes[plain] if whole and 0 <= plain < len(classes) else str(plain)


def rate_in(fields: Mapping[str, Element]) -> int | None:
    """The sampling rate among the fields, in values a second; None where there is none."""
    for name, value in fields.items():
        if _called(name, _RATES) and _kind(value) == "number" and float(value) > 0:
            return int(value)
    return None


def tensor_of(value: Element) -> Tensor | None:
    """The numbers of a field as a tensor on the CPU, which may share its memory; None where it holds none."""
    if isinstance(value, Image | Mask | Keypoints | Volume):
        value = value.data
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "buif":
            return None
        plain = value.astype(value.dtype.newbyteorder("="), copy=False)
        return torch.from_numpy(
            np.require(plain, requirements=("C", "W"))
        )  # torch takes no negative strides, and warns
    if not isinstance(value, Tensor) or value.is_complex() or value.is_nested or value.is_meta:
        return None
    plain = value.detach().cpu()
    return plain if plain.layout is torch.strided else plain.to_dense()


def grid_of(value: Element) -> tuple[int, ...]:
    """The pixels along each spatial axis of an image, a volume or a mask."""
    if isinstance(value, Item):
        return value.size or ()
    if isinstance(value, Volume):
        return tuple(value.data.shape)
    shape = tuple(value.shape)
    if len(shape) == 3 and shape[0] > _MOST_CHANNELS and shape[2] in (1, 3, 4) and isinstance(value, np.ndarray):
        return shape[:2]
    channels = len(shape) == 4 or (len(shape) == 3 and shape[0] <= _MOST_CHANNELS)
    return shape[1:] if channels else shape


def _gather(element: Element, name: str, found: dict[str, Element]) -> None:
    long = isinstance(element, tuple | list) and len(element) > _WIDEST_ROW
    element = element.values if isinstance(element, Row) else element
    parts = None if long or isinstance(element, Item | Volume) else branches(element)
    if not parts:
        found[name or "element"] = element
        return
    names = getattr(element, "_fields", ()) if isinstance(element, tuple) else ()  # a named tuple's parts have names
    for key, part in zip(names, parts.values(), strict=True) if names else parts.items():
        _gather(part, f"{name}.{key}" if name else str(key), found)


def _kind(value: Element) -> Kind:
    match value:
        case None:
            return "missing"
        case Image():
            return "image" if len(value.size) == 2 else "volume"
        case Volume():
            return "volume"
        case Mask():
            return "mask"
        case Keypoints():
            return "points"
        case Label():
            return "label"
        case str():
            return "text"
        case bool() | int() | float() | np.generic():
            return "number" if not isinstance(value, np.str_ | np.bytes_ | np.datetime64) else "other"
    numbers = tensor_of(value) if isinstance(value, Tensor | np.ndarray) else None
    return "other" if numbers is None else _kind_of_block(value, numbers)


def _kind_of_block(value: Any, numbers: Tensor) -> Kind:
    shape, grid = tuple(numbers.shape), grid_of(value)
    if shape == ():
        return "number"
    if len(shape) not in (2, 3, 4) or min(shape) < 1 or min(grid) < 2:
        return "tensor"
    bare = len(shape) == len(grid)  # no axis of channels
    marks = bare and numbers.dtype in (torch.bool, torch.int64, torch.int32)
    if len(grid) == 2:
        return "tensor" if bare and min(grid) < _LEAST_SIDE else "mask" if marks else "image"
    few = bare or shape[0] <= _MOST_CHANNELS
    deep = min(grid) >= _LEAST_SIDE or (not bare and shape[1] not in (1, 3))  # four RGB images are no volume
    return "tensor" if not (few and deep) else "mask" if marks else "volume"


def _marks(name: str, value: Any) -> bool:
    """Whether a block on the grid of a picture marks its regions."""
    numbers = tensor_of(value)
    if isinstance(value, Item) or numbers is None or numbers.is_floating_point():
        return False
    if numbers.numel() != torch.Size(grid_of(value)).numel():
        return False
    return _called(name, _MASKS) or len(numbers.unique()) <= _MOST_REGIONS


def _over_time(value: Any) -> bool:
    numbers = tensor_of(value)
    if numbers is None or not numbers.numel():
        return False
    return numbers.ndim == 1 or (numbers.ndim == 2 and len(numbers) < _LEAST_SIDE)


def _names_a_class(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_LABEL
    if isinstance(value, Tensor | np.ndarray):
        numbers = tensor_of(value)
        return numbers is not None and numbers.ndim == 0 and not numbers.is_floating_point()
    return isinstance(value, int | np.integer)


def _called(name: str, words: tuple[str, ...]) -> bool:
    return name.rpartition(".")[2].lower() in words
