import torch

from leyden.onnx.ops.table.maps import cast_map, dict_vectorizer, zip_map


def test_each_row_is_a_dictionary():
    rows = zip_map(torch.tensor([[0.25, 0.75], [1.0, 0.0]]), classlabels_int64s=(7, 8))
    assert [{key: value.item() for key, value in row.items()} for row in rows] == [{7: 0.25, 8: 0.75}, {7: 1, 8: 0}]


def test_values_come_in_the_order_of_the_vocabulary():
    assert dict_vectorizer({"b": 2.0, "a": 1.0}, string_vocabulary=("a", "z", "b")).tolist() == [[1, 0, 2]]


def test_texts_stay_texts():
    assert dict_vectorizer({1: "x"}, int64_vocabulary=(0, 1)).tolist() == [["", "x"]]


def test_what_a_row_gives_can_be_put_together_again():
    [row] = zip_map(torch.tensor([[0.25, 0.75]]), classlabels_strings=("a", "b"))
    assert dict_vectorizer(row, string_vocabulary=("b", "a")).tolist() == [[0.75, 0.25]]


def test_a_dictionary_is_a_row_in_the_order_of_its_keys():
    assert cast_map({5: 1.0, 2: 3.0}).tolist() == [[3, 1]]


def test_a_sparse_one_has_each_value_at_its_key():
    assert cast_map({2: 3.9}, map_form="SPARSE", max_map=4, cast_to="TO_INT64").tolist() == [[0, 0, 3, 0]]


def test_values_may_become_texts():
    assert cast_map({0: 3}, cast_to="TO_STRING").tolist() == [["3"]]
