"""Steps of several libraries, one after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, final

import torch

from leyden.augment.chain.transform import Transform

__all__ = ["Relay"]

_Sample = TypeVar("_Sample")


@final
@dataclass(frozen=True, repr=False)
class Relay:
    """Transforms of this and of other libraries in turn; written `ours | adapt(theirs) | ours`.

    Each of ours is fused in itself; nothing is fused across one of theirs, and there is no draw that could be stored.
    A relay is a step `(generator, sample) -> sample` as `leyden.data.map_random` wants it.

    Args:
        steps: in order.

    Examples:
        >>> from leyden.augment import Brightness, Flip
        >>> from leyden.items import Image
        >>> def double(generator, image):
        ...     return Image(2 * image.data)
        >>> steps = Flip("x") | Relay((double,)) | Brightness((1, 1))
        >>> steps(torch.Generator(), Image(torch.tensor([[[1.0, 2.0]]]))).data
        tensor([[[5., 3.]]])
    """

    steps: tuple[Callable[[torch.Generator, Any], Any], ...]

    def __call__(self, generator: torch.Generator, sample: _Sample) -> _Sample:
        """Do all steps, one after the other."""
        for step in self.steps:
            sample = step(generator, sample)
        return sample

    def __or__(self, other: object) -> "Relay":
        return Relay((*self.steps, *_steps(other))) if callable(other) else NotImplemented

    def __ror__(self, other: object) -> "Relay":
        return Relay((*_steps(other), *self.steps)) if callable(other) else NotImplemented

    def plan(self) -> str:
        """Say what each step does, and where nothing can be fused."""
        plans = [step.plan() if isinstance(step, Transform) else f"- foreign, fused with nothing: {step!r}"
                 for step in self.steps]  # fmt: skip
        return "\n".join(plans)

    def __repr__(self) -> str:
        return " | ".join(map(repr, self.steps))


def _steps(other: Any) -> tuple[Any, ...]:
    return other.steps if isinstance(other, Relay) else (other,)
