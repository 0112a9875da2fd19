"""What windows are cut from."""

from collections.abc import Sequence
from typing import TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

from leyden.errors import MedicalError
from leyden.items import Image

__all__ = ["Volume", "shape_text", "tensor_of"]

Volume: TypeAlias = Image | Float[Tensor, "modality *space"]
"""An image or its values: `modality z y x`, or `modality y x`."""


def tensor_of(image: Volume) -> Float[Tensor, "modality *space"]:
    """Give the values of an image, not copied.

    Raises:
        MedicalError: no real numbers over two or three axes, or NaN or infinity among them.
    """
    data = image.data if isinstance(image, Image) else image
    if not isinstance(data, Tensor) or data.ndim not in (3, 4) or not data.is_floating_point():
        found = f"{data.dtype} of {shape_text(data.shape)}" if isinstance(data, Tensor) else type(data).__name__
        raise MedicalError(f"windows are cut from real numbers, modality x y x or modality z y x; given {found}")
    # one sum sees whether anything is strange; what is finite may still sum to infinity, so only then look closely
    if not torch.isfinite(data.sum()) and not (fine := torch.isfinite(data)).all():
        where = tuple(map(int, (~fine).nonzero()[0]))
        raise MedicalError(
            f"the image holds NaN or infinity, {int((~fine).sum())} of {data.numel()} values, the first at {where}; "
            "clean it first: torch.nan_to_num(image)"
        )
    return data


def shape_text(shape: Sequence[int]) -> str:
    """Write a shape.

    Examples:
        >>> shape_text((4, 96, 96))
        '4 x 96 x 96'
    """
    return " x ".join(map(str, shape))
