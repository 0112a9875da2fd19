"""The parameters of a transform as knobs, and transforms with one of them turned."""

from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Any, Literal, TypeAlias, cast

from leyden.augment import Transform
from leyden.augment.chain.transform import Single
from leyden.errors import LeydenError, PanelError
from leyden.widget.augment.bounds import accepted, ends_of, sensible, sentence
from leyden.widget.augment.walk import Path, Place, allows, is_number, places, rebuilt, words_of

__all__ = ["Knob", "KnobKind", "Setting", "knobs", "turned"]

Setting: TypeAlias = int | float | str | tuple[float, float]
"""A number, a truth value, one word of several, or the lowest and the highest of a range."""

KnobKind: TypeAlias = Literal["number", "span", "choice", "switch"]
"""A number, a range, one word of several, on or off."""

_STEPS = (1.0, 0.5, 0.1, 0.05, 0.01, 0.005, 0.001, 0.0005, 0.0001)
_ROUNDING = 1e-6  # of a step
_PROBES = ((64, 64), (64, 64, 64))  # grids for which the ranges of a transform are compared


@dataclass(frozen=True)
class Knob:
    """One parameter somewhere inside a transform.

    Args:
        name: the class that holds it and what it is called there, unique in the transform: `Rotate.degrees`.
        kind: what it takes; a span also takes one number, where its transform does.
        value: where it stands, as it is written.
        paths: how to get there through `Transform.arguments`, outermost first; two for a range of which low and high
            are parameters of their own.
        low: least value that makes sense and is taken.
        high: greatest such value.
        whole: whether it counts something, such as pixels.
        options: words or numbers to choose from.
        label: what it is called for people: a wrapper says what is in it.
        about: what the docstring of its class says of it.
    """

    name: str
    kind: KnobKind
    value: Setting
    paths: tuple[Path, ...]
    low: float = 0.0
    high: float = 0.0
    whole: bool = False
    options: tuple[str | int, ...] = ()
    label: str = ""
    about: str = ""

    @property
    def span(self) -> tuple[float, float]:
        """The range that it stands for: one number a is -a to a.

        Examples:
            >>> from leyden.augment import Rotate
            >>> knobs(Rotate(15))[0].span
            (-15, 15)
        """
        if isinstance(self.value, tuple):
            return self.value
        reach = cast("float", self.value)
        return -reach, reach

    @property
    def step(self) -> float:
        """Least change worth showing: a round number, about a two-hundredth of the range; 1 for what counts."""
        if self.whole or self.kind in ("choice", "switch"):
            return 1
        return _step(self.high - self.low, ends_of(self.value))


def knobs(move: Transform, *, largest: int = 512) -> tuple[Knob, ...]:
    """Find every parameter of a transform, and of those inside it, in the order in which they are written.

    Args:
        move: any transform, one of your own included.
        largest: the highest that a number of pixels may become.

    Examples:
        >>> from leyden.augment import Flip, Maybe, RandomCrop, Rotate
        >>> for knob in knobs(Maybe(Flip("x"), p=0.25) | Rotate(15) | RandomCrop(32)): print(knob.name, knob.value)
        Flip.axis x
        Maybe.p 0.25
        Rotate.degrees 15
        Rotate.axis z
        RandomCrop.shape[0] 32
        RandomCrop.outside refuse
    """
    seen: dict[str, int] = {}
    made: list[Knob] = []
    for place in places(move):
        kind = _kind(place)
        if kind is not None:
            name = f"{type(place.owner).__name__}.{place.name}"
            seen[name] = seen.get(name, 0) + 1
            made.append(_knob(place, kind, f"{name} ({seen[name]})" if seen[name] > 1 else name, largest))
    return tuple(made)


