"""Names of files: which are wanted, and in what order."""

import re
from collections.abc import Callable

__all__ = ["hidden", "matcher", "natural"]

_MAC = "__MACOSX"  # the folder of attributes that the Mac's archiver adds to every zip
_WINDOWS = ("thumbs.db", "ehthumbs.db", "desktop.ini")  # what its Explorer leaves in folders of pictures
_WORDS = re.compile(r"\*\*/|\*\*|\*|\?|\[!?[^\]]+\]|.", re.DOTALL)
_MEANING = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
_NUMBERS = re.compile(r"(\d+)")


def matcher(pattern: str) -> Callable[[str], bool]:
    """A test for names relative to a folder, with "/" between their parts; upper and lower case are one.

    Args:
        pattern: `*` is anything within one part, `**/` any number of folders, `?` one letter, `[ab]` one of these.

    Examples:
        >>> wanted = matcher("**/*_t[12].nii*")
        >>> wanted("a_t1.nii"), wanted("one/deep/A_T2.nii.gz"), wanted("a_t3.nii")
        (True, True, False)
    """
    words = [_MEANING.get(word) or _letters(word) for word in _WORDS.findall(pattern)]
    test = re.compile("".join(words), re.IGNORECASE | re.DOTALL)
    return lambda name: test.fullmatch(name) is not None


def hidden(name: str) -> bool:
    """Whether a file or any folder above it is hidden, or is what a Mac or Windows adds of its own."""
    parts = name.split("/")
    return parts[-1].lower() in _WINDOWS or any(part.startswith(".") or part == _MAC for part in parts)


def _letters(word: str) -> str:
    if len(word) == 1:
        return re.escape(word)
    inside = re.escape(word[1:-1].removeprefix("!")).replace(r"\-", "-")
    return f"[{'^' if word[1] == '!' else ''}{inside}]"


def natural(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """A key that sorts names as people count: "2.png" before "10.png".

    Examples:
        >>> sorted(["b/10.png", "b/2.png", "b/02.png", "a/3.png"], key=natural)
        ['a/3.png', 'b/02.png', 'b/2.png', 'b/10.png']
    """
    parts = _NUMBERS.split(name)
    key = [(0, int(part), "") if place % 2 else (1, 0, part) for place, part in enumerate(parts) if part]
    return key, name
