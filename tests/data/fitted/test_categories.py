import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import OrdinalEncoder

import leyden as ly
from leyden.data.fitted.categories import categorified, categorify
from leyden.data.fitted.lesson import invert
from leyden.errors import DataError
from leyden.items import Row


@settings(max_examples=40)
@given(st.lists(st.text(max_size=2), min_size=1, max_size=20))
def test_values_get_the_indices_that_scikit_learn_gives_them(words):
    rows = [{"word": word} for word in words]
    step = categorify().fit(rows)
    expected = OrdinalEncoder().fit_transform(np.array(words, dtype=object)[:, None]).ravel().tolist()
    codes = [row["word"] for row in rows | step]
    assert codes == expected
    assert invert(step, codes, field="word") == words
    assert [invert(step, row) for row in rows | step] == rows


@pytest.mark.parametrize(
    ("values", "categories"),
    [
        ([3, 1, 3], (1, 3)),
        ([np.int64(3), 1, torch.tensor(3)], (1, 3)),
        ([True, False], (False, True)),
        ([0.5, -1.0], (-1.0, 0.5)),
        (pd.Series(["b", "a"]), ("a", "b")),
    ],
    ids=str,
)
def test_numbers_and_truth_values_are_categories_where_they_are_named(values, categories):
    step = categorify("a").fit({"a": values})
    assert step == categorified({"a": categories})
    assert sorted({row["a"] for row in {"a": values} | step}) == [0, 1]


def test_the_order_of_the_training_data_does_not_matter():
    assert categorify().fit(["b", "a", "b"]) == categorify().fit(["a", "b"]) == categorified(["a", "b"])


def test_an_unknown_value_is_named_or_has_an_index_of_its_own():
    strict, open_ = categorify().fit(["red", "blue"]), categorify(unknown="index").fit(["red", None, "blue"])
    message = (
        r"categorified: element 1 of list\[2\]: the value: 'green' is not among the training data's 'blue', 'red'; give"
    )
    with pytest.raises(DataError, match=message):
        list(["red", "green"] | strict)
    with pytest.raises(DataError, match=r"element 0 of list\[1\]: the value: a missing value is not among"):
        list([None] | strict)
    assert list(["red", "green", None, float("nan")] | open_) == [1, 2, 2, 2]
    assert invert(open_, torch.tensor([[0, 1], [2, 0]])) == [["blue", "red"], [None, "blue"]]
    assert invert(open_, np.int64(1)) == "red"


def test_many_categories_are_not_all_listed():
    with pytest.raises(DataError, match="'h' and 18 more; give"):
        list(["no"] | categorify().fit(list("abcdefghijklmnopqrstuvwxyz")))


def test_fields_beside_it_stay_and_rows_stay_rows():
    step = categorify().fit([Row({"colour": "red", "age": 3})])
    assert list([Row({"colour": "red", "age": 9})] | step) == [Row({"colour": 0, "age": 9})]


def test_known_categories_print_as_they_are_written():
    for step in (categorified(("b", "a")), categorified({"a": (1, 2), 0: ("x",)}, unknown="index")):
        assert eval(repr(step)) == step
    assert (
        repr(["a"] | categorified([chr(97 + i) for i in range(9)]))
        == "list[1] | categorified(('a', 'b', 'c', 'd', 'e', 'f', ...))"
    )
    assert list(categorified(["a", "b"], ["b", "a"])) == [1, 0]


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda: categorify("a").fit({"a": [1, "x"]}), r"mixes whole numbers \(element 0\) and words \(element 1\)"),
        (lambda: categorify("a").fit({"a": ["x", None]}), r"\['a'\] miss values \(first in elements \[1\]\); put"),
        (lambda: categorify("a").fit([{"a": torch.zeros(2)}]), "field 'a' holds tensors"),
        (lambda: categorify().fit([{"a": 1}]), "no field fits unasked"),
        (lambda: categorify(unknown="skip"), r"categorify: unknown is one of \['raise', 'index'\]; given 'skip'"),
        (lambda: categorified([]), r"give different words or numbers for each field; given \[\]"),
        (lambda: categorified({"a": ["x", "x"]}), "give different words or numbers"),
        (lambda: categorified([None]), "give different words or numbers"),
        (lambda: list([torch.zeros(2)] | categorified(["a"])), "a Tensor is no category; map it to a word or number"),
        (lambda: invert(categorified(["a"]), 1), "index 1 is none of the 1 categories, 0 to 0"),
        (lambda: invert(categorified(["a"]), -1), "index -1 is none"),
        (lambda: invert(categorified(["a"]), 0.5), "an index is a whole number; given 0.5"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("unchecked")
def test_what_makes_no_sense_is_refused(use, message):
    with pytest.raises(DataError, match=message):
        use()


def test_categories_are_the_targets_that_a_loss_takes():
    table = {"x": [0.0, 1.0, 2.0], "species": ["b", "a", "b"]}
    (batch,) = table | categorify().fit(table) | ly.data.batch(3)
    assert batch["species"].tolist() == [1, 0, 1]
    assert batch["species"].dtype == torch.int64
