import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.impute import SimpleImputer

import leyden as ly
from leyden.data.fitted.filling import fill, filled
from leyden.data.fitted.lesson import learned
from leyden.errors import DataError
from leyden.items import Image, Row

nan = float("nan")


@pytest.mark.parametrize("how", ["median", "mean", "most_frequent"])
@settings(max_examples=40)
@given(
    values=st.lists(st.sampled_from([0.0, 1.0, 2.5, -7.0, nan]), min_size=1, max_size=20).filter(
        lambda row: any(x == x for x in row)
    )
)
def test_it_fills_with_what_scikit_learn_fills_with(how, values):
    expected = SimpleImputer(strategy=how).fit(np.array(values)[:, None]).statistics_[0]
    for table in ({"a": values}, pd.DataFrame({"a": values}), {"a": [None if x != x else x for x in values]}):
        step = fill(how=how).fit(table)
        assert step.operations[0].values["a"] == pytest.approx(expected, rel=1e-12)
        assert all(
            row["a"] == pytest.approx(step.operations[0].values["a"]) or row["a"] in values for row in table | step
        )


def test_words_and_truth_values_are_filled_with_the_most_frequent():
    rows = {"colour": ["red", None, "blue", "red"], "old": [True, True, None, False], "n": [1, 2, None, 2]}
    step = fill(how="most_frequent").fit(rows)
    assert repr(step) == "filled({'colour': 'red', 'old': True, 'n': 2})"
    assert list(rows | step)[2] == {"colour": "blue", "old": True, "n": 2}
    assert fill(how="most_frequent").fit(["b", "a"]) == filled("a"), "of equally frequent ones the smallest"


@pytest.mark.parametrize("how", ["median", "mean"])
def test_gaps_in_tensors_are_filled_channel_by_channel(how):
    train = [torch.tensor([[1.0, nan], [4.0, 4.0]]), torch.tensor([[3.0, nan], [nan, 10.0]])]
    step = fill(how=how).fit(train)
    middle = 4.0 if how == "median" else 6.0
    assert step == filled((2.0, middle))
    assert [each.tolist() for each in train | step] == [[[1.0, 2.0], [4.0, 4.0]], [[3.0, 2.0], [middle, 10.0]]]
    (array,) = [np.array([nan, 1.0])] | step
    assert array.tolist() == [2.0, 1.0]
    ((image, _),) = [(Image(torch.full((2, 1, 1), nan)), "a")] | fill(0, how).fit([(each, "a") for each in train])
    assert image.data.flatten().tolist() == [2.0, middle]
    assert train[0].isnan().any()


def test_a_filled_value_is_of_the_kind_of_the_gap():
    step = filled(2)
    for gap in (np.float32(nan), np.float64(nan), torch.tensor(nan, dtype=torch.float16), np.array(nan)):
        (value,) = [gap] | step
        assert (type(value), value.dtype, value) == (type(gap), gap.dtype, 2)
    assert list([None, pd.NA, nan, 7.5, "x"] | step) == [2, 2, 2, 7.5, "x"]
    for whole in (torch.tensor([1, 2]), np.array(["a"])):
        assert next(iter([whole] | step)) is whole


def test_a_column_of_numbers_with_gaps_can_be_batched_when_filled():
    table = pd.DataFrame({"a": [1.0, nan, 3.0], "b": [1, 2, 3]})
    (batch,) = table | fill().fit(table) | ly.data.batch(3)
    assert batch["a"].tolist() == [1.0, 2.0, 3.0]


def test_known_values_need_no_training_data():
    rows = [Row({"age": None, "name": "a"}), Row({"age": 3, "name": None})]
    assert list(rows | filled({"age": 0, "name": "?"})) == [Row({"age": 0, "name": "a"}), Row({"age": 3, "name": "?"})]
    assert list(filled([None, 1], 5)) == [5, 1]
    step = filled({"age": 0, "x": (1.0, 2.0), 3: True})
    assert repr(step) == "filled({'age': 0, 'x': (1.0, 2.0), 3: True})"
    assert eval(repr(step)) == step
    assert fill().recall(learned(step)) == step


@pytest.mark.parametrize(
    ("fields", "how", "message"),
    [
        (None, "median", r"fill: fields \['colour', 'gone'\] miss values, and 'median' cannot tell any for them; name"),
        ("colour", "mean", "field 'colour' holds words"),
        ("gone", "median", "field 'gone' has no value in the training data; leave it out"),
        ("x", "most_frequent", "field 'x' holds tensors"),
        ("x", "mean", r"fill: a channel of \['x'\] has no number in all training data; leave it out"),
        ("x", "median", r"fill: a channel of \['x'\] has no number in all training data"),
        (None, 0, "how is one of .'median', 'mean', 'most_frequent'.; given 0. For a constant write filled"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("unchecked")
def test_what_cannot_be_filled_is_named(fields, how, message):
    rows = [
        {"age": 1.0, "colour": None, "gone": None, "x": torch.tensor([1.0, nan])},
        {"age": None, "colour": "a", "gone": None, "x": torch.zeros(2) / 0},
    ]
    with pytest.raises(DataError, match=message):
        fill(fields, how).fit(rows)


@pytest.mark.parametrize("values", [None, nan, {}, {"a": None}, [], {"a": [1.0, None]}, {"a": {}}])
def test_to_fill_with_nothing_is_refused(values):
    with pytest.raises(DataError, match="filled: give a number, word or truth value for each field"):
        filled(values)


def test_values_that_do_not_fit_are_named():
    with pytest.raises(
        DataError, match=r"element 0 of list\[1\]: the value: there is one value for each of 2 channels.*shape \(3,\)"
    ):
        list([torch.full((3,), nan)] | filled((1.0, 2.0)))
    with pytest.raises(DataError, match="is a number that is NaN, to be filled with the word 'x'"):
        list([torch.tensor(nan)] | filled("x"))
    with pytest.raises(DataError, match="has 3 channels, those before 2"):
        fill().fit([torch.zeros(2), torch.zeros(3)])
