"""Numbers to mean 0 and deviation 1: `normalise`, and `normalised` for figures that are known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, final

import numpy as np
import torch
from torch import Tensor

from leyden.data.algebra.expression import spell
from leyden.data.fitted.fields import Field, bare, checked_fields, is_missing
from leyden.data.fitted.lesson import Fitted, Lesson, Unfitted
from leyden.data.fitted.moments import Figure, Moments
from leyden.data.fitted.survey import chosen, survey
from leyden.data.pipe.step import applied, parted
from leyden.data.pipe.view import Container, Element
from leyden.errors import DataError
from leyden.items import Image

__all__ = ["Normalise", "Normalised", "normalise", "normalised"]

_Figures = Mapping[Any, Figure]


@final
@dataclass(frozen=True, repr=False)
class Normalise(Lesson):
    """Learn means and deviations; see `normalise`."""

    verb: ClassVar[str] = "normalise"
    fields: tuple[Field, ...] | None

    def learn(self, source: Container) -> "Normalised":
        """See `Lesson.learn`."""
        columns = survey(source, Moments, verb=self.verb)
        unasked = ("real", "reals")
        taken = chosen(
            columns, self.fields, verb=self.verb, takes=("real", "whole", "reals", "wholes"), unasked=unasked
        )
        empty = [name for name, moments in taken.items() if moments.empty]
        if empty:
            raise DataError(f"normalise: a channel of {empty} has no number in all training data; leave it out")
        mean = {name: moments.mean for name, moments in taken.items()}
        return Normalised(mean=mean, deviation={name: moments.deviation for name, moments in taken.items()})

    def recall(self, state: Mapping[str, Any]) -> "Normalised":
        """See `Lesson.recall`."""
        fields = [None] if state["fields"] is None else state["fields"]
        mean, deviation = (
            {name: _figure(value) for name, value in zip(fields, state[what], strict=True)}
            for what in ("mean", "deviation")
        )
        return Normalised(mean=mean, deviation=deviation)

    def __repr__(self) -> str:
        return f"{self.verb}({_spelled(self.fields)})"


@final
@dataclass(frozen=True, repr=False)
class Normalised(Fitted):
    """Less the mean, over the deviation; see `normalised`."""

    verb: ClassVar[str] = "normalised"
    mean: _Figures = field(kw_only=True)
    deviation: _Figures = field(kw_only=True)

    def changes(self) -> Mapping[Field, Callable[[Element], Element]]:
        """See `Fitted.changes`."""
        return {
            name: partial(_shifted, less=mean, over=_divisor(self.deviation[name]), back=False)
            for name, mean in self.mean.items()
        }

    def inverse(self) -> Mapping[Field, Callable[[Element], Element]]:
        """See `Fitted.inverse`."""
        return {
            name: partial(_shifted, less=mean, over=_divisor(self.deviation[name]), back=True)
            for name, mean in self.mean.items()
        }

    def state(self) -> dict[str, Any]:
        """See `Fitted.state`."""
        fields = None if None in self.mean else list(self.mean)
        listed = {"mean": self.mean, "deviation": self.deviation}
        values = {
            what: [list(value) if isinstance(value, tuple) else value for value in figures.values()]
            for what, figures in listed.items()
        }
        return {"lesson": Normalise.verb, "fields": fields, **values}

    def written(self, *, short: bool) -> str:
        """See `Operation.written`."""
        mean, deviation = (spell(bare(figures), short=short) for figures in (self.mean, self.deviation))
        return f"{self.verb}(mean={mean}, deviation={deviation})"


def normalise(fields: str | int | list[str | int] | tuple[str | int, ...] | None = None) -> Unfitted:
    """Learn to bring numbers to mean 0 and deviation 1.

    Single numbers have one mean; tensors, arrays and images have one a channel, which is their first axis, as in
    `leyden.items`: a vector of features has one a feature. What is missing (None, NaN) is left out of the learning and
    stays missing. Real numbers keep their dtype, whole ones become real. The deviation is that of all values (divided
    by their number, not one less). A field whose training values are all equal has deviation 0 and is shifted only.

    Reading is one pass in constant memory and double precision.

    Args:
        fields: names in dicts and rows, positions in tuples. None takes every field of real numbers; whole numbers may
            be labels or counts, and must be named. Elements that are one value have no fields.

    Examples:
        >>> import leyden as ly
        >>> train, test = [{"age": 20.0, "label": 1}, {"age": 40.0, "label": 0}], [{"age": 25.0, "label": 1}]
        >>> step = normalise().fit(train)
        >>> step
        normalised(mean={'age': 30.0}, deviation={'age': 10.0})
        >>> list(test | step)
        [{'age': -0.5, 'label': 1}]
        >>> test | normalise()
        Traceback (most recent call last):
        ...
        leyden.errors.NotFitted: normalise() has not learned from training data yet; given list[1]. Write ...
    """
    return Unfitted((Normalise(checked_fields("normalise(fields)", fields)),))


def normalised(*given: Element, mean: Element, deviation: Element) -> Element:
    """Take known means off and divide by known deviations; what `normalise().fit(train)` becomes.

    Args:
        given: the data, if any.
        mean: by field, each one number or one a channel; or, for elements that are one value, the figure alone.
        deviation: likewise; 0 divides by nothing.

    Raises:
        DataError: figures that are no finite numbers, deviations below 0, or other fields here than there.

    Examples:
        >>> import leyden as ly
        >>> list([1.0, 3.0] | normalised(mean=2.0, deviation=0.5))
        [-2.0, 2.0]
    """
    data, _ = parted("normalised(data, mean=..., deviation=...)", given, 0)
    means, deviations = _figures("mean", mean), _figures("deviation", deviation)
    shapes = [{name: _count(value) for name, value in figures.items()} for figures in (means, deviations)]
    if shapes[0] != shapes[1]:
        raise DataError(f"normalised: mean and deviation differ in their fields or channels: {mean} and {deviation}")
    if wrong := [name for name, value in deviations.items() if np.min(value) < 0]:
        raise DataError(f"normalised: a deviation is 0 or more; given {[deviations[name] for name in wrong]}")
    return applied(Normalised(mean=means, deviation=deviations), data)


def _shifted(value: Any, *, less: Figure, over: Figure, back: bool) -> Any:
    if isinstance(value, Image):
        return value.recolour(partial(_shifted, less=less, over=over, back=back))
    if is_missing(value):
        return value
    if isinstance(value, Tensor):
        dtype = value.dtype if value.is_floating_point() else torch.get_default_dtype()
        # in double precision, as a mean of a million would lose the deviation's digits in single
        one, other = (torch.from_numpy(_spread(figure, value, back)) for figure in (less, over))
        wide, one, other = value.double(), one.to(value.device), other.to(value.device)
        return (wide * other + one if back else (wide - one) / other).to(dtype)
    if isinstance(value, np.floating | np.integer) and not isinstance(less, tuple) and not isinstance(over, tuple):
        number = float(value)
        kind = type(value) if isinstance(value, np.floating) else np.float64
        return kind(number * over + less if back else (number - less) / over)
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "fiu":
        dtype = value.dtype if value.dtype.kind == "f" else np.dtype(np.float64)
        one, other = _spread(less, value, back), _spread(over, value, back)
        wide = value.astype(np.float64)
        return (wide * other + one if back else (wide - one) / other).astype(dtype)
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or isinstance(less, tuple)
        or isinstance(over, tuple)
    ):
        raise DataError(_unlike(less, value))
    return value * over + less if back else (value - less) / over


def _spread(figure: Figure, value: Any, back: bool) -> np.ndarray:
    """A figure in a shape that meets each channel of a value with its own; predictions may be many at once."""
    if not isinstance(figure, tuple):
        if value.ndim and not back:
            raise DataError(_unlike(figure, value))
        return np.array(figure, dtype=np.float64)
    if not value.ndim or value.shape[0] != len(figure):
        raise DataError(_unlike(figure, value))
    return np.array(figure, dtype=np.float64).reshape(-1, *[1] * (value.ndim - 1))


def _unlike(figure: Figure, value: Any) -> str:
    known = f"tensors of {len(figure)} channels in the first axis" if isinstance(figure, tuple) else "single numbers"
    shape = getattr(value, "shape", None)
    here = f"a {type(value).__name__} of shape {tuple(shape)}" if shape is not None else repr(value)[:60]
    return f"the training data held {known}, here is {here}"


def _divisor(deviation: Figure) -> Figure:
    return tuple(each or 1.0 for each in deviation) if isinstance(deviation, tuple) else deviation or 1.0


def _figures(what: str, given: Any) -> _Figures:
    figures = {name: _figure(value) for name, value in (given if isinstance(given, Mapping) else {None: given}).items()}
    if not figures or not all(np.isfinite(value).all() and _count(value) for value in figures.values()):
        raise DataError(f"normalised: {what} is a finite number or one a channel, by field; given {spell(given)}")
    return figures


def _figure(value: Any) -> Figure:
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"a figure is a number, or one a channel; given {value!r}") from error
    if array.ndim > 1:
        raise DataError(f"a figure is a number, or one a channel; given shape {array.shape}")
    return tuple(array.tolist()) if array.ndim else float(array)


def _count(value: Figure) -> int:
    return len(value) if isinstance(value, tuple) else -1


def _spelled(fields: tuple[Field, ...] | None) -> str:
    if fields is None:
        return ""
    return repr(fields[0]) if len(fields) == 1 else repr(list(fields))
