"""Planning windows, refused at the door where they cannot be run."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from numbers import Real
from pathlib import Path
from typing import Any, cast

import numpy as np
from torch import Tensor

from leyden.errors import MedicalError
from leyden.items import Image, Size
from leyden.medical.sliding.memory import SHARE, bytes_text, free_memory
from leyden.medical.sliding.places import Blend, Places, empty_windows
from leyden.medical.sliding.plan import WindowPlan
from leyden.medical.sliding.source import Volume, shape_text, tensor_of

__all__ = ["plan_windows"]


def plan_windows(
    image: Volume | Sequence[int], *, window: int | Sequence[int] = (96, 96, 96),
    overlap: float | Sequence[float] = 0.5, blend: Blend = "gaussian", batch: int = 1, regions: int = 3,
    modalities: int = 4, file: Path | str | None = None, budget: int | None = None,
) -> WindowPlan:  # fmt: skip
    """Plan windows over an image, before any of them is run.

    Args:
        image: an image, `modality z y x` or `modality y x`, whose empty windows are counted; or the size of its grid.
        window: sides in axis order, in pixels, or one for all; larger than the image, zeros are laid around that.
        overlap: share of its side that a window has in common with the next, 0 to below 1; for all axes or one each.
        blend: `gaussian` weighs the middle of a window more than its edges; `flat` does not.
        batch: windows that the network answers together; on a CPU 1 is mostly quickest, on a GPU more may be.
        regions: that the network answers with.
        modalities: that it takes; those of the image, where one is given.
        file: keep the result in this new file, raw float32, mapped into memory, instead of in memory.
        budget: bytes that `WindowPlan.memory` may come to; half of the free memory if left out.

    Raises:
        MedicalError: lengths that do not fit; more windows than memory, with the numbers; a file that exists, or has
            no room.

    Examples:
        >>> plan_windows((155, 240, 240))
        WindowPlan(48 windows of 96 x 96 x 96 over 155 x 240 x 240, 168 MB)
        >>> plan_windows((155, 240, 240), budget=100_000_000)
        Traceback (most recent call last):
        ...
        leyden.errors.MedicalError: 48 windows of 96 x 96 x 96 over 155 x 240 x 240 take 168 MB (result 107 MB, ...
    """
    given, size = _looked_at(image)
    plan = WindowPlan(
        Places(size, _each(window, len(size)), _each(overlap, len(size))), blend, batch, regions,
        modalities if given is None else len(given), None if file is None else Path(file),
    )  # fmt: skip
    if given is not None:
        plan = replace(plan, empty=sum(empty_windows(given, plan.places)))
    _check_memory(plan, budget)
    _check_disk(plan)
    return plan


def _each(given: float | Sequence[float], axes: int) -> tuple[Any, ...]:
    return (given,) * axes if isinstance(given, Real) else tuple(cast("Sequence[Any]", given))


def _looked_at(image: Volume | Sequence[int]) -> tuple[Tensor | None, Size]:
    if isinstance(image, Image | Tensor):
        data = tensor_of(image)
        return data, tuple(data.shape[1:])
    if np.ndim(image) != 1:
        raise MedicalError(f"windows are planned over an Image, a tensor or a size; given a {type(image).__name__}")
    return None, tuple(image)


def _check_memory(plan: WindowPlan, budget: int | None) -> None:
    free = free_memory()
    allowed = int(SHARE * free) if budget is None else budget
    if plan.memory <= allowed:
        return
    of = f"{SHARE:.0%} of the {bytes_text(free)} that are free" if budget is None else "the budget given"
    advice = [] if plan.file else ["file='result.raw' to keep the result on disk"]
    advice += [f"a smaller batch than {plan.batch}"] if min(plan.batch, plan.count) > 1 else []
    advice += ["a smaller window", f"a budget of {plan.memory} bytes if the memory is there"]
    parts = ", ".join(f"{name} {bytes_text(count)}" for name, count in plan.parts.items() if count)
    raise MedicalError(
        f"{plan.count} windows of {shape_text(plan.places.window)} over {shape_text(plan.places.size)} take "
        f"{bytes_text(plan.memory)} ({parts}), more than {bytes_text(allowed)} ({of}); give {', or '.join(advice)}"
    )


def _check_disk(plan: WindowPlan) -> None:
    if plan.file is None:
        return
    if plan.file.exists():
        raise MedicalError(f"{plan.file} exists; delete it, or give the result another file")
    if not plan.file.parent.is_dir():
        raise MedicalError(f"{plan.file}: there is no folder {plan.file.parent}; make it first")
    free = shutil.disk_usage(plan.file.parent).free
    if free < plan.result_bytes:
        raise MedicalError(
            f"{plan.file}: the result takes {bytes_text(plan.result_bytes)}, the disk has {bytes_text(free)} free; "
            "give a file on another disk"
        )
