import random
import threading

import numpy as np
import pandas as pd
import pytest
import torch

import leyden as ly
from leyden.data.checking.inspection import Inspection, check
from leyden.data.pipe.broken import Broken
from leyden.data.pipe.element import guard
from leyden.errors import DataError


class Dataset(torch.utils.data.Dataset):
    def __len__(self):
        return 3

    def __getitem__(self, index):
        return torch.full((2, 2), float(index)), index


class Rows:
    """Like a dataset of Hugging Face: an index gives a dict, a slice a dict of lists."""

    def __init__(self):
        self.rows = {"text": ["a", "bc", "d"], "label": [0, 1, 1]}

    def __len__(self):
        return 3

    def __getitem__(self, index):
        return {name: column[index] for name, column in self.rows.items()}


class TwoMethods:
    def __len__(self):
        return 3

    def __getitem__(self, index):
        return {"x": [index, None]}


KINDS = {
    "list": [1, 5, 3],
    "tensor": torch.tensor([[1, 5], [2, 2], [3, 3]]),
    "ndarray": np.array([1.0, 5.0, 3.0]),
    "tuple": ([1, 5, 3], ["a", "b", "c"]),
    "dict": {"x": np.array([1, 5, 3]), "y": ["a", "b", "c"]},
    "frame": pd.DataFrame({"x": [1, 5, 3], "y": ["a", "b", "c"]}, index=[7, 7, 9]),
    "torch dataset": Dataset(),
    "hugging face": Rows(),
    "two methods": TwoMethods(),
    "pipe": range(1, 4) | ly.data.map_random(lambda generator, x: x + torch.rand(1, generator=generator)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_of_container_passes(kind):
    report = check(KINDS[kind])
    assert (report.length, report.looked_at) == (3, 3)
    assert report.problems == ()
    assert (report.batching, report.sending, report.broken) == ("", "", ())
    assert repr(report).endswith("- nothing is wrong")


def test_what_elements_hold_is_told_place_by_place():
    report = check([{"image": torch.full((3, 4, 4), i), "name": "a", "box": (i, 0.5)} for i in range(4)])
    assert [field.place for field in report.fields] == ["['image']", "['name']", "['box'][0]", "['box'][1]"]
    image = report.fields[0]
    assert (image.kinds, image.shapes, image.low, image.high) == ((("tensor int64", 4),), (((3, 4, 4), 4),), 0, 3)
    assert repr(report).splitlines() == [
        "list[4]: 4 elements, all read",
        "place       kind          shape      range",
        "['image']   tensor int64  (3, 4, 4)  0 to 3",
        "['name']    str",
        "['box'][0]  int                      0 to 3",
        "['box'][1]  float                    0.5 to 0.5",
        "- nothing is wrong",
    ]


@pytest.mark.parametrize(
    ("elements", "why"),
    [
        (
            [torch.zeros(2), torch.zeros(2), torch.zeros(3)],
            r"shapes differ: element 0 has \(2,\), element 2 has \(3,\)",
        ),
        ([{"x": 1}, {"x": 1, "y": 2}], r"structures differ: element 0 has a dict of entries \['x'\], element 1 has"),
        ([(1, 2), (1, 2), [1, 2]], r"structures differ: .* element 2 has a list"),
        ([{"x": np.zeros(1)}, {"x": np.zeros(1, "i4")}], r"dtypes at \['x'\] differ: element 0 has float64"),
        ([1, 2.5, "a"], "kinds differ: element 0 has number, element 2 has text"),
        ([object(), object()], "cannot batch a object, as in element 0"),
    ],
)
def test_elements_that_cannot_be_batched_are_named(elements, why):
    report = check(elements)
    assert report.problems == ()
    with pytest.raises(DataError, match=why):
        raise DataError(report.batching)
    assert f"- {report.batching}" in repr(report)


def test_kinds_that_differ_but_stack_are_no_fault():
    report = check([1, 2.5, True])
    assert report.batching == ""
    assert report.fields[0].kinds == (("int", 1), ("float", 1), ("bool", 1))


def test_the_first_broken_element_is_named_with_its_error():
    def read(x):
        if x in (2, 4):
            raise OSError(f"{x}.nii is cut short")
        return x

    for pipe in (range(6) | ly.data.map(read), range(6) | ly.data.map(read) | guard()):
        report = check(pipe)
        assert report.problems == (
            "2 of 6 elements cannot be made; the first is element 2: OSError: 2.nii is cut short",
        )
        assert [fault.index for fault in report.broken] == [2, 4]
        assert report.broken[0] == Broken(2, "OSError: 2.nii is cut short", report.broken[0].inside)
        assert report.fields[0].kinds == (("int", 4),)
    batches = check(range(6) | ly.data.map(read) | guard() | ly.data.batch(2))
    assert [fault.index for fault in batches.broken] == [1, 2]


def test_a_container_that_is_too_short_for_its_length_is_told():
    class Short(TwoMethods):
        def __getitem__(self, index):
            return [1, 2][index]

    assert check(Short()).problems[0].endswith("the first is element 2: IndexError: list index out of range")


def test_an_element_that_changes_between_readings_is_told():
    numbers = random.Random(0)
    report = check([1, 2, 3] | ly.data.map(lambda x: x + numbers.random()))
    assert report.problems == (
        "element 0 is another one when it is read again; a container gives the same for an index",
    )


def test_what_cannot_be_sent_to_a_process_is_told():
    held = threading.Lock()
    report = check([1, 2] | ly.data.map(lambda x: (held, x)[1]))
    assert report.problems == ()
    assert report.sending.startswith("it cannot be sent to processes (TypeError: cannot pickle '_thread.lock'")


@pytest.mark.parametrize("empty", [[], torch.zeros(0, 3), {"x": []}, pd.DataFrame({"x": []})])
def test_an_empty_container_is_told(empty):
    report = check(empty)
    assert report.problems == ("it is empty: there is nothing to read",)
    assert ": 0 elements, all read\n- it is empty" in repr(report)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (5, "a int is no container: it needs __len__ and __getitem__"),
        ("text", "text is one element"),
        (iter([1]), r"Try list\(data\)"),
        (([1], [1, 2]), "must be equally long"),
        ({}, "has no columns"),
    ],
)
def test_what_is_no_container_is_told(data, why):
    report = check(data)
    assert len(report.problems) == 1
    with pytest.raises(DataError, match=why):
        raise DataError(report.problems[0])


