"""What may be pruned: predicates over the places in a model at which it holds its parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TypeAlias, cast

from torch import Tensor, nn

from leyden.errors import PruneError

__all__ = ["Place", "Selector", "Where", "depthwise", "layers", "named", "places", "select"]


@dataclass(frozen=True)
class Place:
    """A parameter and where a model holds it, which is at several paths if its weights are tied.

    Args:
        names: every path at which it is found; the first is its name in `named_parameters`.
        parameter: the parameter itself.
        owners: the modules that hold it directly, one for each of `names`.
        around: every module on the way from the root to it, both ends included.
    """

    names: tuple[str, ...]
    parameter: nn.Parameter = field(repr=False)
    owners: tuple[nn.Module, ...] = field(repr=False)
    around: tuple[nn.Module, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """The path under which `named_parameters` gives the parameter."""
        return self.names[0]

    def __str__(self) -> str:
        return f"{self.name} ({type(self.owners[0]).__name__}, {_shape_of(self.parameter)})"


@dataclass(frozen=True, repr=False)
class Where:
    """A question about places, answered by yes or no; `&`, `|` and `~` combine questions.

    Args:
        text: the expression that makes this question; it is also its `repr`.
        test: gives the answer for one place.
        patterns: the names asked for anywhere in it. Each group must match something in a model, so that a misspelt
            name is noticed even where it protects (`~named("haed.*")`).

    Examples:
        >>> ~depthwise & ~named("head.*")
        (~depthwise & ~named('head.*'))
    """

    text: str
    test: Callable[[Place], bool]
    patterns: tuple[tuple[str, ...], ...] = ()

    def __call__(self, place: Place) -> bool:
        """Answer for one place."""
        return bool(self.test(place))

    def __and__(self, other: "Selector") -> "Where":
        return _joined(self, "&", _question(other), lambda answers: all(answers))

    def __or__(self, other: "Selector") -> "Where":
        return _joined(self, "|", _question(other), lambda answers: any(answers))

    def __invert__(self) -> "Where":
        return Where(f"~{self.text}", lambda place: not self(place), self.patterns)

    def __repr__(self) -> str:
        return self.text


_SHOWN = 20
_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)

Selector: TypeAlias = Where | str | type[nn.Module] | tuple[type[nn.Module], ...] | Callable[[Place], bool]
"""What `where=` takes: a `Where`, a name pattern, one or several layer types, or any function of a `Place`."""


def named(*patterns: str) -> Where:
    """Choose parameters by path, in the manner of file names.

    Args:
        patterns: shell patterns, upper and lower case distinct; `*` crosses dots. One matches the path of a parameter
            (`"stages.*.weight"`) or of any module around it (`"head"`).

    Returns:
        Yes where any of the patterns matches. `prune` raises if none of them matches anything in the model.

    Raises:
        PruneError: if there is no pattern.

    Examples:
        >>> model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Linear(8, 2))
        >>> [place.name for place in places(model) if named("1")(place)]
        ['1.weight']
    """
    if not patterns:
        raise PruneError('named() was given no pattern; say for example named("head.*")')
    return Where(f"named({', '.join(map(repr, patterns))})", lambda place: _matches(place, patterns), (patterns,))


def layers(*types: type[nn.Module]) -> Where:
    """Choose the parameters inside layers of some types, at any depth.

    Args:
        types: classes of modules; subclasses count. `layers(nn.MultiheadAttention)` thus covers its `out_proj` too.

    Raises:
        PruneError: if there is none, or something else than classes.

    Examples:
        >>> model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Linear(8, 2))
        >>> [place.name for place in places(model) if layers(nn.Conv2d)(place)]
        ['0.weight']
    """
    if not types:
        raise PruneError("layers() was given no type; say for example layers(nn.Conv2d)")
    strangers = [kind for kind in types if not isinstance(kind, type)]
    if strangers:
        raise PruneError(
            f"layers() and a tuple take layer types; {', '.join(map(repr, strangers))} was given: combine patterns and "
            'types by |, as in named("head.*") | layers(nn.Conv2d)'
        )
    names = ", ".join(kind.__name__ for kind in types)
    return Where(f"layers({names})", lambda place: any(isinstance(module, types) for module in place.around))


def _is_depthwise(module: nn.Module) -> bool:
    return isinstance(module, _CONVOLUTIONS) and module.groups > 1 and module.groups == module.in_channels


depthwise = Where("depthwise", lambda place: any(_is_depthwise(owner) for owner in place.owners))
"""Convolutions that filter each channel by itself: few weights, each of them needed."""


def places(model: nn.Module) -> list[Place]:
    """List what can be pruned: floating-point parameters of two axes or more, in the order of `named_parameters`.

    Examples:
        >>> [str(place) for place in places(nn.Linear(3, 2))]
        ['weight (Linear, 2 x 3)']
    """
    found: dict[int, list[tuple[str, nn.Module]]] = {}
    parameters: dict[int, nn.Parameter] = {}
    modules = dict(model.named_modules(remove_duplicate=False))
    for path, module in modules.items():
        for attribute, parameter in module._parameters.items():
            if parameter is not None and (nn.parameter.is_lazy(parameter) or _is_matrix(parameter)):
                found.setdefault(id(parameter), []).append((f"{path}.{attribute}".removeprefix("."), module))
                parameters[id(parameter)] = cast("nn.Parameter", parameter)
    return [
        Place(
            names=tuple(name for name, _ in homes),
            parameter=parameters[key],
            owners=tuple(owner for _, owner in homes),
            around=tuple(module for name, _ in homes for module in _around(modules, name)),
        )
        for key, homes in found.items()
    ]


def select(model: nn.Module, where: Selector | None) -> list[Place]:
    """Choose the places that a question says yes to.

    Raises:
        PruneError: if there is nothing to choose from, a name pattern matches nothing, or nothing is chosen.
    """
    everything = places(model)
    if not everything:
        raise PruneError(
            f"{type(model).__name__} holds no floating-point parameter of two axes or more: nothing to prune"
        )
    question = _question(where) if where is not None else Where("everything", lambda _: True)
    known = _listing(everything)
    for group in question.patterns:
        if not any(_matches(place, group) for place in everything):
            raise PruneError(f"{named(*group)} {_matched_instead(model, group)}; there is {known}")
    chosen = [place for place in everything if question(place)]
    if not chosen:
        raise PruneError(f"where={question} selects nothing; there is {known}")
    return chosen


def _is_matrix(parameter: nn.Parameter) -> bool:
    return parameter.is_floating_point() and parameter.ndim >= 2


def _around(modules: Mapping[str, nn.Module], name: str) -> list[nn.Module]:
    parts = name.split(".")
    return [modules[".".join(parts[:depth])] for depth in range(len(parts))]


def _matched_instead(model: nn.Module, patterns: tuple[str, ...]) -> str:
    """Say what else of a model has such a name: an integer table, a bias, a buffer."""
    tensors = [*model.named_parameters(remove_duplicate=False), *model.named_buffers(remove_duplicate=False)]
    found = [
        f"{name} ({str(tensor.dtype).removeprefix('torch.')}, {_shape_of(tensor)})"
        for name, tensor in tensors
        if _fits((name,), patterns)
    ]
    if not found:
        return "matches nothing"
    return f"matches {_shortened(found)}; only floating-point parameters of two axes or more can be pruned"


def _shape_of(tensor: Tensor) -> str:
    if nn.parameter.is_lazy(tensor):
        return "no shape yet"
    return " x ".join(map(str, tensor.shape)) or "a single number"


def _matches(place: Place, patterns: tuple[str, ...]) -> bool:
    return _fits(place.names, patterns)


def _fits(names: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    paths = [name.split(".") for name in names]
    prefixes = {".".join(parts[:depth]) for parts in paths for depth in range(1, len(parts) + 1)}
    return any(fnmatchcase(prefix, pattern) for prefix in prefixes for pattern in patterns)


def _joined(left: Where, sign: str, right: Where, decide: Callable[[tuple[bool, bool]], bool]) -> Where:
    text = f"({left} {sign} {right})"
    return Where(text, lambda place: decide((left(place), right(place))), (*left.patterns, *right.patterns))


def _question(given: Selector) -> Where:
    if isinstance(given, Where):
        return given
    if isinstance(given, str):
        return named(given)
    if isinstance(given, type):
        return layers(given)
    if isinstance(given, tuple):
        return layers(*given)
    if not callable(given):
        raise PruneError(f"where takes a pattern, layer types or a function of a Place; {given!r} was given")
    return Where(getattr(given, "__name__", type(given).__name__), given)


def _listing(everything: list[Place]) -> str:
    return _shortened([str(place) for place in everything])


def _shortened(words: list[str]) -> str:
    return ", ".join(words[:_SHOWN]) + (f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else "")
