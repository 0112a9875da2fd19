import subprocess
import sys
from functools import cache, partial

import numpy as np
import pandas as pd
import pytest
import torch

import leyden as ly
from leyden.data.keep.traits import traits


def scaled(x, by=1):
    return x * by


class Dataset:
    def __init__(self, folder):
        self.folder, self.own = folder, self

    def __len__(self):
        return 3

    def __getitem__(self, index):
        return index


class Telling(Dataset):
    @property
    def fingerprint(self):
        return "version 2"


def made_by(code):
    names = {}
    exec(code, names)
    return ly.data.map([1], names["function"])


class Scale(torch.nn.Module):
    def __init__(self, by):
        super().__init__()
        self.by = by

    def forward(self, x):
        return x * self.by


def called(expression):
    names = {}
    exec(f"class Called:\n    def __call__(self, x): return {expression}", names)
    return names["Called"]()


def inner(by):
    return lambda x: x * by


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, 2], [1, 3]),
        ([1, 2], [1.0, 2]),
        (np.arange(3), np.arange(3.0)),
        (np.arange(3), np.arange(3)[::-1]),
        (torch.zeros(3), torch.zeros(3, 1)),
        (torch.zeros(3, dtype=torch.bfloat16), torch.ones(3, dtype=torch.bfloat16)),
        (([1], [2]), ([1], [3])),
        ({"a": [1]}, {"b": [1]}),
        (Dataset("a"), Dataset("b")),
        (["a", None], ["a", "None"]),
        ([["a"], "b"], ["a", ["b"]]),
        (pd.DataFrame({"x": [1, 2]}), pd.DataFrame({"x": [1, 3]})),
        (pd.Series(["a"]), pd.Series(["b"])),
        (ly.data.map([1], partial(scaled, by=2)), ly.data.map([1], partial(scaled, by=3))),
        (ly.data.map([1], inner(2)), ly.data.map([1], inner(3))),
        (ly.data.map([1], lambda x, y=1: x), ly.data.map([1], lambda x, y=2: x)),
        (made_by("def function(x): return x + 1"), made_by("def function(x): return x + 2")),
        (made_by("def function(x): return len(x)"), made_by("def function(x): return sum(x)")),
        (ly.data.map([1], torch.nn.Linear(1, 1)), ly.data.map([1], torch.nn.Linear(1, 1))),
        ([1] | ly.data.map(abs) + ly.data.map(str), [1] | ly.data.map(abs) + ly.data.map(int)),
        (ly.data.concatenate([1, 2], [3]), ly.data.concatenate([1], [2, 3])),
        (([1, 2, 3] | ly.data.map(abs))[1:], ([1, 2, 3] | ly.data.map(abs))[:-1]),
        (ly.data.map([1], Scale(2)), ly.data.map([1], Scale(3))),
        (ly.data.map([1], {1: "a"}.get), ly.data.map([1], {1: "b"}.get)),
        (ly.data.map([1], torch.tensor([1, 2]).__getitem__), ly.data.map([1], torch.tensor([1, 3]).__getitem__)),
        (ly.data.map([1], called("x + 1")), ly.data.map([1], called("x + 2"))),
        (ly.data.map([1], cache(lambda x: x + 1)), ly.data.map([1], cache(lambda x: x + 2))),
        (made_by("size = 1\ndef function(x): return x + size"), made_by("size = 2\ndef function(x): return x + size")),
        (
            made_by("size = 1\nfunction = lambda x: [y + size for y in x]"),
            made_by("size = 2\nfunction = lambda x: [y + size for y in x]"),
        ),
        (ly.data.group(range(9), lambda x: x % 2), ly.data.group(range(9), lambda x: x % 3)),
        (ly.data.group(range(9), list("aaaaaaabb")), ly.data.group(range(9), list("aaaaaabbb"))),
        (ly.data.group(range(9), [0] * 9 | ly.data.map(str)), ly.data.group(range(9), [0] * 9 | ly.data.map(int))),
        (ly.data.join([1], [2], on=(str, lambda x: "1")), ly.data.join([1], [2], on=(str, lambda x: "2"))),
        (ly.data.leave_out(range(4), groups=list("aabb")), ly.data.leave_out(range(4), groups=list("abab"))),
    ],
)
def test_what_gives_other_elements_has_other_traits(one, other):
    one, other = ly.data.as_container(one), ly.data.as_container(other)
    assert traits(one) == traits(one)
    assert traits(one) != traits(other)


def test_the_words_tell_which_part_differs():
    one, other = ([1] | ly.data.map(function) | ly.data.batch(2) for function in (abs, str))
    assert [words for words, _ in traits(one)] == ["list[1]", "map(abs)", "batch(2)"]
    assert [a == b for a, b in zip(traits(one), traits(other), strict=True)] == [True, False, True]


def test_a_source_may_tell_its_own_fingerprint():
    assert traits(Telling("a")) == traits(Telling("b"))


def test_a_mapped_file_counts_by_its_name_and_time(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(4))
    mapped = np.load(tmp_path / "a.npy", mmap_mode="r")
    before = traits(mapped)
    assert traits(np.load(tmp_path / "a.npy", mmap_mode="r")) == before
    np.save(tmp_path / "a.npy", np.zeros(4))
    assert traits(np.load(tmp_path / "a.npy", mmap_mode="r")) != before


def test_traits_are_the_same_in_another_run():
    code = (
        "import torch, leyden as ly; from leyden.data.keep.traits import traits\n"
        "limit = 'd'\n"
        "def decode(x, names=frozenset({'a', 'b', 'c'})): return x in {'d', 'e', 'f'} or [limit for y in names]\n"
        "told = traits([torch.ones(2), {'a', 'b'}, {'k': 1}, 'x'] | ly.data.map(decode) | ly.data.map(lambda x: x))\n"
    )
    names = {"__name__": "__main__"}
    exec(code, names)
    run = [sys.executable, "-c", code + "print(told)"]
    told = subprocess.run(run, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "1"})
    assert told.stdout.strip() == repr(names["told"])


def test_a_single_number_of_any_stride_is_told_by_what_it_is():
    lone = torch.arange(10)[::3][:1]
    assert traits(lone) == traits(torch.tensor([0])) != traits(torch.tensor([1]))
