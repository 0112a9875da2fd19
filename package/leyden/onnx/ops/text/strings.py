"""Operators on texts: joined, split, cleaned, and matched with patterns."""

from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator
from leyden.onnx.ops.text.regex import Pattern

__all__ = ["regex_full_match", "string_concat", "string_normalizer", "string_split"]

_Texts = np.ndarray[Any, np.dtype[np.object_]]


@operator("StringConcat", since=20)
def string_concat(x: _Texts, y: _Texts) -> _Texts:
    """Join texts one by one; shapes broadcast.

    Examples:
        >>> string_concat(np.array(["a", "b"], dtype=object), np.array(".", dtype=object)).tolist()
        ['a.', 'b.']
    """
    return np.asarray(np.add(x, y), dtype=object)


@operator("StringSplit", since=20)
def string_split(x: _Texts, *, delimiter: str | None = None, maxsplit: int | None = None) -> tuple[_Texts, Tensor]:
    """Split texts into parts along a new last axis, shorter ones filled with empty texts; and count their parts.

    Args:
        x: The texts.
        delimiter: What stands between parts; None or an empty text for any white space.
        maxsplit: How often a text is split at most; None for as often as it can be.
    """
    parts = [text.split(delimiter or None, -1 if maxsplit is None else maxsplit) for text in x.ravel()]
    counts = [len(part) for part in parts]
    wide = max(counts, default=0)
    filled = np.full((len(parts), wide), "", dtype=object)
    for row, part in zip(filled, parts, strict=True):
        row[: len(part)] = part
    return filled.reshape((*x.shape, wide)), torch.tensor(counts, dtype=torch.int64).reshape(x.shape)


@operator("StringNormalizer", since=10)
def string_normalizer(
    x: _Texts, *, case_change_action: Literal["LOWER", "UPPER", "NONE"] = "NONE", is_case_sensitive: int = 0,
    stopwords: tuple[str, ...] = (), locale: str = "",
) -> _Texts:  # fmt: skip
    """Leave out stop words, and change the case of the others.

    Args:
        x: _Texts on one axis, or on two of which the first has size one.
        case_change_action: What is done to the case of what is kept.
        is_case_sensitive: Whether a stop word has to be written in the same case.
        stopwords: What is left out.
        locale: Not looked at: case is changed as Unicode says, the same everywhere.

    Returns:
        What is kept; one empty text if nothing is.

    Raises:
        ValueError: The shape is another one.
    """
    if x.ndim not in (1, 2) or (x.ndim == 2 and x.shape[0] != 1):
        raise ValueError(f"StringNormalizer takes texts of shape [C] or [1, C], not {list(x.shape)}")
    stops = set(stopwords) if is_case_sensitive else {word.casefold() for word in stopwords}
    kept = [text for text in x.ravel() if (text if is_case_sensitive else text.casefold()) not in stops]
    changed = [_changed(text, case_change_action) for text in kept] or [""]
    found = np.array(changed, dtype=object)
    return found if x.ndim == 1 else found[None]


@operator("RegexFullMatch", since=20)
def regex_full_match(x: _Texts, *, pattern: str = "") -> Tensor:
    r"""Say of each text whether the whole of it matches a pattern, in RE2's language.

    Examples:
        >>> regex_full_match(np.array(["a@x.org", "a@x"], dtype=object), pattern=r"\w+@\w+\.org").tolist()
        [True, False]
    """
    compiled = Pattern(pattern)
    found = [compiled.matches(text) for text in x.ravel()]
    return torch.tensor(found, dtype=torch.bool).reshape(x.shape)


def _changed(text: str, action: str) -> str:
    if action == "LOWER":
        return text.lower()
    return text.upper() if action == "UPPER" else text
