r"""The language of RE2's regular expressions, read into a tree: Perl's without references back and looks around."""

import re
import unicodedata
from dataclasses import dataclass
from typing import final

__all__ = ["Anchor", "Chain", "Choice", "Letter", "Piece", "Repeat", "parse"]

_DEEP = 100  # groups inside groups
_MANY = 1000  # repetitions, as in RE2
_DIGIT, _SPACE, _WORD = ((48, 57),), ((9, 10), (12, 13), (32, 32)), ((48, 57), (65, 90), (95, 95), (97, 122))
_PERL = {"d": _DIGIT, "s": _SPACE, "w": _WORD}
_POSIX = {
    "alnum": ((48, 57), (65, 90), (97, 122)), "alpha": ((65, 90), (97, 122)), "ascii": ((0, 127),),
    "blank": ((9, 9), (32, 32)), "cntrl": ((0, 31), (127, 127)), "digit": _DIGIT, "graph": ((33, 126),),
    "lower": ((97, 122),), "print": ((32, 126),), "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)), "upper": ((65, 90),), "word": _WORD, "xdigit": ((48, 57), (65, 70), (97, 102)),
}  # fmt: skip
_CONTROL = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_KINDS = {"C": "cfos", "L": "lmotu", "M": "cen", "N": "dlo", "P": "cdefios", "S": "ckmo", "Z": "lps"}
_CATEGORIES = frozenset((*_KINDS, *(group + kind for group, kinds in _KINDS.items() for kind in kinds)))
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_QUOTED = re.compile(r"\\Q(?P<quoted>.*?)(?:\\E|\Z)|\\.", re.DOTALL)
_SIGNS = frozenset(r"\.+*?()|[]{}^$")
_NAME = re.compile(r"\?P?<([A-Za-z_]\w*)>")
_FLAGS = re.compile(r"\?([imsU]*)(?:-([imsU]+))?([:)])")


@final
@dataclass(frozen=True)
class Letter:
    """One letter of a set.

    Args:
        ranges: First and last code points.
        categories: Categories of Unicode, as in `Lu` or `L`; those that begin with `^` are what is not in them.
        negated: Whether it is any other letter.
        folded: Whether upper and lower case are the same.
    """

    ranges: tuple[tuple[int, int], ...]
    categories: tuple[str, ...] = ()
    negated: bool = False
    folded: bool = False

    def takes(self, letter: str) -> bool:
        """Say whether a letter is of the set."""
        forms = {letter, letter.lower(), letter.upper()} if self.folded else {letter}
        return any(self._has(form) for form in forms if len(form) == 1) != self.negated

    def _has(self, letter: str) -> bool:
        code = ord(letter)
        if any(low <= code <= high for low, high in self.ranges):
            return True
        category = unicodedata.category(letter)
        return any(category.startswith(name.lstrip("^")) != name.startswith("^") for name in self.categories)


@final
@dataclass(frozen=True)
class Anchor:
    """A place between letters: `^` and `$` of a text, `(` and `)` of a line, `b` a border of a word, `B` none."""

    kind: str

    def holds(self, text: str, at: int) -> bool:
        """Say whether a position in a text is such a place."""
        if self.kind in "^(":
            return at == 0 or (self.kind == "(" and text[at - 1] == "\n")
        if self.kind in "$)":
            return at == len(text) or (self.kind == ")" and text[at] == "\n")
        word = Letter(_WORD)
        before, after = at > 0 and word.takes(text[at - 1]), at < len(text) and word.takes(text[at])
        return (before != after) == (self.kind == "b")


@final
@dataclass(frozen=True)
class Chain:
    """Pieces one after the other."""

    parts: tuple["Piece", ...]


@final
@dataclass(frozen=True)
class Choice:
    """One of some pieces."""

    parts: tuple["Piece", ...]


@final
@dataclass(frozen=True)
class Repeat:
    """A piece again and again: at least and at most so often, None for any number."""

    part: "Piece"
    least: int
    most: int | None


Piece = Letter | Anchor | Chain | Choice | Repeat


def parse(text: str) -> Piece:
    """Read an expression.

    Raises:
        ValueError: It is not in the language of RE2.
    """
    reader = _Reader(_QUOTED.sub(_unquoted, text))
    piece = reader.choice(frozenset(), 0)
    if reader.at < len(reader.text):
        raise reader.error("a parenthesis closes that none opened")
    return piece


