import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.train.graph.promise.literal import Scope, keys, names

STAGE = "train"


def body(source):
    """The scope of a function with these lines in it, and its last expression."""
    lines = "".join(f"    {line}\n" for line in source.splitlines())
    function = ast.parse(f"def hook(self, batch):\n{lines}").body[0]
    assert isinstance(function, ast.FunctionDef)
    last = function.body[-1]
    assert isinstance(last, ast.Expr)
    return last.value, Scope.of(function, globals())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("'loss'", ("loss",)),
        ("f'{STAGE}_loss'", ("train_loss",)),
        ("f'{batch}_loss'", ("*_loss",)),
        ("f'a{batch}{self.x}b'", ("a*b",)),
        ("'a' + ('b' if batch else 'c')", ("ab", "ac")),
        ("'%s_%d' % (batch, 1)", ("*_*",)),
        ("'{}_loss'.format(batch)", ("*_loss",)),
        ("name = 'loss'\nname", ("loss",)),
        ("name = 'a'\nif batch:\n    name = 'b'\nname", ("a", "b")),
        ("name = 'a'\nname += 'b'\nname", ("a", "*")),
        ("name = 'a'\nname = name + 'b'\nname", ("a", "*b")),
        ("for name in batch:\n    pass\nname", ("*",)),
        ("batch", ("*",)),
        ("self.name", ("*",)),
        ("3", ("*",)),
    ],
)
def test_a_string_is_read_as_far_as_its_source_shows_it(source, expected):
    assert names(*body(source)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{'a': 1, 'b': 2}", ("a", "b")),
        ("{**{'a': 1}, 'b': 2}", ("a", "b")),
        ("{'a': 1} | {'b': 2}", ("a", "b")),
        ("{f'val_{k}': v for k, v in batch}", ("val_*",)),
        ("dict(a=1, b=2)", ("a", "b")),
        ("dict({'a': 1}, b=2)", ("a", "b")),
        ("d = {'a': 1}\nd['b'] = 2\nd", ("a", "b")),
        ("d = {}\nd |= {'a': 1}\nd", ("a",)),
        ("d = {'a': 1}\nd.update({'b': 2}, c=3)\nd", ("a", "b", "c")),
        ("d = {'a': 1}\nd.setdefault('b', 2)\nd", ("a", "b")),
        ("d = {'a': 1}\nd = {**d, 'b': 2}\nd", ("a", "b")),
        ("d = {'a': 1}\nprint(d)\nd", ("*",)),
        ("d: dict[str, int] = {'a': 1}\nd", ("a",)),
        ("d = {}\nfor k in batch:\n    d[k] = 1\nd", ("*",)),
        ("d = measure(batch)\nd", ("*",)),
        ("{'a': 1} if batch else {'b': 2}", ("a", "b")),
        ("self.metrics", ("*",)),
    ],
)
def test_keys_of_a_dictionary_are_read_as_far_as_its_source_shows_them(source, expected):
    assert keys(*body(source)) == expected


@given(st.lists(st.text("abc_", min_size=1), max_size=5))
def test_a_written_dictionary_has_its_own_keys(words):
    assert keys(*body(repr(dict.fromkeys(words, 0)))) == tuple(dict.fromkeys(words))


@given(st.lists(st.one_of(st.text("ab_", min_size=1), st.none()), min_size=1, max_size=4))
def test_a_formatted_string_is_matched_by_what_it_is_read_as(parts):
    source = "f'" + "".join("{batch}" if part is None else part for part in parts) + "'"
    (pattern,) = names(*body(source))
    pieces = [part for part in parts if part is not None]
    assert pattern.count("*") <= sum(part is None for part in parts)
    assert pattern.replace("*", "") == "".join(pieces)
