from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from leyden.onnx.ops.table.lookup import Lookup, category_mapper, label_encoder, one_hot_encoder

TEXTS = np.array([["a", "b"], ["z", "c"]], dtype=object)
NUMBERS = np.array([[5, 1], [0, 2]])


@pytest.mark.parametrize(
    ("settings", "x", "wanted"),
    [
        ({"keys_strings": ("a", "b"), "values_int64s": (5, 6)}, TEXTS, [[5, 6], [-1, -1]]),
        ({"keys_strings": ("a",), "values_floats": (0.5,), "default_float": 2.0}, TEXTS, [[0.5, 2], [2, 2]]),
        ({"keys_int64s": (1, 5), "values_strings": ("x", "y"), "default_string": "?"}, NUMBERS,
         [["y", "x"], ["?", "?"]]),
        ({"classes_strings": ("a", "c"), "default_int64": 9}, TEXTS, [[0, 9], [9, 1]]),
        ({"classes_strings": ("a", "c", "d")}, NUMBERS, [["_Unused", "c"], ["a", "d"]]),
        ({"keys_tensor": torch.tensor([5, 2]), "values_tensor": torch.tensor([50, 20])}, NUMBERS, [[50, -1], [-1, 20]]),
        ({"keys_tensor": np.array(["a"], object), "values_tensor": torch.tensor([0.5]),
          "default_tensor": torch.tensor([7.0])}, TEXTS, [[0.5, 7], [7, 7]]),
        ({"keys_int64s": (1,), "values_tensor": np.array(["x"], dtype=object)}, NUMBERS,
         [["_Unused", "x"], ["_Unused"] * 2]),
    ],
    ids=["texts", "default", "numbers", "classes", "back", "tensors", "text tensor", "texts out"],
)  # fmt: skip
def test_keys_become_values(settings: dict[str, Any], x: np.ndarray, wanted: list[Any]):
    given = x if x.dtype == object else torch.from_numpy(x)
    assert label_encoder(settings, texts=x.dtype == object)(given).tolist() == wanted


def test_of_equal_keys_the_last_counts():
    assert Lookup(torch.tensor([3, 1, 3]), torch.tensor([1, 2, 3]), 0)(torch.tensor([3])).tolist() == [3]


def test_no_number_is_a_key_as_others_are():
    keys = torch.tensor([float("nan"), 1.0])
    assert Lookup(keys, ("none", "one"), "?")(torch.tensor([1.0, float("nan"), 2.0])).tolist() == ["one", "none", "?"]


def test_no_keys_have_no_values():
    assert Lookup(torch.tensor([]), torch.tensor([]), 7.0)(torch.tensor([1.0])).tolist() == [7]


def test_an_encoder_without_keys_is_an_error():
    with pytest.raises(ValueError, match="there are no keys"):
        label_encoder({"values_int64s": (1,)}, texts=True)


@pytest.mark.parametrize("texts", [True, False])
def test_categories_are_those_of_onnxruntime(oracle: Callable, texts: bool):
    settings = {"cats_strings": ("a", "b"), "cats_int64s": (1, 5), "default_int64": -7, "default_string": "q"}
    x = TEXTS if texts else NUMBERS
    [wanted] = oracle("CategoryMapper", settings, [7 if texts else 8], x)
    ours = category_mapper(settings, texts=texts)(x if texts else torch.from_numpy(x))
    assert ours.tolist() == wanted.tolist()


@pytest.mark.parametrize("x", [TEXTS, NUMBERS, NUMBERS.astype(np.float32)], ids=["texts", "integers", "floats"])
def test_categories_have_a_column_each(oracle: Callable, x: np.ndarray):
    texts = x.dtype == object
    settings = {"cats_strings": ("a", "b", "c")} if texts else {"cats_int64s": (5, 1, 2)}
    [wanted] = oracle("OneHotEncoder", settings, [1], x)
    assert np.array_equal(one_hot_encoder(x if texts else torch.from_numpy(x), **settings).numpy(), wanted)


def test_a_value_of_no_category_may_be_an_error():
    with pytest.raises(ValueError, match="a value of no category"):
        one_hot_encoder(torch.tensor([3]), cats_int64s=(1, 2), zeros=0)
