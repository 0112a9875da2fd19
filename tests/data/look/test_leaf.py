from collections import namedtuple

import numpy as np
import pytest
import torch

from leyden.data.look.leaf import fields_of, grid_of, kinds_of, label_in, rate_in, tensor_of
from leyden.data.volume import Volume
from leyden.items import Image, Keypoints, Label, Mask, Row

KINDS = {
    "image": [
        torch.zeros(3, 32, 32, dtype=torch.uint8),
        torch.zeros(1, 20, 30),
        np.zeros((40, 50, 3), np.uint8),
        np.zeros((10, 12), ">f4"),
        torch.zeros(20, 30, dtype=torch.uint8),
        torch.zeros(3, 9, 9, dtype=torch.bfloat16),
        Image(torch.zeros(1, 2, 2)),
    ],
    "volume": [
        torch.zeros(1, 20, 30, 40),
        torch.zeros(2, 41, 42, 43),
        torch.zeros(40, 64, 64, dtype=torch.int16),
        Image(torch.zeros(1, 2, 2, 2)),
        Volume(torch.zeros(9, 9, 9), (1.0, 1.0, 1.0), torch.eye(4)),
    ],
    "mask": [
        torch.zeros(20, 30, dtype=torch.int64), torch.zeros(20, 30, dtype=torch.bool), Mask(torch.zeros(2, 2, 2).int())
    ],
    "tensor": [
        torch.zeros(16), torch.zeros(4, 5), torch.zeros(8, 3, 32, 32), torch.zeros(4, 3, 32, 32), torch.zeros(3, 0, 5)
    ],
    "number": [1, 2.5, True, np.float32(3), torch.tensor(4), np.array(5)],
    "text": ["word"],
    "label": [Label(2)],
    "points": [Keypoints(torch.zeros(1, 2), (4, 4))],
    "missing": [None],
    "other": [
        b"bytes", object(), [1.0] * 100, np.datetime64("2020-01-01"), torch.zeros(2, dtype=torch.complex64),
        np.array(["a"]),
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_by_itself_is_of_the_kind_that_its_type_and_shape_say(kind):
    for value in KINDS[kind]:
        assert kinds_of({"value": value}) == {"value": kind}, value


def test_fields_are_named_by_how_one_gets_to_them_and_rows_are_opened():
    pair = namedtuple("pair", "left right")
    element = {"a": (1, [2, 3]), "b": pair(4, Row({"age": 5})), "c": {}}
    assert fields_of(element) == {"a.0": 1, "a.1.0": 2, "a.1.1": 3, "b.left": 4, "b.right.age": 5, "c": {}}
    assert fields_of(7) == {"element": 7}
    assert list(fields_of([0.0] * 65)) == ["element"]


def test_whole_numbers_on_the_grid_of_an_image_before_them_are_its_mask():
    image, regions = torch.zeros(3, 32, 32), torch.zeros(32, 32, dtype=torch.uint8)
    assert kinds_of(fields_of((image, regions))) == {"0": "image", "1": "mask"}
    assert kinds_of(fields_of((regions, image))) == {"0": "image", "1": "image"}
    assert kinds_of(fields_of((image, regions[:30]))) == {"0": "image", "1": "image"}
    volume = torch.zeros(1, 9, 32, 32)
    assert kinds_of(fields_of((volume, torch.zeros(9, 32, 32, dtype=torch.uint8)))) == {"0": "volume", "1": "mask"}


def test_many_grey_values_are_a_second_image_unless_it_is_called_a_mask():
    before = torch.arange(1024).remainder(256).to(torch.uint8).reshape(1, 32, 32)
    assert kinds_of({"0": before, "1": before}) == {"0": "image", "1": "image"}
    assert kinds_of({"image": before, "mask": before}) == {"image": "image", "mask": "mask"}


def test_numbers_over_time_beside_a_rate_are_sound():
    wave = torch.zeros(2, 16000)
    nested = fields_of({"audio": {"array": np.zeros(16000), "sampling_rate": 16000}})
    assert kinds_of(nested)["audio.array"] == "sound"
    assert rate_in(nested) == 16000
    assert kinds_of({"wave": wave}) == {"wave": "tensor"}
    assert kinds_of({"wave": wave}, rate=8000) == {"wave": "sound"}
    assert kinds_of({"wave": wave[:, :0]}, rate=8000) == {"wave": "tensor"}


def test_what_is_called_so_or_ends_a_pair_is_a_label():
    assert kinds_of({"0": "words", "1": "cat"})["1"] == "label"
    assert kinds_of({"0": 1.0, "1": 2.5})["1"] == "number"
    assert kinds_of({"text": "a", "target": np.int64(1), "n": 3}) == {"text": "text", "target": "label", "n": "number"}
    assert kinds_of({"0": 1, "1": 2, "2": 3})["1"] == "number"


def test_what_the_user_knows_better_counts():
    assert kinds_of({"x": torch.zeros(16)}, given={"x": "sound"}) == {"x": "sound"}


@pytest.mark.parametrize("value", [1, torch.tensor(1), torch.tensor([1]), np.array(1), np.int64(1), Label(1)])
def test_a_label_is_told_by_the_name_of_its_class(value):
    assert label_in({"y": value}, {"y": "label"}, classes=("a", "b")) == "b"
    assert label_in({"y": value}, {"y": "label"}) == "1"


def test_a_label_in_words_or_beyond_the_classes_stays_as_it_is():
    assert label_in({"y": "cat"}, {"y": "label"}, classes=("a",)) == "cat"
    assert label_in({"y": 7}, {"y": "label"}, classes=("a",)) == "7"
    assert label_in({"y": Label(0, ("own",))}, {"y": "label"}, classes=("a",)) == "own"
    assert label_in({"x": 1, "y": 0}, {"x": "number", "y": "label"}, field="x", classes=("a", "b")) == "b"
    assert label_in({"x": 1}, {"x": "number"}) is None


def test_arrays_of_any_byte_order_and_stride_become_tensors():
    flipped = np.arange(6, dtype=">i2").reshape(2, 3)[::-1]
    assert tensor_of(flipped).tolist() == [[3, 4, 5], [0, 1, 2]]
    assert tensor_of("text") is None
    assert tensor_of(np.array(["a"])) is None
    read_only = np.zeros(3)
    read_only.setflags(write=False)
    assert tensor_of(read_only).tolist() == [0, 0, 0]


def test_a_grid_leaves_the_channels_out():
    assert grid_of(torch.zeros(3, 4, 5)) == grid_of(np.zeros((4, 5))) == grid_of(Image(torch.zeros(7, 4, 5))) == (4, 5)
    assert grid_of(np.zeros((40, 50, 3))) == (40, 50)
    assert grid_of(torch.zeros(1, 4, 5, 6)) == (4, 5, 6)
    assert grid_of(torch.zeros(5, 5, 6)) == (5, 5, 6)


def test_sparse_numbers_are_read_as_they_stand_and_those_without_values_are_none():
    assert torch.equal(tensor_of(torch.eye(2).to_sparse()), torch.eye(2))
    assert tensor_of(torch.empty(2, device="meta")) is None
