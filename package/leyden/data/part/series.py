"""Parting what is ordered in time: `time_series_folds`."""

from leyden.data.part.unit import checked_container
from leyden.data.pipe.order import subset, whole_number
from leyden.data.pipe.view import Element, View
from leyden.errors import DataError

__all__ = ["time_series_folds"]


def time_series_folds(
    data: Element, k: int, *, gap: int = 0, window: int | None = None, size: int | None = None
) -> tuple[tuple[View, View], ...]:
    """Part a container in time order for validation: in each of `k` pairs all of the first comes before the second.

    The validation parts follow each other up to the last element.

    Args:
        data: a container whose elements are in time order.
        k: how many pairs, at least 1.
        gap: how many elements are left out between training and validation, where neighbours know of each other.
        window: train on the newest so many elements only (rolling); None trains on all before the gap (expanding).
        size: how many elements a validation part has; the number of elements over `k + 1` if left out.

    Returns:
        Pairs of the training part and the validation part, from the earliest on.

    Raises:
        DataError: numbers that leave a part empty, or elements that change places beneath, as after `shuffle`.

    Examples:
        >>> [(list(train), list(validation)) for train, validation in time_series_folds(range(6), 2)]
        [([0, 1], [2, 3]), ([0, 1, 2, 3], [4, 5])]
        >>> [(list(train), list(validation)) for train, validation in time_series_folds(range(7), 2, gap=1, window=2)]
        [([0, 1], [3, 4]), ([2, 3], [5, 6])]
    """
    container = checked_container("time_series_folds", data)
    count, pairs, space = len(container), _number("k", k, 1), _number("gap", gap, 0)
    newest = count if window is None else _number("window", window, 1)
    each = count // (pairs + 1) if size is None else _number("size", size, 1)
    left = count - pairs * each - space
    if each == 0 or left < (1 if window is None else newest):
        raise DataError(
            f"time_series_folds: {count} elements are too few for k={pairs}, gap={space}, window={window} and "
            f"validation parts of {each}: {max(left, 0)} are left to train the first on"
        )
    ends = range(left, count - space, each)
    trains = [subset(container, range(max(0, end - newest), end)) for end in ends]
    validations = [subset(container, range(end + space, end + space + each)) for end in ends]
    return tuple(zip(trains, validations, strict=True))


def _number(name: str, number: int, lowest: int) -> int:
    return whole_number(f"time_series_folds: {name}", number, at_least=lowest)
