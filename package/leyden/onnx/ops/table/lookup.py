"""Tables of keys and values: numbers and texts for others."""

from collections.abc import Mapping, Sequence
from typing import Any, final

import numpy as np
import torch
from torch import Tensor, nn

from leyden.onnx.ops.registry import operator

__all__ = ["Lookup", "category_mapper", "label_encoder", "one_hot_encoder"]

_DOMAIN = "ai.onnx.ml"


@final
class Lookup(nn.Module):
    """Gives the value of each key, and another one for what is no key.

    Args:
        keys: Numbers or texts; of equal ones the last counts. NaN is a key as others are.
        values: Numbers or texts, one for each key.
        default: For what is no key.

    Examples:
        >>> Lookup(torch.tensor([3, 5]), torch.tensor([0.5, 0.25]), -1.0)(torch.tensor([[5, 4]]))
        tensor([[ 0.2500, -1.0000]])
    """

    def __init__(self, keys: Tensor | Sequence[str], values: Tensor | Sequence[str], default: float | str) -> None:
        super().__init__()
        count = len(keys)
        self.count = count
        self.texts: dict[str, int] | None = None
        if isinstance(keys, Tensor):
            nowhere = keys.isnan() if keys.is_floating_point() else torch.zeros(count, dtype=torch.bool)
            self.nowhere = max(nowhere.nonzero().flatten().tolist(), default=count)
            kept = (~nowhere).nonzero().flatten().flip(0)  # the last of equal keys comes first, and is found
            kept = kept[keys[kept].argsort(stable=True)]
            self.register_buffer("keys", keys[kept], persistent=False)
            self.register_buffer("order", kept, persistent=False)
        else:
            self.texts = {key: number for number, key in enumerate(keys)}
        if isinstance(values, Tensor):
            last = torch.tensor([default], dtype=values.dtype)
            self.register_buffer("values", torch.cat((values.reshape(-1), last)), persistent=False)
        else:
            self.values = np.array([*values, default], dtype=object)

    def forward(self, x: Any) -> Any:
        """Give the values of keys, in the same shape."""
        places = self.places(x)
        return self.values[places.cpu().numpy()] if isinstance(self.values, np.ndarray) else self.values[places]

    def places(self, x: Any) -> Tensor:
        """Give the position of each key; the number of keys for what is none."""
        if isinstance(x, np.ndarray):
            assert self.texts is not None
            found = [self.texts.get(text, self.count) for text in x.ravel()]
            device = self.values.device if isinstance(self.values, Tensor) else None
            return torch.tensor(found, dtype=torch.int64, device=device).reshape(x.shape)
        keys, order = self.get_buffer("keys"), self.get_buffer("order")
        values = x.to(keys.dtype)
        found = torch.full_like(values, self.count, dtype=torch.int64)
        if keys.numel():
            place = torch.searchsorted(keys, values.contiguous()).clamp(max=keys.numel() - 1)
            found = torch.where(keys[place] == values, order[place], found)
        return torch.where(values.isnan(), self.nowhere, found) if self.nowhere < self.count else found


def label_encoder(settings: Mapping[str, Any], *, texts: bool) -> Lookup:
    """Make the layer of a LabelEncoder of its attributes.

    Args:
        settings: The attributes, of any version.
        texts: Whether it is given texts; version 1 works either way.
    """
    if "classes_strings" in settings:
        return category_mapper({**settings, "cats_strings": settings["classes_strings"]}, texts=texts)
    keys, _ = _listed(settings, "keys")
    values, kind = _listed(settings, "values")
    defaults = {"floats": -0.0, "int64s": -1, "strings": "_Unused"}
    default = settings.get(f"default_{kind.removesuffix('s')}", defaults.get(kind))
    if kind == "tensor":
        plain = defaults[
            "strings" if not isinstance(values, Tensor) else "floats" if values.is_floating_point() else "int64s"
        ]
        default = plain if default is None else default.reshape(-1).tolist()[0]
    return Lookup(keys, values, default)


def category_mapper(settings: Mapping[str, Any], *, texts: bool) -> Lookup:
    """Make the layer of a CategoryMapper of its attributes.

    Args:
        settings: The attributes.
        texts: Whether it is given texts, and gives numbers; it is the other way round if not.
    """
    names = settings.get("cats_strings", ())
    numbers = torch.tensor(settings.get("cats_int64s", range(len(names))), dtype=torch.int64)
    if texts:
        return Lookup(names, numbers, settings.get("default_int64", -1))
    return Lookup(numbers, names, settings.get("default_string", "_Unused"))


@operator("OneHotEncoder", domain=_DOMAIN)
def one_hot_encoder(
    x: Any, *, cats_int64s: tuple[int, ...] = (), cats_strings: tuple[str, ...] = (), zeros: int = 1
) -> Tensor:
    """Give a new last axis with a one where the category of an element is.

    Raises:
        ValueError: An element is of no category, and may not be (`zeros` is 0).
    """
    keys: Any = cats_strings if isinstance(x, np.ndarray) else torch.tensor(cats_int64s, dtype=torch.int64)
    device = x.device if isinstance(x, Tensor) else None
    places = Lookup(keys, torch.arange(len(keys)), 0).to(device).places(x.long() if isinstance(x, Tensor) else x)
    if not zeros and bool((places == len(keys)).any()):
        raise ValueError("OneHotEncoder was given a value of no category, and its zeros=0 says that there is none")
    return torch.nn.functional.one_hot(places, len(keys) + 1)[..., :-1].to(torch.float32)


def _listed(settings: Mapping[str, Any], name: str) -> tuple[Any, str]:
    """Give the one list that is there, a tensor of numbers or texts, and what kind of list it is."""
    kind = next(
        (kind for kind in ("tensor", "floats", "int64s", "strings") if len(settings.get(f"{name}_{kind}", ()))), None
    )
    if kind is None:
        raise ValueError(f"there are no {name}")
    values = settings[f"{name}_{kind}"]
    if isinstance(values, Tensor):
        return values.reshape(-1), kind
    if isinstance(values, np.ndarray):
        return tuple(values.ravel()), kind
    dtype = {"floats": torch.float32, "int64s": torch.int64}.get(kind)
    return (values if dtype is None else torch.tensor(values, dtype=dtype)), kind
