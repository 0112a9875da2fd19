from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import torch

from leyden.data.fitted.fields import changed, checked_fields, field_name, is_missing, kind_of, opened, plain
from leyden.errors import DataError
from leyden.items import Image, Label, Mask, Row

Pair = namedtuple("Pair", "x y")


@dataclass(frozen=True)
class Scan:
    age: float
    name: str


KINDS = [
    (None, "missing"), (float("nan"), "missing"), (np.float32("nan"), "missing"),
    (torch.tensor(float("nan")), "missing"),
    (pd.NA, "missing"), (pd.NaT, "missing"), (np.array(float("nan")), "missing"),
    (1.5, "real"), (np.float16(1), "real"), (torch.tensor(1.0), "real"), (np.array(1.0), "real"),
    (3, "whole"), (np.uint8(3), "whole"), (torch.tensor(3), "whole"),
    (True, "truth"), (np.bool_(False), "truth"), (torch.tensor(True), "truth"),
    ("a", "words"), (np.str_("a"), "words"),
    (torch.zeros(2), "reals"), (np.zeros((2, 3)), "reals"), (Image(torch.zeros(1, 2, 2)), "reals"),
    (torch.zeros(2, dtype=torch.uint8), "wholes"), (np.zeros(2, int), "wholes"),
    ({}, "other"), (b"a", "other"), (torch.zeros(2, dtype=torch.bool), "other"), (1j, "other"),
    (np.array(["a"]), "other"),
    (torch.zeros(2, dtype=torch.complex64), "other"), (Label(1), "other"), (Mask(torch.zeros(2, 2).long()), "other"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "kind"), KINDS, ids=lambda value: type(value).__name__)
def test_every_value_is_of_one_kind(value, kind):
    assert kind_of(value) == kind
    assert is_missing(value) == (kind == "missing")


def test_an_element_is_opened_by_name_or_position_and_an_item_is_one_value():
    assert opened(Row({"age": 3})) == {"age": 3}
    assert opened(Pair(1, 2)) == opened([1, 2]) == {0: 1, 1: 2}
    assert opened(Scan(3.0, "a")) == {"age": 3.0, "name": "a"}
    assert opened(Label(1)) == {None: Label(1)}
    assert opened("text") == {None: "text"}


@pytest.mark.parametrize(
    ("element", "field", "expected"),
    [
        ({"age": 1, "name": "a"}, "age", {"age": -1, "name": "a"}),
        (Row({"age": 1, "name": "a"}), "age", Row({"age": -1, "name": "a"})),
        (Pair(1, 2), 1, Pair(1, -2)),
        ([1, 2], 0, [-1, 2]),
        (Scan(1.0, "a"), "age", Scan(-1.0, "a")),
        (1, None, -1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_change_keeps_the_build_and_the_element_as_it_was(element, field, expected):
    before = repr(element)
    assert changed(element, {field: lambda x: -x}) == expected
    assert repr(element) == before
    assert type(changed(element, {field: lambda x: -x})) is type(element)


def test_a_field_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(DataError, match=r"there is no field 'dose', field 0; the element has the fields \['age'\]"):
        changed({"age": 1}, {"dose": abs, 0: abs, "age": abs})
    with pytest.raises(DataError, match="no field 'dose'; the element has one value and no fields"):
        changed(3, {"dose": abs})


def test_an_error_in_a_change_names_the_field():
    def refuse(_):
        raise DataError("is odd")

    for element, field, name in [({"age": 1}, "age", "field 'age'"), ((1,), 0, "field 0"), (1, None, "the value")]:
        assert field_name(field) == name
        with pytest.raises(DataError, match=f"^{name}: is odd"):
            changed(element, {field: refuse})


def test_single_values_of_libraries_become_pythons_own():
    values = [plain(torch.tensor(2)), plain(np.float32(0.5)), plain(np.str_("a")), plain("b"), plain(np.bool_(True))]
    assert values == [2, 0.5, "a", "b", True]
    assert [type(value) for value in values] == [int, float, str, str, bool]


def test_fields_are_names_or_positions_each_once():
    assert checked_fields("f", None) is None
    assert checked_fields("f", "age") == ("age",)
    assert checked_fields("f", ["age", 0]) == ("age", 0)
    for wrong in ([], ["a", "a"], [True], 2.5, [None], {"a": 1}):
        with pytest.raises(DataError, match=r"normalise\(fields\): the fields are names or positions, each once"):
            checked_fields("normalise(fields)", wrong)
