from collections.abc import Iterator

import pytest

from leyden.errors import OnnxError
from leyden.onnx.ops.registry import find, find_hosted, hosted, operator, operators, withdraw

DOMAIN = "test.registry"


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    withdraw("Twice", DOMAIN)


def twice(x, factor=None, *, bias=0.0):
    return x * (2 if factor is None else factor) + bias


def thrice(x):
    return x * 3


def test_a_function_is_found_in_the_versions_that_it_was_entered_for():
    operator("Twice", domain=DOMAIN, since=3, until=5)(twice)
    assert [find("Twice", opset=version, domain=DOMAIN) is not None for version in (2, 3, 5, 6)] == [0, 1, 1, 0]


def test_functions_of_other_versions_stand_side_by_side():
    operator("Twice", domain=DOMAIN, since=1, until=2)(twice)
    operator("Twice", domain=DOMAIN, since=3)(thrice)
    assert find("Twice", opset=2, domain=DOMAIN).function is twice
    assert find("Twice", opset=99, domain=DOMAIN).function is thrice


@pytest.mark.parametrize(("since", "until"), [(1, None), (1, 3), (5, 9), (7, None), (4, 4)])
def test_versions_that_overlap_are_refused(since: int, until: int | None):
    operator("Twice", domain=DOMAIN, since=3, until=7)(twice)
    with pytest.raises(OnnxError, match=r"test\.registry::Twice has a function from version 3 to 7 already"):
        operator("Twice", domain=DOMAIN, since=since, until=until)(twice)


def test_inputs_and_attributes_are_read_from_the_signature():
    operator("Twice", domain=DOMAIN, numbers=("factor",), literals=("x",))(twice)
    entry = find("Twice", opset=1, domain=DOMAIN)
    assert entry.inputs == ("x", "factor")
    assert "bias" in entry.keywords
    assert [entry.takes_number(position) for position in range(3)] == [False, True, False]
    assert [entry.takes_literal(position) for position in range(3)] == [True, False, False]


def test_an_operator_has_one_function_of_numbers():
    hosted("Twice", way="each", domain=DOMAIN)(twice)
    assert find_hosted("Twice", DOMAIN).way == "each"
    with pytest.raises(OnnxError, match="has a function of numbers already"):
        hosted("Twice", way="each", domain=DOMAIN)(twice)


def test_what_is_withdrawn_is_gone():
    operator("Twice", domain=DOMAIN)(twice)
    hosted("Twice", way="each", domain=DOMAIN)(twice)
    withdraw("Twice", DOMAIN)
    assert find("Twice", opset=1, domain=DOMAIN) is None
    assert find_hosted("Twice", DOMAIN) is None


def test_the_table_is_listed_in_order():
    keys = [(entry.domain, entry.name, entry.since) for entry in operators()]
    assert keys == sorted(keys)
    assert ("", "Conv", 1) in keys
