"""Regular expressions in RE2's language, in time that grows with the text and never explodes.

A pattern of a stranger's file must not be given to Python's `re`, which tries all ways to match: `(a+)+b` takes years.
Whether the whole of a text matches needs no groups and no greediness, so that sets of states are enough.
"""

from collections.abc import Iterable
from typing import final

from leyden.onnx.ops.text.syntax import Anchor, Chain, Choice, Letter, Piece, Repeat, parse

__all__ = ["Pattern"]

_LIMIT = 20_000  # states

_State = tuple[Letter | Anchor | None, tuple[int, ...]]


@final
class Pattern:
    """A regular expression.

    Args:
        text: The expression, in RE2's language.

    Raises:
        ValueError: It is no such expression, or too large.

    Examples:
        >>> Pattern("(a+)+b").matches("a" * 5000)
        False
        >>> Pattern("(?i)[[:alpha:]]{2,3}").matches("Ab")
        True
    """

    def __init__(self, text: str) -> None:
        self._states: list[_State] = [(None, ())]  # the first is the end
        self._start = self._compile(parse(text), 0)

    def matches(self, text: str) -> bool:
        """Say whether the whole of a text matches."""
        now = self._reach((self._start,), text, 0)
        for at, letter in enumerate(text):
            ahead: list[int] = []
            for number in now:
                test, following = self._states[number]
                if isinstance(test, Letter) and test.takes(letter):
                    ahead.extend(following)
            now = self._reach(ahead, text, at + 1)
            if not now:
                return False
        return 0 in now

    def _reach(self, numbers: Iterable[int], text: str, at: int) -> set[int]:
        """Follow what takes no letter."""
        seen: set[int] = set()
        stack = list(numbers)
        while stack:
            number = stack.pop()
            if number in seen:
                continue
            seen.add(number)
            test, following = self._states[number]
            if not isinstance(test, Letter) and (test is None or test.holds(text, at)):
                stack.extend(following)
        return seen

    def _add(self, test: Letter | Anchor | None, following: Iterable[int]) -> int:
        if len(self._states) >= _LIMIT:
            raise ValueError(f"the pattern needs more than {_LIMIT} states; write fewer or smaller repetitions")
        self._states.append((test, tuple(following)))
        return len(self._states) - 1

    def _compile(self, piece: Piece, following: int) -> int:
        """Add the states of a piece in front of what follows; give the first of them."""
        if isinstance(piece, Letter | Anchor):
            return self._add(piece, (following,))
        if isinstance(piece, Chain):
            for part in reversed(piece.parts):
                following = self._compile(part, following)
            return following
        if isinstance(piece, Choice):
            return self._add(None, [self._compile(part, following) for part in piece.parts])
        return self._repeat(piece, following)

    def _repeat(self, piece: Repeat, following: int) -> int:
        if piece.most is None:
            turn = self._add(None, (following,))
            self._states[turn] = (None, (self._compile(piece.part, turn), following))
            following = turn
        else:
            end = following
            for _ in range(piece.most - piece.least):
                following = self._add(None, (self._compile(piece.part, following), end))
        for _ in range(piece.least):
            following = self._compile(piece.part, following)
        return following
