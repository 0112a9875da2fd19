import numpy as np
import pytest

from leyden.onnx.ops.text.strings import regex_full_match, string_concat, string_normalizer, string_split


def texts(*values: object) -> np.ndarray:
    return np.array(values, dtype=object)


def test_joined_texts_broadcast():
    assert string_concat(texts(["a"], ["b"]), texts("x", "y")).tolist() == [["ax", "ay"], ["bx", "by"]]


def test_texts_without_axes_are_joined_to_one():
    joined = string_concat(np.array("a", dtype=object), np.array("b", dtype=object))
    assert (joined.shape, joined.item()) == ((), "ab")


def test_shorter_texts_are_filled_with_empty_ones():
    parts, counts = string_split(texts("a,b,c", "d"), delimiter=",")
    assert parts.tolist() == [["a", "b", "c"], ["d", "", ""]]
    assert counts.tolist() == [3, 1]


@pytest.mark.parametrize("delimiter", [None, ""])
def test_without_a_delimiter_any_white_space_separates(delimiter: str | None):
    assert string_split(texts("  a  b "), delimiter=delimiter)[0].tolist() == [["a", "b"]]


def test_a_text_is_split_so_often_at_most():
    assert string_split(texts("a b c"), maxsplit=1)[0].tolist() == [["a", "b c"]]


def test_no_texts_have_no_parts():
    parts, counts = string_split(np.empty((2, 0), dtype=object))
    assert (parts.shape, tuple(counts.shape)) == ((2, 0, 0), (2, 0))


@pytest.mark.parametrize(("exact", "kept"), [(1, ["MONDAY"]), (0, [""])])
def test_stop_words_are_left_out_with_or_without_their_case(exact: int, kept: list[str]):
    found = string_normalizer(
        texts("Monday", "the"), case_change_action="UPPER", is_case_sensitive=exact, stopwords=("monday", "the")
    )
    assert found.tolist() == kept


def test_a_row_stays_a_row():
    assert string_normalizer(texts(["a", "B"]), case_change_action="LOWER").tolist() == [["a", "b"]]


def test_more_rows_are_an_error():
    with pytest.raises(ValueError, match=r"\[C\] or \[1, C\], not \[2, 1\]"):
        string_normalizer(texts(["a"], ["b"]))


def test_the_whole_text_has_to_match():
    assert regex_full_match(texts(["ab"], ["abc"]), pattern="a.").tolist() == [[True], [False]]
