"""The lines that do what a panel was asked for: values spelled as code, with the imports that it takes."""

import builtins
import dis
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from typing import Any, final

from torch import nn

import leyden.prune
from leyden.prune import Where, prune
from leyden.widget.prune.choice import Choice
from leyden.widget.prune.making import Workshop

__all__ = ["Phrase", "Recipe", "script", "spell"]

_WIDE = 110  # signs a line


@final
@dataclass(frozen=True)
class Phrase:
    """An expression, and the objects behind the names in it.

    Attributes:
        text: Python.
        objects: by name; names that are not in it are those of whoever runs it.
    """

    text: str
    objects: Mapping[str, Any] = field(default_factory=dict)


@final
@dataclass(frozen=True, eq=False)
class Recipe:
    """Writes down what a panel was asked for.

    Attributes:
        shop: where its models come from.
        tune: what it tunes with.
        known: objects that go by the name under which the panel was given them.
    """

    shop: Workshop
    tune: Any
    known: Mapping[str, Any]

    def code(self, choice: Choice) -> str:
        """The lines that give the model of a choice, its imports above them.

        Args:
            choice: one that the workshop can make.

        Examples:
            >>> from leyden.prune import Magnitude
            >>> shop = Workshop(nn.Linear(4, 2), {"every weight": None}, {"smallest": Magnitude})
            >>> print(Recipe(shop, None, {}).code(Choice(0.5, "smallest")))
            from leyden.prune import Magnitude, prune
            <BLANKLINE>
            # model: as given to the panel
            sparse = prune(model, Magnitude(0.5))
        """
        lines: list[str] = []
        objects: dict[str, Any] = {"prune": prune}
        for step, tuned in self._chain(choice):
            if not self.shop.stands(step):
                method, where = self._method(step), self._where(step)
                objects |= {**method.objects, **where.objects}
                lines.append(_line("sparse" if lines else "model", method.text, where.text))
            if tuned is not None:
                trainer = spell(self.tune, {}) or Phrase("tune")
                objects |= trainer.objects
                lines.append(f"{'sparse = ' if tuned else ''}{trainer.text}(sparse)")
        return script(lines, objects)

    def _chain(self, choice: Choice) -> list[tuple[Choice, bool | None]]:
        """The choices on the way, each with how it was tuned: None where it was not, whether a network was returned."""
        steps: list[tuple[Choice, bool | None]] = [(choice, None)]
        while steps[0][0].tuned:
            tuned = self.shop.tuned[steps[0][0].tuned - 1]
            steps.insert(0, (tuned.choice, tuned.returned))
        return steps

    def _method(self, choice: Choice) -> Phrase:
        maker = self.shop.makers[choice.method]
        try:
            found = spell(maker(choice.sparsity), self.known)
        except Exception:  # a function of the user's refuses this share: the lines say how to see that
            found = None
        if found is not None and "(" in found.text:
            return found
        named = spell(maker, {}) or Phrase(f"methods[{choice.method!r}]")
        return Phrase(f"{named.text}({choice.sparsity!r})", named.objects)

    def _where(self, choice: Choice) -> Phrase:
        where = self.shop.sites[choice.where]
        if where is None:
            return Phrase("")
        found = spell(where, {}) or Phrase("where")
        return Phrase(f"where={found.text}", found.objects)


def spell(value: Any, known: Mapping[str, Any]) -> Phrase | None:
    """Write a value as code: a literal, a name, a question about places, or a call that makes it anew.

    Args:
        value: a method, a `where=`, a function, a type, or plain data.
        known: objects that whoever runs the code has, by name.

    Returns:
        The expression; None where there is none that gives the value back.

    Examples:
        >>> from leyden.prune import Magnitude, depthwise, named
        >>> spell(Magnitude(0.8), {}).text, spell(~depthwise & ~named("head"), {}).text, spell(nn.Linear, {}).text
        ('Magnitude(0.8)', "~depthwise & ~named('head')", 'Linear')
    """
    name = next((name for name, thing in known.items() if thing is value), None)
    if name is not None:
        return Phrase(name)
    if isinstance(value, Where):
        return _question(value)
    if isinstance(value, tuple) and value and all(isinstance(part, type) for part in value):
        return Phrase(f"({', '.join(kind.__name__ for kind in value)},)", {kind.__name__: kind for kind in value})
    if not isinstance(value, type) and is_dataclass(value):
        return _call(value, known)
    written = getattr(value, "__qualname__", "")
    if written.isidentifier():
        return Phrase(written, {written: value})
    return _literal(value)