def turned(move: Transform, knob: Knob, value: Setting) -> Transform:
    """Give a transform with one parameter changed; the one given stays as it is.

    Raises:
        DrawError: the transform refuses the value, and says which it takes.
        PanelError: the knob is of another transform, or takes another kind of value.

    Examples:
        >>> from leyden.augment import Rotate, Zoom
        >>> move = Rotate(15) | Zoom(0.9, 1.1)
        >>> turned(move, knobs(move)[0], 30)
        Rotate(30) | Zoom(0.9, 1.1)
    """
    ends = value if isinstance(value, tuple) else (value,)
    numbers = all(is_number(end) and (isinstance(end, int) or not knob.whole) for end in ends)
    fits = {
        "number": numbers and not isinstance(value, tuple),
        "span": (numbers and len(ends) == 2) or (numbers and len(knob.paths) == 1),
        "choice": value in knob.options,
        "switch": isinstance(value, bool),
    }
    if not fits[knob.kind]:
        raise PanelError(f"{knob.name} takes {_wanted(knob)}; given {value!r}")
    return rebuilt(move, _changes(knob.paths, value))


def _wanted(knob: Knob) -> str:
    number = "whole number" if knob.whole else "number"
    words = {
        "number": f"a {number}",
        "span": f"a lowest and a highest {number} as (low, high)",
        "switch": "True or False",
    }
    return words.get(knob.kind, f"one of {', '.join(map(str, knob.options))}")


def _changes(paths: tuple[Path, ...], value: Any) -> dict[Path, Any]:
    if len(paths) == 1:
        return {paths[0]: value}
    return dict(zip(paths, cast("tuple[float, float]", value), strict=True))


def _knob(place: Place, kind: KnobKind, name: str, largest: int) -> Knob:
    inner = [type(part).__name__ for part in place.owner.arguments()[0] if isinstance(part, Transform)]
    own = type(place.owner).__name__ + (f"({', '.join(inner)})" if inner else "")
    about = sentence(type(place.owner), place.field)
    made = Knob(name, kind, place.value, place.paths, label=f"{own}.{place.name}", about=about)
    if kind == "choice":
        return replace(made, options=words_of(place.hint))
    if kind == "switch":
        return made
    value = made.span if kind == "span" else place.value
    whole = all(isinstance(end, int) for end in ends_of(value)) and not allows(place.hint, float)
    guess = sensible(place.field, value, about=about, pixels=largest if whole else None)
    low, high = accepted(guess, value, lambda other: _made(place, other, whole))
    if whole:
        return replace(made, low=int(low), high=int(high), whole=True)
    # a slider stands at whole steps from its low end: with that at a multiple of the step, so do round values
    step = _step(high - low, ends_of(value))
    low, high = round(ceil(low / step - _ROUNDING) * step, 9), round(floor(high / step + _ROUNDING) * step, 9)
    return replace(made, low=min(low, *ends_of(value)), high=max(high, *ends_of(value)))


def _step(room: float, ends: tuple[float, ...]) -> float:
    """About a two-hundredth of a range, as a round number, or a finer one where what stands there needs it."""
    fine = [step for step in _STEPS if step <= room / 200] or [_STEPS[-1]]
    whole = (step for step in fine[:4] if all(abs(end / step - round(end / step)) < _ROUNDING for end in ends))
    return next(whole, fine[0])


def _made(place: Place, value: Any, whole: bool) -> Any:
    """The transform that holds a parameter, with another value of it."""
    rounded: tuple[Any, ...] = tuple(map(int, ends_of(value))) if whole else ends_of(value)
    return rebuilt(place.owner, _changes(place.keys, rounded if isinstance(value, tuple) else rounded[0]))


def _kind(place: Place) -> KnobKind | None:
    """What a parameter takes; None of what has no control, such as a word that may be any."""
    if isinstance(place.value, bool):
        return "switch"
    if words_of(place.hint) and place.value in words_of(place.hint):
        return "choice"
    if isinstance(place.value, tuple):
        return "span" if all(map(is_number, place.value)) else None
    if not is_number(place.value):
        return None
    return "span" if _is_mirrored(place) else "number"


def _is_mirrored(place: Place) -> bool:
    """Whether one number a is a short way to write -a to a, as a range: both make the transform draw alike."""
    owner = place.owner
    if not isinstance(owner, Single) or allows(place.hint, int):
        return False
    try:
        other = rebuilt(owner, _changes(place.keys, (-place.value, place.value)))
        drawn = [(owner.ranges(size), other.ranges(size)) for size in _PROBES]
    except (LeydenError, TypeError):  # a transform that computes with its number at once
        return False
    return all(one == two and one for one, two in drawn)