def test_a_length_that_raises_is_told():
    class Wrong(TwoMethods):
        def __len__(self):
            raise OSError("the disk is gone")

    assert check(Wrong()) == Inspection("Wrong", 0, problems=("OSError: the disk is gone",))


def test_a_sample_is_spread_from_the_first_to_the_last():
    seen = set()
    report = check(range(101) | ly.data.map(lambda x: (seen.add(x), x)[1]), 5)
    assert sorted(seen) == [0, 25, 50, 75, 100]
    assert (report.looked_at, report.length) == (5, 101)
    assert "101 elements, 5 read" in repr(report)
    assert check(range(3), 9).looked_at == 3
    assert check(range(3), 1).looked_at == 1
    with pytest.raises(DataError, match="read at least one element; given 0"):
        check(range(3), 0)


def test_many_shapes_and_places_are_shown_in_short():
    text = repr(check([{str(place): torch.zeros(i % 5 + 1) for place in range(30)} for i in range(10)]))
    assert "(1,) x 2, (2,) x 2, (3,) x 2, 2 more" in text
    assert "and 10 more places" in text
    assert max(map(len, text.splitlines())) < 300


def test_nothing_is_changed_by_looking():
    pipe = range(4) | ly.data.shuffle()
    pipe.set_epoch(3)
    check(pipe)
    assert (pipe.epoch, pipe.state_dict()["position"], pipe.faults) == (3, 0, ())