@final
class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def error(self, what: str) -> ValueError:
        return ValueError(f"pattern {self.text!r} is no regular expression of RE2: {what}, at position {self.at}")

    def take(self, start: str) -> bool:
        found = self.text.startswith(start, self.at)
        self.at += len(start) if found else 0
        return found

    def next(self) -> str:
        if self.at >= len(self.text):
            raise self.error("it ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def choice(self, flags: frozenset[str], depth: int) -> Piece:
        """Read up to the end of a group; flags inside hold to its end."""
        if depth > _DEEP:
            raise self.error(f"more than {_DEEP} groups are inside each other")
        chains: list[Piece] = []
        parts: list[Piece] = []
        while self.at < len(self.text) and self.text[self.at] != ")":
            if self.take("|"):
                chains.append(Chain(tuple(parts)))
                parts = []
                continue
            setting = _FLAGS.match(self.text, self.at + 1) if self.text[self.at] == "(" else None
            if setting is not None and setting[3] == ")":
                self.at = setting.end()
                flags = (flags | set(setting[1])) - set(setting[2] or "")
                continue
            parts.append(self.repeated(self.atom(flags, depth)))
        chains.append(Chain(tuple(parts)))
        return chains[0] if len(chains) == 1 else Choice(tuple(chains))

    def repeated(self, part: Piece) -> Piece:
        count = self.count()
        if count is None:
            return part
        self.take("?")  # lazy or greedy: the whole of the text is the whole of it
        if self.count() is not None:
            raise self.error("a repetition is repeated")
        return Repeat(part, *count)

    def count(self) -> tuple[int, int | None] | None:
        for sign, count in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.take(sign):
                return count
        found = _COUNT.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        least = int(found[1])
        most = least if found[2] is None else (int(found[3]) if found[3] else None)
        if least > _MANY or (most is not None and not least <= most <= _MANY):
            raise self.error(f"{found[0]} is no repetition of 0 to {_MANY} times")
        return least, most

    def atom(self, flags: frozenset[str], depth: int) -> Piece:
        letter = self.next()
        folded = "i" in flags
        if letter == "(":
            return self.group(flags, depth)
        if letter == "[":
            return self.letters(folded)
        if letter == ".":
            return Letter((), negated=True) if "s" in flags else Letter(((10, 10),), negated=True)
        if letter == "^":
            return Anchor("(" if "m" in flags else "^")
        if letter == "$":
            return Anchor(")" if "m" in flags else "$")
        if letter in "*+?":
            raise self.error("nothing stands before a repetition")
        return self.escape(folded) if letter == "\\" else Letter(_one(ord(letter)), folded=folded)

    def group(self, flags: frozenset[str], depth: int) -> Piece:
        setting, name = _FLAGS.match(self.text, self.at), _NAME.match(self.text, self.at)
        if setting is not None:
            self.at = setting.end()
            flags = (flags | set(setting[1])) - set(setting[2] or "")
        elif name is not None:
            self.at = name.end()
        elif self.text.startswith("?", self.at):
            raise self.error("looks around and other extensions of groups are not in the language")
        piece = self.choice(flags, depth + 1)
        if not self.take(")"):
            raise self.error("a parenthesis is not closed")
        return piece

    def escape(self, folded: bool) -> Piece:
        for sign, kind in (("A", "^"), ("z", "$"), ("b", "b"), ("B", "B")):
            if self.take(sign):
                return Anchor(kind)
        ranges, categories = self.escaped()
        return Letter(ranges, categories, folded=folded)

    def escaped(self) -> tuple[tuple[tuple[int, int], ...], tuple[str, ...]]:
        """Read what follows a backslash, outside or inside of brackets."""
        letter = self.next()
        if letter.lower() in _PERL:
            ranges = _PERL[letter.lower()]
            return (ranges if letter.islower() else _rest(ranges)), ()
        if letter in "pP":
            return (), (self.category(letter == "P"),)
        if letter in _CONTROL:
            return _one(_CONTROL[letter]), ()
        if letter == "x":
            digits = re.compile(r"\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2})").match(self.text, self.at)
            if digits is None or int(digits[1] or digits[2], 16) > 0x10FFFF:
                raise self.error("\\x is followed by no number of a letter")
            self.at = digits.end()
            return _one(int(digits[1] or digits[2], 16)), ()
        octal = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{2}").match(self.text, self.at - 1)
        if octal is not None:
            self.at = octal.end()
            return _one(int(octal[0], 8)), ()
        if letter.isalnum() and letter.isascii():
            raise self.error(f"\\{letter} is not in the language")
        return _one(ord(letter)), ()

    def category(self, negated: bool) -> str:
        name = self.next()
        if name == "{":
            end = self.text.find("}", self.at)
            name, self.at = self.text[self.at : end], end + 1
        if name.startswith("^"):
            name, negated = name[1:], not negated
        if name not in _CATEGORIES:
            raise self.error(f"{name!r} is no category of Unicode; scripts are not known here")
        return f"^{name}" if negated else name

    def letters(self, folded: bool) -> Letter:
        """Read what stands in brackets."""
        negated, ranges, categories = self.take("^"), [], []
        first = True
        while first or not self.take("]"):
            first = False
            posix = re.compile(r"\[:(\^?)(\w+):\]").match(self.text, self.at)
            if posix is not None:
                self.at = posix.end()
                if posix[2] not in _POSIX:
                    raise self.error(f"{posix[0]} is no class of letters")
                ranges.extend(_rest(_POSIX[posix[2]]) if posix[1] else _POSIX[posix[2]])
                continue
            found, names = self.escaped() if self.take("\\") else (_one(ord(self.next())), ())
            categories.extend(names)
            if len(found) == 1 and found[0][0] == found[0][1] and self.ranges_on():
                last, _ = self.escaped() if self.take("\\") else (_one(ord(self.next())), ())
                found = ((found[0][0], last[0][0]),) if last else ()
                if not found or found[0][0] > found[0][1]:
                    raise self.error("a range of letters ends before it begins")
            ranges.extend(found)
        return Letter(tuple(ranges), tuple(categories), negated, folded)

    def ranges_on(self) -> bool:
        """Say whether a dash makes a range here, and go behind it; before the bracket it is a letter."""
        if self.text.startswith("-", self.at) and not self.text.startswith("-]", self.at):
            self.at += 1
            return True
        return False


def _unquoted(found: re.Match[str]) -> str:
    r"""Write what stands between \Q and \E letter by letter: what follows repeats the last of them only."""
    quoted = found["quoted"]
    return found[0] if quoted is None else "".join(f"\\{letter}" if letter in _SIGNS else letter for letter in quoted)


def _one(code: int) -> tuple[tuple[int, int], ...]:
    return ((code, code),)


def _rest(ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Give all other code points."""
    starts = [0, *(high + 1 for _, high in ranges)]
    ends = [*(low - 1 for low, _ in ranges), 0x10FFFF]
    return tuple((low, high) for low, high in zip(starts, ends, strict=True) if low <= high)
