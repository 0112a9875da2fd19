import numpy as np
import pytest
import torch

import leyden as ly
from leyden.data.select.key import admitted, checked_by, groups_of, keys_of
from leyden.errors import DataError


@pytest.mark.parametrize("kind", [list, tuple, np.array, torch.tensor, lambda x: [torch.tensor(y) for y in x]])
def test_labels_of_any_kind_become_plain_values(kind):
    labels = checked_by("group", kind([7, 8, 7]))
    assert labels == (7, 8, 7)
    assert {type(label) for label in labels} == {int}


def test_keys_come_from_functions_fields_attributes_and_views_of_labels():
    rows = [{"items": "a", 0: "b"}, {"items": "c", 0: "d"}]
    assert keys_of("group", rows, "items") == ["a", "c"]
    assert keys_of("group", rows, 0) == ["b", "d"]
    assert keys_of("group", [1j, 2.0], "imag") == [1.0, 0.0]
    assert keys_of("group", [3, -3], abs) == [3, 3]
    assert keys_of("group", ["x", "y"], [torch.tensor(1), 2] | ly.data.map(abs)) == [1, 2]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1, [2]], r"one label an element, each a number or a word; given '\[2\]' at 1"),
        ([1.0, float("nan")], "given 'nan' at 1"),
        ([[1]] * 5, r"at 2 and 2 more"),
        ([(1, [2])], "at 0"),
        (torch.zeros(2, 2), "at 0"),
        ({"a": 1}, "takes a function, the name of a field, or one label an element; given {'a': 1}"),
        (b"ab", "takes a function"),
        (None, "takes a function, the name of a field, or one label an element; given None"),
        (2.5, "takes a function"),
    ],
    ids=str,
)
def test_what_says_no_keys_is_refused_with_all_faults(labels, message):
    with pytest.raises(DataError, match=f"^group .*{message}"):
        checked_by("group", labels)


def test_elements_without_a_key_are_named():
    with pytest.raises(DataError, match=r"group: element 1 of list\[2\]: KeyError: 'x'"):
        keys_of("group", [{"x": 1}, {"y": 1}], "x")
    with pytest.raises(DataError, match="one key an element, each a number or a word; given 'nan' at 0"):
        keys_of("group", [float("nan")], float)
    with pytest.raises(DataError, match=r"given '\[1, 2\]' at 0"):
        keys_of("group", [torch.tensor([1, 2])], lambda x: x)


def test_a_broken_element_has_no_key():
    pipe = [1, 0] | ly.data.map(lambda x: 1 / x) | ly.data.pipe.element.guard()
    with pytest.raises(DataError, match=r"element 1 of .*: is broken, so nothing is known of it: ZeroDivisionError"):
        keys_of("group", pipe, abs)


def test_keys_that_would_change_with_the_epoch_are_refused():
    drawn = range(3) | ly.data.map_random(lambda g, x: x)
    with pytest.raises(DataError, match=r"group after map_random.*put it before the random steps"):
        admitted("group", drawn, abs)
    admitted("group", drawn, (0, 1, 0))
    with pytest.raises(DataError, match=r"group after shuffle\(seed=0\): each epoch brings elements to other labels"):
        admitted("group", drawn | ly.data.shuffle(), (0, 1, 0))


def test_groups_are_in_the_order_of_their_first_elements():
    keys, groups = groups_of(["b", "a", "b", "c", "a"])
    assert keys == ("b", "a", "c")
    assert [group.tolist() for group in groups] == [[0, 2], [1, 4], [3]]
    assert groups_of([]) == ((), [])
