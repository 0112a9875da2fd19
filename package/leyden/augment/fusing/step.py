"""One transform and the numbers drawn for it; the names under which stored draws find their transforms."""

from abc import ABC, abstractmethod
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar, cast, final

from leyden.augment.fusing.fusion import Fusion
from leyden.errors import DrawError
from leyden.items import Affine, Size

__all__ = ["Arguments", "Expression", "Kind", "Leaf", "Numbers", "Step", "fused", "register", "registered"]

Kind: TypeAlias = Literal["spatial", "border", "linear", "intensity", "label"]
"""What a step is fused with: spatial ones with each other, linear ones with their neighbours, others with none."""

Numbers: TypeAlias = tuple[float, ...]
"""What was drawn for one transform."""

Arguments: TypeAlias = tuple[tuple[Any, ...], dict[str, Any]]
"""How something was made: by position, and by name."""


class Expression:
    """A frozen dataclass that prints as the expression that makes it."""

    def arguments(self) -> Arguments:
        """Give the arguments that make an equal one: required fields by position, others by name where they differ."""
        positional: list[Any] = []
        named: dict[str, Any] = {}
        for field in fields(cast("Any", self)):
            value = getattr(self, field.name)
            if field.default is MISSING:
                positional.append(value)
            elif value != field.default:
                named[field.name] = value
        return tuple(positional), named

    def describe(self) -> str:
        """Say in a few words what happens, for plans; the expression itself unless overridden."""
        return repr(self)

    def __repr__(self) -> str:
        positional, named = self.arguments()
        parts = [*map(repr, positional), *(f"{name}={value!r}" for name, value in named.items())]
        return f"{type(self).__name__}({', '.join(parts)})"


class Leaf(Expression, ABC):
    """A transform that is no wrapper: with its numbers it is one step of a draw."""

    kind: ClassVar[Kind]
    """What it is fused with."""

    exact: ClassVar[bool] = False
    """Whether its map of places never needs interpolation."""

    bends: ClassVar[bool] = False
    """Whether it is a field of displacements: those act after all other spatial steps, wherever they stand."""

    regrids: ClassVar[bool] = False
    """Whether it lays another grid over the same scene, as a resize does; whatever is exact does so too."""

    looks_at: ClassVar[str] = ""
    """What of the sample it looks at when it decides, for plans, such as `the mask`; empty for the grid alone."""

    @abstractmethod
    def fuse(self, fusion: Fusion, numbers: Numbers) -> Fusion:
        """Give the fusion of the steps so far and this one.

        Args:
            fusion: the steps so far.
            numbers: what was drawn for this one.
        """

    def regridding(self, numbers: Numbers, size: Size) -> Affine | None:
        """Give the map of places if this step is another grid over the same scene; None if it changes the scene."""
        del numbers, size
        return None


@final
@dataclass(frozen=True, repr=False)
class Step:
    """One transform and the numbers drawn for it.

    Examples:
        >>> import torch
        >>> from leyden.augment import Draw, Flip, Rotate
        >>> from leyden.items import Image
        >>> draw = Draw((2, 2), (Step(Flip("x")), Step(Rotate((0, 90)), (90.0,))))
        >>> draw, draw(Image(torch.tensor([[[1.0, 2.0], [3.0, 4.0]]]))).data.tolist()
        (Draw(2 x 2: Flip('x'), Rotate((0, 90)) at 90), [[[1.0, 3.0], [2.0, 4.0]]])
    """

    transform: Leaf
    numbers: Numbers = ()

    def __repr__(self) -> str:
        drawn = ", ".join(f"{number:.4g}" for number in self.numbers)
        return f"{self.transform!r}{f' at {drawn}' if drawn else ''}"


def fused(fusion: Fusion, step: Step) -> Fusion:
    """Give the fusion of the steps so far and one that somebody wrote, in code or in JSON.

    Raises:
        DrawError: it does not fit, or has too few numbers.
    """
    try:
        return step.transform.fuse(fusion, step.numbers)
    except IndexError as error:
        raise DrawError(f"{step!r} has too few numbers for {len(fusion.new_size)} axes; draw them anew") from error


_REGISTRY: dict[str, type[Leaf]] = {}

_Class = TypeVar("_Class", bound=type[Leaf])


def register(leaf: _Class) -> _Class:
    """Let stored draws find a transform by the name of its class; a decorator.

    Running the cell of a notebook again replaces the class it made before.

    Args:
        leaf: a frozen dataclass derived from `Spatial`, `Linear` or `Intensity`.

    Raises:
        DrawError: another class has that name, or it is no dataclass.

    Examples:
        >>> from leyden.augment import Flip
        >>> register(Flip) is registered("Flip")
        True
    """
    plain = [name for name, kind in vars(leaf).get("__annotations__", {}).items() if "ClassVar" not in str(kind)]
    if not is_dataclass(leaf) or not set(plain) <= set(leaf.__dataclass_fields__):
        raise DrawError(
            f"{leaf.__name__} is no dataclass; write @dataclass(frozen=True, repr=False) between @register and class"
        )
    known = _REGISTRY.setdefault(leaf.__name__, leaf)
    if (known.__module__, known.__qualname__) != (leaf.__module__, leaf.__qualname__):
        raise DrawError(
            f"two transforms named {leaf.__name__!r}: {known.__module__}.{known.__qualname__} and "
            f"{leaf.__module__}.{leaf.__qualname__}; rename one"
        )
    _REGISTRY[leaf.__name__] = leaf
    return leaf


def registered(name: str) -> type[Leaf]:
    """Give the transform of that name.

    Raises:
        DrawError: none is registered.
    """
    if name not in _REGISTRY:
        raise DrawError(
            f"no transform named {name!r} is registered; import the module that makes it, and decorate it with "
            f"@leyden.augment.register; known: {', '.join(sorted(_REGISTRY))}"
        )
    return _REGISTRY[name]
