from collections import namedtuple

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import sparse
from torch.utils.data import Dataset, IterableDataset, TensorDataset

import leyden as ly
from leyden.errors import DataError


class Squares(Dataset):
    def __len__(self):
        return 3

    def __getitem__(self, index):
        return index * index


class Series:
    """The part of a pandas series that a pipe uses; `[i]` goes by label, which here is not the position."""

    def __init__(self, values):
        self.values, self.iloc = values, values

    def __len__(self):
        return len(self.values)

    def __getitem__(self, label):
        raise KeyError(label)


class Frame:
    """The part of a pandas data frame that a pipe uses."""

    columns, dtypes = ("size", "name"), None

    def __len__(self):
        return 2

    def __getitem__(self, name):
        return {"size": Series([1, 2]), "name": Series(["a", "b"])}[name]


Pair = namedtuple("Pair", "x y")


@pytest.mark.parametrize(
    ("data", "last"),
    [
        ([3, 1, 4], 4),
        (range(0, 6, 2), 4),
        (torch.tensor([3, 1, 4]), torch.tensor(4)),
        (np.array([3, 1, 4]), 4),
        (Squares(), 4),
        (TensorDataset(torch.tensor([3, 1, 4])), (torch.tensor(4),)),
        (([1, 2, 3], [4, 5, 6]), (3, 6)),
        (Pair([1, 2, 3], [4, 5, 6]), Pair(3, 6)),
        ({"x": [1, 2, 3], "y": ["a", "b", "c"]}, {"x": 3, "y": "c"}),
        (([1, 2, 3], ([4, 5, 6], {"z": [7, 8, 9]})), (3, (6, {"z": 9}))),
        (Frame(), {"size": 2, "name": "b"}),
        (Series([3, 1, 4]), 4),
        (bytearray(b"abc"), 99),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_kind_of_container_gives_its_last_element(data, last):
    view = data | ly.data.map(lambda element: element)
    assert view[-1] == last
    assert type(view[-1]) is type(last) or isinstance(last, int)
    assert len(list(view)) == len(view)


def test_columns_pass_the_epoch_on_and_draw_alike_for_equal_seeds():
    def draw(generator, x):
        return torch.rand((), generator=generator).item()

    noisy = range(4) | ly.data.map_random(draw, seed=3)
    pipe = (noisy, range(4) | ly.data.map_random(draw, seed=3)) | ly.data.map(lambda pair: pair)
    first, second = list(pipe), list(pipe)
    assert all(one == two for one, two in first + second)
    assert first != second


def test_columns_print_as_they_were_given():
    assert repr(([1], torch.zeros(1, 2)) | ly.data.batch(1)) == "(list[1], Tensor[1, 2]) | batch(1)"
    assert repr({"x": [1]} | ly.data.batch(1)) == "{'x': list[1]} | batch(1)"
    assert repr(([1],) | ly.data.batch(1)) == "(list[1],) | batch(1)"
    assert repr(Frame() | ly.data.batch(1)) == "{'size': Series[2], 'name': Series[2]} | batch(1)"


class Endless(IterableDataset):
    def __iter__(self):
        return iter(range(3))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("abc", "a str is no container: text is one element"),
        (5, "a int is no container: it needs __len__ and __getitem__; given 5"),
        ({1, 2}, r"a set is no container: it can only be gone through in order; .* Try list\(data\)"),
        (Endless(), "a Endless is no container: it can only be gone through in order"),
        (torch.tensor(1.0), "a Tensor is no container: it has no axis .* put it into a list"),
        (np.array(1.0), "a ndarray is no container: it has no axis"),
        (sparse.eye(3).tocsr(), r"a csr_matrix is sparse and has no rows to hand out; give its \.toarray\(\)"),
        ((1, 2), r"columns side by side, but its entry 0 cannot be one \(a int .* give a list"),
        (("a.png", "b.png"), "entry 0 cannot be one .*give a list"),
        (([1, 2], [1]), r"must be equally long; their lengths are \{0: 2, 1: 1\}"),
        ({}, "an empty dict has no columns"),
        ((), "an empty tuple has no columns"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_is_no_container_is_refused_with_the_reason(data, message):
    with pytest.raises(DataError, match=message):
        data | ly.data.map(abs)


def test_a_growing_list_is_as_long_as_it_is_when_asked():
    data = [1]
    view = data | ly.data.map(abs)
    data.append(-2)
    assert list(view) == [1, 2]


def test_a_data_frame_with_two_columns_of_one_name_is_refused():
    frame = pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"])
    with pytest.raises(DataError, match="several columns of one name: 'a'; rename them"):
        frame | ly.data.batch(1)
