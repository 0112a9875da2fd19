"""Transforms of other libraries as steps of ours."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal, Never, TypeAlias, TypeVar, final

import torch

from leyden.augment.adapting.arrays import through_albumentations
from leyden.augment.adapting.pictures import check_torchvision, through_torchvision
from leyden.augment.adapting.relay import Relay
from leyden.augment.adapting.scans import through_monai
from leyden.augment.adapting.streams import seeded_streams
from leyden.augment.chain.chance import seed_number
from leyden.errors import DrawError

__all__ = ["Adapted", "Library", "adapt"]

_Sample = TypeVar("_Sample")

Library: TypeAlias = Literal["torchvision", "albumentations", "monai"]
"""Whose transforms can be adapted."""

_THROUGH: dict[Library, Callable[[Any, Any, int], Any]] = {
    "torchvision": through_torchvision,
    "albumentations": through_albumentations,
    "monai": through_monai,
}


@final
@dataclass(frozen=True, eq=False, repr=False)
class Adapted:
    """A transform of another library as a step `(generator, sample) -> sample`; made by `adapt`.

    The generator gives one seed, from which all chance of the transform comes: equal states give equal samples.
    `ours | adapted | ours` does all in turn, as a `Relay`.

    Args:
        transform: a copy of our own; its chance is seeded anew at every call.
        library: whose it is.

    Examples:
        >>> from leyden.augment import Brightness, Flip
        >>> class Theirs:
        ...     "Stands for a transform of MONAI."
        ...     def __repr__(self):
        ...         return "Theirs()"
        >>> print((Flip("x") | Adapted(Theirs(), "monai") | Brightness(0.2)).plan())
        1.) one exact copy: flip x
        - foreign, fused with nothing: adapt(Theirs())
        1.) one linear colour step: brightness +-0.2
    """

    transform: Any
    library: Library

    def __call__(self, generator: torch.Generator, sample: _Sample) -> _Sample:
        """Give the sample after the transform; what is not an item passes untouched, and the sample is not changed."""
        seed = int(seed_number(generator))
        with seeded_streams(seed):
            try:
                return _THROUGH[self.library](self.transform, sample, seed)
            except Exception as error:
                error.add_note(f"in {self!r}")
                raise

    def draw(self, generator: torch.Generator, sample: object) -> Never:
        """Refuse: what a transform of another library decides cannot be had apart from its doing.

        Raises:
            DrawError: always.
        """
        del generator, sample
        raise DrawError(f"{self!r} has no draw, because its library decides while it acts; call it, or use ours")

    def __or__(self, other: object) -> Relay:
        return Relay((self,)) | other

    def __ror__(self, other: object) -> Relay:
        return other | Relay((self,))  # pyright: ignore[reportOperatorIssue]

    def __repr__(self) -> str:
        words = " ".join(repr(self.transform).split())
        # what prints its place in memory prints another one tomorrow
        return f"adapt({type(self.transform).__name__ if ' object at 0x' in words else words})"


def adapt(transform: object) -> Adapted:
    """Wrap a transform of torchvision (v2), albumentations or MONAI as a step of a pipeline.

    The library is known by the class of the transform, and none is imported that the transform did not bring. Images,
    masks, points, boxes and outlines are handed over in the form of the library and come back as items; labels and
    whatever is no item pass. Their transforms resample once each: `ours | adapt(theirs)` is not one resample. Threads
    take turns, because those libraries draw from streams of the whole process.

    Their chance is theirs, so there is no draw to look at, store or undo, and `Maybe` and its like cannot hold one: use
    theirs, such as torchvision's RandomApply.

    What those libraries do is theirs. Masks show what they fill in (`fill`, `fill_mask`), not `Mask.outside`. Colours
    of torchvision and albumentations take values of 0..1 and cut others off, as those of a CT. Where albumentations
    resizes by a factor, its points are (factor - 1) / 2 pixels off its pictures; some of its distortions are further
    off, most of all ThinPlateSpline.

    Args:
        transform: made. It is copied, so its own state is not moved.

    Raises:
        DrawError: of no such library, or one that cannot be a step.

    Examples:
        >>> adapt(len)
        Traceback (most recent call last):
        leyden.errors.DrawError: a builtin_function_or_method is of no library that can be adapted ...
    """
    modules = {each.__module__.partition(".")[0] for each in type(transform).__mro__}
    found: list[Library] = [library for library in _THROUGH if library in modules]
    if not found:
        named = f"the class {transform.__name__}" if isinstance(transform, type) else f"a {type(transform).__name__}"
        raise DrawError(
            f"{named} is of no library that can be adapted ({', '.join(_THROUGH)}); give a "
            "transform of theirs, made (not its class), or write a function (generator, sample) -> sample"
        )
    if found[0] == "torchvision":
        check_torchvision(transform)
    return Adapted(deepcopy(transform), found[0])
