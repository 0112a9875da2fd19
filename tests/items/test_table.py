import pickle

import numpy as np
import pytest
import torch

import leyden as ly
from leyden.augment import Brightness, Flip
from leyden.errors import ItemError
from leyden.items import Image, Move, Row, items_of


def test_no_move_and_no_colour_changes_a_row():
    row = Row({"age": 31})
    assert row.warp(Move(((2.0, 0.0, 0.0), (0.0, 2.0, 0.0), (0.0, 0.0, 1.0)), (4, 4), (8, 8))) is row
    assert row.recolour(torch.neg) is row
    assert row.size is None


def test_augmentation_passes_a_row_on_beside_the_image_that_it_changes():
    row, image = Row({"age": 31}), Image(torch.rand(3, 4, 4))
    sample = {"image": image, "row": row}
    for move in (Flip("x"), Brightness((0.5, 0.6))):
        changed = move.draw(torch.Generator().manual_seed(0), sample)(sample)
        assert changed["row"] is row
        assert changed["image"] != image
    assert items_of(sample) == [image, row]


def test_a_batch_of_rows_is_a_plain_dict_of_columns():
    rows = [Row({"age": 31, "name": "Ada", "dose": 0.5}), Row({"age": 40, "name": "Bo", "dose": 1.0})]
    (ages,) = {tuple(batch["age"].tolist()) for batch in rows | ly.data.batch(2)}
    batch = ly.data.stack([(row, index) for index, row in enumerate(rows)])
    assert ages == (31, 40)
    assert batch[0] == {"age": ages_of(31, 40), "name": ["Ada", "Bo"], "dose": ages_of(0.5, 1.0)}


class ages_of:  # noqa: N801 - reads as a value
    def __init__(self, *values):
        self.values = torch.tensor(values)

    def __eq__(self, other):
        return torch.equal(self.values, other) and self.values.dtype == other.dtype


def test_a_table_is_read_as_rows():
    table = {"age": [31, 40], "name": ["Ada", "Bo"]}
    assert list(table | ly.data.map(Row)) == [Row({"age": 31, "name": "Ada"}), Row({"age": 40, "name": "Bo"})]


def test_rows_are_equal_by_names_values_and_their_kinds():
    tensor = torch.tensor([1.0, 2.0])
    assert Row({"a": 1, "b": tensor}) == Row({"a": 1, "b": tensor.clone()})
    assert Row({"a": np.zeros(2)}) == Row({"a": np.zeros(2)})
    assert hash(Row({"a": 1, "b": tensor})) == hash(Row({"a": 1, "b": tensor.clone()}))
    for other in (
        Row({"a": 1.0, "b": tensor}),
        Row({"b": tensor, "a": 1}),
        Row({"a": 1}),
        Row({"a": 1, "b": tensor.int()}),
    ):
        assert Row({"a": 1, "b": tensor}) != other
    assert Row({"a": 1}) != {"a": 1}


def test_a_row_does_not_change_with_the_dict_it_was_made_of():
    values = {"age": 31}
    row = Row(values)
    values["age"] = 0
    assert row["age"] == 31
    assert row.replace({"age": 5, "new": None}) == Row({"age": 5, "new": None})
    assert row == Row({"age": 31})


def test_a_row_is_pickled_and_moved_as_what_it_is():
    row = Row({"x": torch.zeros(2), "name": "Ada"})
    assert pickle.loads(pickle.dumps(row)) == row
    moved = ly.data.move(row, "meta")
    assert (type(moved), moved["x"].device.type, moved["name"]) == (Row, "meta", "Ada")
    assert row["x"].device.type == "cpu"


def test_a_row_prints_its_values_on_one_line():
    row = Row({"age": 31, "pixels": torch.zeros(3, 4, 4), "how": object(), "dose": torch.tensor(2.0)})
    assert repr(row) == "Row({'age': 31, 'pixels': Tensor[3, 4, 4], 'how': object, 'dose': tensor(2.)})"
    assert eval(repr(Row({"age": 31, "name": None}))) == Row({"age": 31, "name": None})


def test_a_value_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(KeyError, match=r"no value 'size'; it has \['age', 'name'\]"):
        Row({"age": 31, "name": "Ada"})["size"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "wants at least one value, got none"),
        ({1: 2, "a": 3, None: 4}, r"wants words as names, got \[1, None\]"),
        ([("a", 1)], "wants values by name, got list"),
    ],
)
@pytest.mark.usefixtures("unchecked")
def test_what_is_no_row_is_refused(values, message):
    with pytest.raises(ItemError, match=message):
        Row(values)
