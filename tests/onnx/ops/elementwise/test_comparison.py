"""Comparisons in every type, what is no number, and choices."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from leyden.onnx.ops.elementwise import comparison

NUMBERS = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float16", "float32", "float64")
PAIRS = [
    (comparison.equal, np.equal), (comparison.greater, np.greater), (comparison.greater_or_equal, np.greater_equal),
    (comparison.less, np.less), (comparison.less_or_equal, np.less_equal),
]  # fmt: skip
IDS = [ours.__name__ for ours, _ in PAIRS]
EIGHTS = (torch.float8_e4m3fn, torch.float8_e4m3fnuz, torch.float8_e5m2, torch.float8_e5m2fnuz)


def samples(name: str) -> np.ndarray:
    limits = np.iinfo(name) if "int" in name else np.finfo(name)
    return np.array([limits.min, limits.max, 0, 1, 5], dtype=name)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=IDS)
def test_comparisons_are_those_of_numpy(ours: Callable, theirs: Callable, name: str):
    a = samples(name)
    tensor = torch.from_numpy(a)
    assert np.array_equal(ours(tensor[:, None], tensor).numpy(), theirs(a[:, None], a))


@pytest.mark.parametrize("name", ["uint64", "int64", "float32"])
@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=IDS)
def test_a_python_number_may_stand_on_either_side(ours: Callable, theirs: Callable, name: str):
    a = samples(name)
    middle = a[1] // 2
    assert np.array_equal(ours(torch.from_numpy(a), middle.item()).numpy(), theirs(a, middle))
    assert np.array_equal(ours(middle.item(), torch.from_numpy(a)).numpy(), theirs(middle, a))


def test_texts_are_equal_letter_by_letter():
    texts = np.array([["a"], ["b"]], dtype=object)
    assert comparison.equal(texts, np.array(["a", "B"], dtype=object)).tolist() == [[True, False], [False, False]]
    assert comparison.equal(texts, "b").tolist() == [[False], [True]]


@pytest.mark.parametrize("dtype", [*EIGHTS, torch.float16, torch.bfloat16, torch.float64])
def test_what_is_no_number_is_found_in_every_type(dtype: torch.dtype):
    assert comparison.is_nan(torch.tensor([1.0, float("nan")]).to(dtype)).tolist() == [False, True]


@pytest.mark.parametrize("dtype", [torch.float8_e5m2, torch.float16, torch.bfloat16, torch.float32])
@pytest.mark.parametrize("negative", [0, 1])
@pytest.mark.parametrize("positive", [0, 1])
def test_infinities_of_the_asked_sign_are_found(dtype: torch.dtype, negative: int, positive: int):
    x = torch.tensor([float("-inf"), 0.0, float("inf"), float("nan")]).to(dtype)
    found = comparison.is_inf(x, detect_negative=negative, detect_positive=positive)
    assert found.tolist() == [bool(negative), False, bool(positive), False]


def test_a_type_without_infinities_has_none():
    assert not comparison.is_inf(torch.tensor([448.0, float("nan")]).to(torch.float8_e4m3fn)).any()


@pytest.mark.parametrize("name", NUMBERS)
def test_choices_keep_the_type(name: str):
    a = torch.from_numpy(samples(name))
    assert torch.equal(comparison.where(torch.tensor([True, False, True, True, True]), a, a[:1]), a[[0, 0, 2, 3, 4]])


def test_two_numbers_are_chosen_between_in_the_type_that_the_file_says():
    chosen = comparison.where(torch.tensor([True, False]), 1.0, 0.0, output_types=(11,))
    assert torch.equal(chosen, torch.tensor([1.0, 0.0], dtype=torch.float64))


def test_one_truth_value_chooses_all():
    assert comparison.where(True, torch.tensor([1, 2]), 0).tolist() == [1, 2]


def test_texts_are_chosen():
    chosen = comparison.where(torch.tensor([True, False]), np.array(["a", "b"], dtype=object), "z")
    assert chosen.tolist() == ["a", "z"]


@pytest.mark.parametrize("value", [[torch.ones(1)], None, torch.ones(2)], ids=["sequence", "nothing", "tensor"])
def test_anything_is_identical_to_itself(value: object):
    assert comparison.identity(value) is value
