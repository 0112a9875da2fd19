import time

import pytest
import torch

import leyden as ly
from leyden.data.fitted.survey import chosen, refuse_batches, survey
from leyden.data.pipe.element import guard
from leyden.errors import DataError


class Notes:
    def __init__(self):
        self.values = []

    def take(self, value, kind):
        self.values.append((value, kind))


def seen(source):
    return {name: column.notes.values for name, column in survey(source, Notes, verb="learn").items()}


def picked(source, fields=None, takes=("real", "whole"), unasked=("real",)):
    columns = survey(source, Notes, verb="learn")
    return list(chosen(columns, fields, verb="learn", takes=takes, unasked=unasked))


def test_a_survey_reads_every_element_once_and_in_order_by_field():
    reads = []
    source = range(3) | ly.data.map(lambda x: (reads.append(x), {"a": x, "b": None})[1])
    assert seen(source) == {"a": [(0, "whole"), (1, "whole"), (2, "whole")], "b": [(None, "missing")] * 3}
    assert reads == [0, 1, 2]


def test_a_survey_is_of_epoch_0_and_leaves_the_epoch_as_it_is():
    source = [0.0] * 4 | ly.data.map_random(lambda g, x: x + torch.rand((), generator=g).item())
    first = list(source)
    list(source)
    assert [value for value, _ in seen(source)[None]] == first
    assert source.state_dict() == {"epoch": 2, "position": 0}


def test_without_names_the_fields_of_the_right_kind_are_chosen():
    rows = [{"a": 1.0, "b": 1, "c": "x", "d": None}, {"a": 2, "b": 2, "c": None, "d": None}]
    assert picked(rows) == ["a"]
    assert picked(rows, ("b", "a")) == ["b", "a"]
    assert picked([3, 4]) == [None], "one value has no name to be asked for by"


@pytest.mark.parametrize(
    ("rows", "fields", "message"),
    [
        ([{"a": 1.0}], ("b", "c"), r"learn: there is no field 'b', only \['a'\]; there is no field 'c'"),
        ([{"a": 1.0, "b": "x"}], ("a", "b"), r"field 'b' holds words \(element 0\), which it cannot learn from; map"),
        ([{"a": 1.0}, {"a": "n/a"}], None, r"field 'a' holds words \(element 1\)"),
        ([{"a": None}], ("a",), "field 'a' has no value in the training data; leave it out"),
        ([{"a": 1}], None, r"no field fits unasked \(they hold 'a': whole numbers \(element 0\)\); name the fields"),
        ([1.0, "x"], None, r"the value holds words \(element 1\)"),
        ([], None, r"learn: there is nothing to learn from: list\[0\] has no element"),
        ([{"a": 1.0}, {"b": 1.0}], None, r"element 1 of list\[2\] has the fields \['b'\], those before \['a'\]"),
        ([(1.0, 2.0), (1.0,)], None, r"element 1 of list\[2\] has the fields \[0\], those before \[0, 1\]"),
    ],
)  # fmt: skip
def test_what_cannot_be_learned_from_is_named(rows, fields, message):
    with pytest.raises(DataError, match=message):
        picked(rows, fields)


def test_single_values_and_tensors_do_not_mix():
    with pytest.raises(DataError, match=r"mixes numbers \(element 0\) and tensors \(element 1\); make them alike"):
        picked([1.0, torch.zeros(2)], takes=("real", "reals"))


def test_batches_are_refused_where_they_show():
    d = ly.data
    for view in ([1.0] | d.batch(1), [1.0] | d.batch(1) | d.shuffle() | d.parallel(1) | d.to_device("cpu")):
        with pytest.raises(DataError, match="learn works on single elements: put it before batch"):
            refuse_batches(view, "learn")
    refuse_batches([1.0] | d.batch(1, collate=sum) | d.shuffle(), "learn")
    refuse_batches([1.0] | d.batch(1) | d.map(lambda batch: {"mean": batch.mean()}), "learn")


def test_broken_elements_are_left_out_and_counted():
    source = [1.0, 0.0, 2.0] | ly.data.map(lambda x: 1 / x) | guard()
    with pytest.warns(UserWarning, match="learn: 1 broken elements were left out of what is learned; first element 1"):
        assert seen(source) == {None: [(1.0, "real"), (0.5, "real")]}


def test_an_infinite_number_is_named_by_its_field_and_element():
    with pytest.raises(DataError, match=r"normalise: element 2 of .*: field 'age' is infinite; replace it first"):
        ly.data.normalise().fit([{"age": 1.0}, {"age": 2.0}, {"age": float("-inf")}, {"age": 3.0}])


def test_a_fault_is_named_by_its_element_in_whatever_order_elements_are_made():
    def slow(x):
        time.sleep(0.02 if x < 2 else 0)
        return {"age": x}

    data = [1.0, 2.0, float("inf"), 3.0] | ly.data.map(slow) | ly.data.parallel(4, ordered=False)
    with pytest.raises(DataError, match=r"element 2 of .*: field 'age' is infinite"):
        ly.data.normalise().fit(data)
