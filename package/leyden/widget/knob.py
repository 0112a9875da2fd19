"""The numbers in a transform, found by looking, and transforms with one of them changed."""

from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeAlias, cast

from leyden.augment import Transform
from leyden.errors import PanelError

__all__ = ["Knob", "Setting", "knobs", "turned"]

Setting: TypeAlias = int | float | tuple[float, float]
"""A number, or the lowest and the highest of a range."""

# What a name says about its range: degrees to either side, shares, distances as a share of the axis.
_KNOWN = {"degrees": (0.0, 180.0), "p": (0.0, 1.0), "fraction": (0.0, 1.0), "amount": (0.0, 1.0), "low": (0.05, 4.0)}
_KNOWN["high"] = _KNOWN["low"]


@dataclass(frozen=True)
class Knob:
    """One number, or one range, somewhere inside a transform.

    Args:
        name: the class that holds it and what it is called there, unique in the transform: `Rotate.degrees`.
        path: how to get there through `Transform.arguments`, outermost first.
        value: where it stands.
        low: least value that makes sense.
        high: greatest value that makes sense.
    """

    name: str
    path: tuple[int | str, ...]
    value: Setting
    low: float
    high: float

    @property
    def whole(self) -> bool:
        """Whether it counts something, such as pixels."""
        return isinstance(self.value, int) and self.path[-1:] != ("degrees",) and not self.name.endswith("degrees")

    @property
    def step(self) -> float:
        """Least change worth showing: a hundredth of the range or less, 1 for what counts."""
        return 1 if self.whole else 0.5 if self.high - self.low > 20 else 0.01


def knobs(move: Transform, *, largest: int = 512) -> tuple[Knob, ...]:
    """Finds every number in a transform, and in those inside it, in the order in which they are written.

    Args:
        move: any transform, one of your own included.
        largest: the highest that a number of pixels may become.

    Examples:
        >>> from leyden.augment import Flip, Maybe, RandomCrop, Rotate
        >>> for knob in knobs(Maybe(Flip("x"), p=0.25) | Rotate(15) | RandomCrop(32, 48)): print(knob.name, knob.value)
        Maybe.p 0.25
        Rotate.degrees 15
        RandomCrop.shape[0] 32
        RandomCrop.shape[1] 48
    """
    found: list[tuple[str, tuple[int | str, ...], Setting]] = []
    _find(move, (), found)
    seen: dict[str, int] = {}
    made = []
    for name, path, value in found:
        seen[name] = seen.get(name, 0) + 1
        number = f" ({seen[name]})" if seen[name] > 1 else ""
        made.append(Knob(name + number, path, value, *_range(name, value, largest)))
    return tuple(made)


def turned(move: Transform, knob: Knob, value: Setting) -> Transform:
    """A transform with one number changed; the one given stays as it is.

    Raises:
        DrawError: the transform refuses the value, and says which it takes.

    Examples:
        >>> from leyden.augment import Rotate, Zoom
        >>> move = Rotate(15) | Zoom(0.9, 1.1)
        >>> turned(move, knobs(move)[0], 30)
        Rotate(30) | Zoom(0.9, 1.1)
    """
    return _rebuilt(move, knob.path, value)


def _find(
    move: Transform, path: tuple[int | str, ...], found: list[tuple[str, tuple[int | str, ...], Setting]]
) -> None:
    positional, named = _arguments(move)
    names = [field.name for field in fields(cast("Any", move))]
    own = type(move).__name__
    given = [getattr(move, name) for name in names[: len(positional)]]
    plain = given == list(positional)
    for index, value in enumerate(positional):
        label = f"{own}.{names[index]}" if plain else f"{own}.{names[0]}[{index}]"
        _take(value, label, (*path, index), found)
    for name, value in named.items():
        _take(value, f"{own}.{name}", (*path, name), found)


def _take(
    value: Any, name: str, path: tuple[int | str, ...], found: list[tuple[str, tuple[int | str, ...], Setting]]
) -> None:
    if isinstance(value, Transform):
        _find(value, path, found)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found.append((name, path, value))
    elif isinstance(value, tuple) and len(value) == 2 and all(isinstance(end, int | float) for end in value):
        found.append((name, path, cast("tuple[float, float]", value)))


def _arguments(move: Transform) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Positional and named arguments that make it again, defaults included."""
    positional, named = move.arguments()
    defaults = {
        field.name: getattr(move, field.name)
        for field in fields(cast("Any", move))
        if field.init and field.default is not MISSING
    }
    return positional, defaults | named


def _rebuilt(value: Any, path: tuple[int | str, ...], new: Setting) -> Any:
    if not path:
        return new
    if not isinstance(value, Transform):
        raise PanelError(f"no transform at {path} of {value!r}: take the knob from knobs() of this very transform")
    positional, named = _arguments(value)
    place = path[0]
    if isinstance(place, int) and place < len(positional):
        changed = _rebuilt(positional[place], path[1:], new)
        positional = (*positional[:place], changed, *positional[place + 1 :])
    elif place in named:
        named = {**named, str(place): _rebuilt(named[str(place)], path[1:], new)}
    else:
        raise PanelError(f"{value!r} has no {place!r}: take the knob from knobs() of this very transform")
    return type(value)(*positional, **named)


def _range(name: str, value: Setting, largest: int) -> tuple[float, float]:
    """Least and greatest sensible value; what stands there always fits."""
    label = name.rpartition(".")[2]
    ends = value if isinstance(value, tuple) else (value,)
    reach = max(abs(end) for end in ends)
    if label in _KNOWN:
        low, high = _KNOWN[label]
    elif all(isinstance(end, int) for end in ends) and not isinstance(value, tuple):
        low, high = 1, largest
    else:
        low, high = 0.0, 1.0 if reach <= 1 else 4.0 * reach
    if isinstance(value, tuple):
        low = -high if label != "weights" else low
    return min(low, *ends), max(high, *ends)
