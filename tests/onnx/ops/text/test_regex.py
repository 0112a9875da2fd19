import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.onnx.ops.text.regex import Pattern

letters = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "(?:ab)", "(c?)"])
pieces = st.tuples(letters, st.sampled_from(["", "*", "+", "?", "{2}", "{1,2}", "{0,1}"])).map("".join)
chains = st.lists(pieces, max_size=3).map("".join)
patterns = st.lists(chains, min_size=1, max_size=3).map("|".join)


@given(patterns, st.text(alphabet="abc", max_size=6))
def test_it_matches_what_python_matches_where_both_say_the_same(pattern: str, text: str):
    assert Pattern(pattern).matches(text) == bool(re.fullmatch(pattern, text))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("", ""), (r"\d{2,4}-[^a-c\]]+", "123-xyz"), (r"[\w.-]+@[\w-]+\.org", "a.b-c@x-y.org"),
        (r"(?i)stra\pLe", "STRAßE"),
        (r"(?i:AB)c", "abc"), (r"\p{Lu}\P{Lu}+", "Éa1"), (r"\Qa.b\E+", "a.bb"), ("[]a]+", "]a"),
        ("[[:alpha:]_]+", "a_B"),
        (r"\x41\x{1F600}\101", "A\U0001f600A"), ("(?s).+", "a\nb"), (r"(?m)^a$\n^b$", "a\nb"), (r"a\b.\Bb?", "a "),
        ("(?P<year>[0-9]+)(?<month>-1)", "20-1"), ("a{,2}", "a{,2}"), ("x*?y+?", "xxy"), (r"[^\S\n]", " "),
        ("[a-]+", "a-"),
    ],
)  # fmt: skip
def test_the_language_is_that_of_re2(pattern: str, text: str):
    assert Pattern(pattern).matches(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a", ""),
        ("a", "aa"),
        (".", "\n"),
        (r"a$\n", "a\n"),
        (r"\w", "é"),
        (r"\d", "\u0664"),
        ("(?i:a)b", "AB"),
        (r"a\bb", "ab"),
    ],
)
def test_what_is_not_in_the_language_of_the_pattern_does_not_match(pattern: str, text: str):
    assert not Pattern(pattern).matches(text)


def test_patterns_that_explode_elsewhere_take_no_time():
    start = time.perf_counter()
    assert not Pattern("(a+)+(a|a?)*b").matches("a" * 2000)
    assert time.perf_counter() - start < 2


def test_a_pattern_of_too_many_states_is_an_error():
    with pytest.raises(ValueError, match="more than 20000 states"):
        Pattern("((a{1000}){1000}){1000}")
