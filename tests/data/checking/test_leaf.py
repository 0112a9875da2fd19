import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import torch

from leyden.data.checking.inspection import check
from leyden.data.checking.leaf import Field, Leaf, alike, gathered, leaves, skeleton
from leyden.items import Image


@dataclass(frozen=True)
class Case:
    image: torch.Tensor
    name: str


@pytest.mark.parametrize(
    ("element", "found"),
    [
        (3, [("", Leaf("int", None, 3, 3))]),
        (math.nan, [("", Leaf("float", finite=False))]),
        (True, [("", Leaf("bool", None, 1, 1))]),
        (None, [("", Leaf("None"))]),
        (b"x", [("", Leaf("bytes"))]),
        (torch.tensor([1.0, math.inf, -2.0]), [("", Leaf("tensor float32", (3,), -2, 1, False))]),
        (torch.zeros(0, 3), [("", Leaf("tensor float32", (0, 3)))]),
        (torch.full((2,), math.nan), [("", Leaf("tensor float32", (2,), finite=False))]),
        (torch.ones(1, dtype=torch.complex64), [("", Leaf("tensor complex64", (1,)))]),
        (torch.eye(2).to_sparse(), [("", Leaf("tensor float32", (2, 2), 0, 1))]),
        (np.array([3, 250], "u1"), [("", Leaf("array uint8", (2,), 3, 250))]),
        (np.float32(0.5), [("", Leaf("float32", None, 0.5, 0.5))]),
        (np.array(["a"]), [("", Leaf("array <U1", (1,)))]),
        (np.complex64(1 + 2j), [("", Leaf("complex64"))]),
        (10**400, [("", Leaf("int"))]),
        (Image(torch.ones(3, 2, 2)), [("", Leaf("Image of tensor float32", (3, 2, 2), 1, 1))]),
        (Case(torch.ones(1), "a"), [("['image']", Leaf("tensor float32", (1,), 1, 1)), ("['name']", Leaf("str"))]),
        ({"a": (1, [])}, [("['a'][0]", Leaf("int", None, 1, 1)), ("['a'][1]", Leaf("empty list"))]),
        (list(range(50)), [("", Leaf("list", (50,)))]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_leaves_by_hand(element, found):
    assert list(leaves(element)) == found


def test_a_field_counts_what_is_there():
    found = [Leaf("int", None, 1, 1), Leaf("tensor", (2,), -1, 5, False), Leaf("int", None, 3, 3), Leaf("str")]
    assert gathered("[0]", found) == Field("[0]", (("int", 2), ("tensor", 1), ("str", 1)), (((2,), 1),), -1, 5, 1)


def test_a_skeleton_tells_nested_types_apart():
    assert skeleton((1, [2, 3])) == skeleton((4, ["a", "b"])) == (tuple, (list,))
    assert skeleton((1, 2)) != skeleton([1, 2])
    assert skeleton(1) == skeleton("a")


class Nameless:
    pass


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (torch.tensor([1, math.nan]), torch.tensor([1, math.nan]), True),
        (torch.tensor([1.0]), torch.tensor([2.0]), False),
        (torch.tensor([1]), torch.tensor([1.0]), False),
        (np.array([1, math.nan]), np.array([1, math.nan]), True),
        (np.array(["a"]), np.array(["b"]), False),
        (math.nan, float("nan"), True),
        ({"a": (1, torch.ones(1))}, {"a": (1, torch.ones(1))}, True),
        ({"a": 1}, {"b": 1}, False),
        (1, 1.0, False),
        (Nameless(), Nameless(), True),
        (Image(torch.zeros(3, 1, 1)), Image(torch.ones(3, 1, 1)), False),
    ],
)
def test_readings_are_compared_by_value(one, other, equal):
    assert alike(one, other) is equal


NAN = float("nan")


@pytest.mark.parametrize(
    "make",
    [
        lambda: np.float32(NAN),
        lambda: np.float16(NAN),
        lambda: np.complex64(NAN),
        lambda: complex(NAN, 1),
        lambda: {"age": np.float32(NAN), "sizes": [NAN, 1.0]},
        lambda: pd.NA,
        lambda: pd.Series([1.0, NAN]),
        lambda: pd.DataFrame({"age": pd.array([36, None], dtype="Int64")}),
        lambda: torch.eye(2).to_sparse(),
        lambda: torch.empty(2, 3, device="meta"),
        lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged),
    ],
)
def test_two_readings_of_odd_things_are_alike_and_are_looked_at(make):
    assert alike(make(), make())
    assert check([make()]).problems == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.float32(NAN), np.float32(1)),
        (pd.Series([1, 2]), pd.Series([1, 3])),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})),
        (torch.eye(2).to_sparse(), torch.ones(2, 2).to_sparse()),
        ([1, NAN], [2, NAN]),
        (1, 1.0),
    ],
)
def test_what_differs_is_found_in_odd_things_too(one, other):
    assert not alike(one, other)
