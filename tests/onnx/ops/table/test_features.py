from collections.abc import Callable

import numpy as np
import pytest
import torch

from leyden.onnx.ops.table.features import (
    array_feature_extractor,
    binarizer,
    feature_vectorizer,
    imputer,
    normalizer,
    scaler,
)

X = np.array([[1.0, -2.0, 0.5], [0.0, 0.0, 0.0], [-3.0, -1.0, -2.0]], dtype=np.float32)
T = torch.from_numpy(X)


@pytest.mark.parametrize("indices", [np.array([2, 0]), np.array([[1, 2]])], ids=["one axis", "a row"])
@pytest.mark.parametrize("table", [X, X[0]], ids=["rows", "row"])
def test_columns_are_taken(oracle: Callable, indices: np.ndarray, table: np.ndarray):
    [wanted] = oracle("ArrayFeatureExtractor", {}, [1], table, indices)
    assert np.array_equal(array_feature_extractor(torch.from_numpy(table), torch.from_numpy(indices)).numpy(), wanted)


def test_columns_of_texts_are_taken():
    assert array_feature_extractor(np.array([["a", "b"]], dtype=object), torch.tensor([1])).tolist() == [["b"]]


def test_what_is_at_the_threshold_is_not_over_it():
    assert binarizer(torch.tensor([0.5, 1.0]), threshold=0.5).tolist() == [0, 1]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
@pytest.mark.parametrize("wide", [1, 3])
def test_columns_are_scaled(oracle: Callable, dtype: type, wide: int):
    settings = {"offset": (0.5, 1.0, 2.0)[:wide], "scale": (2.0, 3.0, 4.0)[:wide]}
    [wanted] = oracle("Scaler", settings, [1], X.astype(dtype))
    assert np.allclose(scaler(torch.from_numpy(X.astype(dtype)), **settings).numpy(), wanted)


def test_missing_values_that_are_no_numbers_are_filled():
    gaps = torch.tensor([[1.0, float("nan")], [float("nan"), 2.0]])
    filled = imputer(gaps, imputed_value_floats=(7.0, 8.0), replaced_value_float=float("nan"))
    assert filled.tolist() == [[1, 8], [7, 2]]


def test_a_number_that_stands_for_missing_ones_is_replaced():
    assert imputer(torch.tensor([[3, 1]]), imputed_value_int64s=(9,), replaced_value_int64=3).tolist() == [[9, 1]]


def test_nothing_to_fill_in_is_an_error():
    with pytest.raises(ValueError, match=r"no values to put into a table of torch\.int64"):
        imputer(torch.tensor([[3]]), imputed_value_floats=(1.0,))


@pytest.mark.parametrize("norm", ["MAX", "L1", "L2"])
def test_rows_are_normalised(oracle: Callable, norm: str):
    [wanted] = oracle("Normalizer", {"norm": norm}, [1], X)
    assert np.allclose(normalizer(T, norm=norm).numpy(), wanted)


def test_tables_are_put_side_by_side_cut_or_filled():
    table = feature_vectorizer(torch.ones(2, 3), torch.full((2,), 5), inputdimensions=(2, 2))
    assert table.tolist() == [[1, 1, 5, 0]] * 2