def script(lines: Sequence[str], objects: Mapping[str, Any]) -> str:
    """Put the imports that some lines take above them, and say which names are left to whoever runs them.

    Args:
        lines: Python, a statement each.
        objects: what stands behind names in them.

    Examples:
        >>> from leyden.prune import Magnitude, prune
        >>> print(script(["sparse = prune(model, Magnitude(0.8))"], {"Magnitude": Magnitude, "prune": prune}))
        from leyden.prune import Magnitude, prune
        <BLANKLINE>
        # model: as given to the panel
        sparse = prune(model, Magnitude(0.8))
    """
    homes = {name: home for name, thing in objects.items() if (home := _home(name, thing))}
    rooms: dict[str, list[str]] = {}
    for name, home in sorted(homes.items(), key=lambda pair: (pair[1], not pair[0][0].isupper(), pair[0])):
        rooms.setdefault(home, []).append(name)
    top = [f"from {home} import {', '.join(names)}" for home, names in sorted(rooms.items())]
    used, made = _names("\n".join(lines))
    left = [name for name in used if name not in homes and name not in made and not hasattr(builtins, name)]
    note = [f"# {', '.join(left)}: as given to the panel"] if left else []
    return "\n".join([*top, *([""] if top else []), *note, *lines])


def _question(where: Where) -> Phrase | None:
    """A question spells itself, if all its names are known."""
    text = where.text[1:-1] if where.text.startswith("(") and where.text.endswith(")") else where.text
    try:
        used, _ = _names(text)
    except SyntaxError:
        return None
    objects = {name: getattr(leyden.prune, name, getattr(nn, name, None)) for name in used}
    return None if None in objects.values() else Phrase(text, objects)


def _call(value: Any, known: Mapping[str, Any]) -> Phrase | None:
    """A dataclass as the call that makes it: the share by place, what differs from its default by name."""
    kind = type(value)
    if _home(kind.__name__, kind) is None and kind.__module__ != "__main__":
        return None
    objects: dict[str, Any] = {kind.__name__: kind}
    written = []
    for part in fields(value):
        told = getattr(value, part.name)
        if not part.init or (part.default is not MISSING and told is part.default):
            continue
        phrase = spell(told, known)
        if phrase is None:
            return None
        if part.default is MISSING or phrase.text != repr(part.default):
            objects |= phrase.objects
            plain = not written or phrase.text in known
            written.append(phrase.text if plain and part.default is MISSING else f"{part.name}={phrase.text}")
    return Phrase(f"{kind.__name__}({', '.join(written)})", objects)


def _literal(value: Any) -> Phrase | None:
    if isinstance(value, tuple):
        parts = [_literal(part) for part in value]
        texts = [part.text for part in parts if part is not None]
        return Phrase(f"({', '.join(texts)}{',' if len(texts) == 1 else ''})") if len(texts) == len(parts) else None
    if isinstance(value, float) and not math.isfinite(value):
        return Phrase(f"float({str(value)!r})")
    return Phrase(repr(value)) if value is None or type(value) in (bool, int, float, str) else None


def _home(name: str, thing: Any) -> str | None:
    """The outermost package that publishes a thing; None where none does, as for what a notebook defines."""
    parts = getattr(thing, "__module__", "").split(".")
    if name in leyden.prune.__all__ and getattr(leyden.prune, name) is thing:
        return "leyden.prune"
    for depth in range(1, len(parts) + 1):
        module = sys.modules.get(".".join(parts[:depth]))
        if module is not None and parts[0] != "__main__" and getattr(module, name, None) is thing:
            return ".".join(parts[:depth])
    return None


def _names(text: str) -> tuple[list[str], set[str]]:
    """The names that code reads, in their order, and those that it binds.

    Read from the compiled code: making a syntax tree is not safe beside another thread that makes one (in Python 3.11
    either fails with "AST constructor recursion depth mismatch"), and a notebook makes one of every cell.
    """
    found = list(dis.get_instructions(compile(text, "<panel>", "exec")))
    used = dict.fromkeys(str(one.argval) for one in found if one.opname == "LOAD_NAME")
    return list(used), {str(one.argval) for one in found if one.opname == "STORE_NAME"}


def _line(*arguments: str) -> str:
    """The call that prunes, in several lines where it is long, an argument each."""
    given = [argument for argument in arguments if argument]
    line = f"sparse = prune({', '.join(given)})"
    return line if len(line) <= _WIDE else "".join(["sparse = prune(\n", *(f"    {one},\n" for one in given), ")"])
