"""Sizes as people write them: one number for all axes, or one an axis."""

from numbers import Integral

from leyden.errors import DrawError
from leyden.items import Size
from leyden.items.grid import size_text

__all__ = ["for_axes", "shape_rules"]


def shape_rules(shape: Size) -> dict[str, bool]:
    """Give the rules for a size, for `check`.

    Args:
        shape: one size, or one an axis, in pixels.

    Examples:
        >>> shape_rules((0, 4))
        {'one size, or one an axis, of at least one pixel': False}
    """
    whole = all(isinstance(count, Integral) and not isinstance(count, bool) for count in shape)
    if any(isinstance(count, tuple | list) for count in shape):
        return {"sizes one by one, as 256, 256, not in a tuple or list": False}
    return {"one size, or one an axis, of at least one pixel": 1 <= len(shape) <= 3 and whole and min(shape) >= 1}


def for_axes(shape: Size, size: Size) -> Size:
    """Give one size an axis.

    Args:
        shape: one size, or one an axis.
        size: the grid it is asked of.

    Raises:
        DrawError: as many sizes as the grid has axes are wanted, or one.

    Examples:
        >>> for_axes((224,), (300, 400))
        (224, 224)
    """
    if len(shape) == 1:
        return shape * len(size)
    if len(shape) != len(size):
        raise DrawError(f"{size_text(shape)} asked of a grid of {size_text(size)}; give one size, or one an axis")
    return shape
