"""Strings and the keys of dictionaries, read off source code as far as it shows them."""

import ast
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["Scope", "keys", "names"]

_PERCENT = re.compile(r"%(?:\(\w+\))?[-+ #0-9.]*[a-zA-Z]")
_BRACES = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class Scope:
    """What the names in a function can stand for.

    Attributes:
        given: the expressions that a name is given in the function; None among them where it is given something else.
        lent: names of what the function hands to others, which may change it.
        around: the globals around it.
    """

    given: Mapping[str, list[ast.expr | None]]
    lent: frozenset[str]
    around: Mapping[str, Any]

    @classmethod
    def of(cls, function: ast.AST, around: Mapping[str, Any]) -> "Scope":
        """Looks over a whole function, whatever the order in which its lines run."""
        given: dict[str, list[ast.expr | None]] = defaultdict(list)
        understood: set[int] = set()
        for node in ast.walk(function):
            for target, value in _assigned(node):
                given[target.id].append(value)
                understood.add(id(target))
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del) and id(node) not in understood:
                given[node.id].append(None)
            elif isinstance(node, ast.arg):
                given[node.arg].append(None)
        calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
        return cls(dict(given), frozenset(name for call in calls for name in _lent(call)), around)


def names(node: ast.expr, scope: Scope) -> tuple[str, ...]:
    """What a string expression can be, with `*` for what its source does not show.

    Examples:
        >>> def read(source): return names(ast.parse(source, mode="eval").body, Scope({}, frozenset(), {}))
        >>> read("'val_loss'"), read("f'{stage}_loss'"), read("'a' if x else 'b'"), read("'%s_loss' % stage")
        (('val_loss',), ('*_loss',), ('a', 'b'), ('*_loss',))
        >>> read("prefix + 'loss'"), read("name")
        (('*loss',), ('*',))
    """
    return tuple(dict.fromkeys(re.sub(r"\*+", "*", name) for name in _names(node, scope)))


def _names(node: ast.expr, scope: Scope) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            choices = [[*_names(part, scope)] for part in parts]
            yield from ("".join(chosen) for chosen in itertools.product(*choices))
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            yield from _names(value, scope)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from (one + other for one in _names(left, scope) for other in _names(right, scope))
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
            yield _PERCENT.sub("*", text)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            yield _BRACES.sub("*", text)
        case ast.IfExp(body=body, orelse=other):
            yield from (*_names(body, scope), *_names(other, scope))
        case ast.Name(id=name):
            yield from _names_of(name, scope)
        case _:
            yield "*"


def _names_of(name: str, scope: Scope) -> Iterator[str]:
    """What a variable can be: what its function gives it, or else the global of that name."""
    if name not in scope.given:
        found = scope.around.get(name)
        yield found if isinstance(found, str) else "*"
    inner = replace(scope, given={**scope.given, name: [None]})  # what is made of itself is not followed round
    for value in scope.given.get(name, ()):
        yield from ("*",) if value is None else _names(value, inner)


def keys(node: ast.expr, scope: Scope) -> tuple[str, ...]:
    """What the keys of a dictionary can be, as for `names`; `*` among them where there may be any others.

    Examples:
        >>> def read(source): return keys(ast.parse(source, mode="eval").body, Scope({}, frozenset(), {}))
        >>> read("{'loss': 1, f'val_{x}': 2}"), read("dict(a=1, **{'b': 2})"), read("{**more, 'c': 3}")
        (('loss', 'val_*'), ('a', 'b'), ('*', 'c'))
    """
    return tuple(dict.fromkeys(_keys(node, scope)))


def _keys(node: ast.expr, scope: Scope) -> Iterator[str]:
    match node:
        case ast.Dict(keys=written, values=values):
            for key, value in zip(written, values, strict=True):
                yield from _keys(value, scope) if key is None else names(key, scope)
        case ast.DictComp(key=key):
            yield from names(key, scope)
        case ast.Call(func=ast.Name(id="dict"), args=args, keywords=pairs):
            yield from itertools.chain.from_iterable(_keys(part, scope) for part in args)
            for pair in pairs:
                yield from [pair.arg] if pair.arg else _keys(pair.value, scope)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from (*_keys(left, scope), *_keys(right, scope))
        case ast.IfExp(body=body, orelse=other):
            yield from (*_keys(body, scope), *_keys(other, scope))
        case ast.Name(id=name) if name in scope.given and name not in scope.lent:
            yield from _keys_of(name, scope)
        case _:
            yield "*"


def _keys_of(name: str, scope: Scope) -> Iterator[str]:
    inner = replace(scope, given={**scope.given, name: []})  # its own keys are counted already
    for value in scope.given[name]:
        yield from ("*",) if value is None else _keys(value, inner)


def _assigned(node: ast.AST) -> Iterator[tuple[ast.Name, ast.expr]]:
    """Names that a piece of source gives a value, or a further key: `a = {}`, `a["x"] = 1`, `a.update(x=1)`."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                match target:
                    case ast.Name():
                        yield target, value
                    case ast.Subscript(value=ast.Name() as name, slice=key):
                        yield name, ast.Dict(keys=[key], values=[value])
        case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value):
            yield target, value
        case ast.AugAssign(target=ast.Name() as target, op=ast.BitOr(), value=value):
            yield target, value
        case ast.Call(func=ast.Attribute(value=ast.Name() as name, attr="update"), args=args, keywords=pairs):
            yield name, ast.Call(func=ast.Name(id="dict", ctx=ast.Load()), args=args, keywords=pairs)
        case ast.Call(func=ast.Attribute(value=ast.Name() as name, attr="setdefault"), args=[key, *_]):
            yield name, ast.Dict(keys=[key], values=[key])


def _lent(call: ast.Call) -> Iterator[str]:
    if not (isinstance(call.func, ast.Attribute) and call.func.attr in ("log", "log_dict")):
        yield from (part.id for part in call.args if isinstance(part, ast.Name))
