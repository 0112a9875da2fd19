"""How annotations are checked in tests: by beartype, with whole numbers taken where reals are asked for (PEP 484).

Axes that have names must have one size within a call, which jaxtyping sees to. It does so for every function, whether
any axis is named there or not, and takes a third of the time that all tests need; so where none is, beartype checks on
its own. Forward references stay with jaxtyping, which lets pass what it cannot resolve, and generators, which beartype
would check when they are first asked, not when they are called.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import is_dataclass
from typing import Any, ForwardRef, Literal, get_args, get_origin

import jaxtyping
import torch
from beartype import BeartypeConf, beartype

__all__ = ["check"]

check = beartype(conf=BeartypeConf(is_pep484_tower=True, violation_type=jaxtyping.TypeCheckError))
_by_jaxtyping = jaxtyping.jaxtyped


def _jaxtyped(thing: Any = None, *, typechecker: Any) -> Any:
    """What jaxtyping's import hook applies to each function and class of leyden."""
    if thing is None:
        return functools.partial(_jaxtyped, typechecker=typechecker)
    if not inspect.isclass(thing):
        lazy = inspect.isgeneratorfunction(thing) or inspect.iscoroutinefunction(thing)
        if lazy or any(map(_for_jaxtyping, thing.__annotations__.values())):
            return _by_jaxtyping(thing, typechecker=typechecker)
        return _by_beartype(thing)
    if is_dataclass(thing) and not hasattr(thing.__init__, "__wrapped__"):
        thing.__init__ = _jaxtyped(thing.__init__, typechecker=typechecker)
    return thing


def _for_jaxtyping(hint: Any) -> bool:
    if isinstance(hint, str | ForwardRef) or (inspect.isclass(hint) and issubclass(hint, jaxtyping.AbstractArray)):
        return True
    if get_origin(hint) is Literal:  # of words, which are no references
        return False
    return any(map(_for_jaxtyping, hint if isinstance(hint, list) else get_args(hint)))  # a list: of Callable


def _by_beartype(function: Callable[..., Any]) -> Callable[..., Any]:
    """Check from the first call on, as to prepare it takes a millisecond; not while `unchecked` is in use."""
    if not function.__annotations__:
        return function
    checked = None

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        nonlocal checked
        if jaxtyping.config.jaxtyping_disable:
            return function(*args, **kwargs)
        if checked is None and not torch.compiler.is_compiling():  # no compiler looks through the preparation
            checked = check(function)
        return (checked or function)(*args, **kwargs)

    return wrapped


jaxtyping.jaxtyped = _jaxtyped
