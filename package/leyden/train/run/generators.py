"""The generators of random numbers that code around a loop draws from: which moved, and how to put them back."""

import random
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
import torch

__all__ = ["Stand", "moved", "own_generators", "put_back", "stand"]


# Everything here is typed loosely inside its tuples: beartype, which checks types in tests and in some users' code,
# draws from Python's own generator to choose the item that it looks at.
@final
@dataclass(frozen=True)
class Stand:
    """Where the global generators of torch, numpy and Python stood, and some others; two are equal where none moved."""

    torch: tuple[Any, ...]
    numpy: tuple[Any, ...]
    python: tuple[Any, ...]
    numpy_state: Any = field(compare=False, repr=False)


def stand(own: tuple[Any, ...] = ()) -> Stand:
    """Where they stand now; costs about 50 us.

    Args:
        own: generators of torch beside the global ones.

    Examples:
        >>> before = stand()
        >>> stand() == before
        True
        >>> _ = random.random()
        >>> stand() == before
        False
    """
    state = np.random.get_state(legacy=False)  # noqa: NPY002
    tensors = tuple(bytes(each.get_state().numpy()) for each in (*_of_torch(), *own))
    return Stand(tensors, _frozen(state), random.getstate(), state)


def moved(before: Stand, after: Stand) -> list[str]:
    """Whose generators stand elsewhere now.

    Examples:
        >>> before = stand()
        >>> _ = torch.rand(1), random.random()
        >>> moved(before, stand())
        ['torch', 'Python']
    """
    pairs = {"torch": (before.torch, after.torch), "numpy": (before.numpy, after.numpy)}
    return [name for name, (old, new) in {**pairs, "Python": (before.python, after.python)}.items() if old != new]


def put_back(before: Stand, own: tuple[Any, ...] = ()) -> None:
    """Sets all of them to where they stood; `own` are those that `stand` was given.

    Examples:
        >>> before = stand()
        >>> first = random.random()
        >>> put_back(before)
        >>> random.random() == first
        True
    """
    for generator, state in zip((*_of_torch(), *own), before.torch, strict=True):
        generator.set_state(torch.frombuffer(bytearray(state), dtype=torch.uint8))
    np.random.set_state(before.numpy_state)  # noqa: NPY002
    random.setstate(before.python)


def own_generators(loader: object) -> tuple[Any, ...]:
    """The generators that a torch DataLoader, or its samplers, were given; none for other loaders.

    Examples:
        >>> from torch.utils.data import DataLoader
        >>> given = torch.Generator()
        >>> own_generators(DataLoader([1, 2, 3], shuffle=True, generator=given)) == (given,)
        True
    """
    batches = getattr(loader, "batch_sampler", None)
    holders = (loader, getattr(loader, "sampler", None), batches, getattr(batches, "sampler", None))
    found = [getattr(holder, "generator", None) for holder in holders]
    strange = [each for each in found if isinstance(each, torch.Generator) and each not in _of_torch()]
    return tuple({id(each): each for each in strange}.values())


def _frozen(state: Any) -> tuple[Any, ...]:
    """A state of numpy's as something that can be compared; which entries it has depends on the kind of generator."""
    if isinstance(state, dict):
        return tuple((name, _frozen(part)) for name, part in state.items())
    return (state.tobytes(),) if isinstance(state, np.ndarray) else (state,)


def _of_torch() -> tuple[Any, ...]:
    more = torch.cuda.default_generators if torch.cuda.is_initialized() else ()
    return (torch.default_generator, *more)
