import io

import numpy as np
import pytest
import torch
from PIL import Image as Pillow

from leyden import assets, data
from leyden.data.look.print import content, looks, main_field, shades
from leyden.items import Image, Keypoints, Label


@pytest.fixture(scope="module")
def cat():
    return data.read_image(assets.read("photos", "chelsea.png"))[:, 40:240, 100:300]


def apart(one, other):
    return (looks(one)[0] ^ looks(other)[0]).bit_count()


def resaved(picture, **how):
    file = io.BytesIO()
    Pillow.fromarray(picture.permute(1, 2, 0).numpy()).save(file, **how)
    return data.read_image(file.getvalue())


def test_a_picture_saved_again_shrunk_or_lightened_differs_in_few_bits(cat):
    assert apart(cat, resaved(cat, format="JPEG", quality=40)) <= 8
    assert apart(cat, cat[:, ::2, ::2]) <= 8
    assert apart(cat, (cat * 1.1).clamp(0, 255).to(torch.uint8)) <= 8
    assert apart(cat, cat / 255) <= 1
    assert apart(cat, Image(cat / 255)) <= 1
    assert apart(cat, cat.permute(1, 2, 0).numpy()) == 0


def test_another_picture_and_a_mirrored_one_differ_in_many(cat):
    assert apart(cat, cat.flip(-1)) > 16
    assert apart(cat, data.read_image(assets.read("photos", "coffee.png"))) > 16


def test_a_picture_too_even_to_compare_has_no_looks():
    assert looks(torch.full((3, 40, 40), 7, dtype=torch.uint8)) is None
    assert looks(torch.zeros(1, 8, 8)) is None


def test_content_tells_types_shapes_values_and_names_apart():
    block = torch.arange(6, dtype=torch.int16)
    different = [
        {"x": block}, {"x": block.reshape(2, 3)}, {"x": block.int()}, {"x": block + 1}, {"y": block}, {"x": "word"},
        {"x": b"word"}, {"x": 1}, {"x": 1.0}, {"x": True}, {"x": None}, {"x": Label(1)}, {"x": torch.zeros(0)},
        {"x": Image(torch.zeros(1, 2, 2))}, {"x": torch.zeros(1, 2, 2)}, {"x": Keypoints(torch.zeros(1, 2), (3, 3))},
        {"x": Keypoints(torch.zeros(1, 2), (4, 4))}, {"x": torch.zeros(2, dtype=torch.bool)},
    ]  # fmt: skip
    assert len({content(fields) for fields in different}) == len(different)
    assert content({"x": block.reshape(2, 3).t()}) == content({"x": block.reshape(2, 3).t().contiguous()})
    assert content({"x": block.numpy()}) == content({"x": block})


def test_what_an_element_is_about():
    assert main_field({}, {"a": "label", "b": "image", "c": "volume"}) == "b"
    assert main_field({}, {"0": "text", "1": "label"}) == "0"
    assert main_field({}, {"town": "text", "age": "number"}) is None


def test_bytes_stay_and_other_ranges_are_stretched():
    grey = torch.tensor([[0, 10], [20, 30]])
    assert shades(grey.to(torch.uint8)[None]).tolist() == grey.tolist()
    assert shades(grey.float()[None] / 30).tolist() == [[0, 85], [170, 255]]
    assert shades(grey[None] * 100 - 1000).tolist() == [[0, 85], [170, 255]]
    assert shades(torch.tensor([[[float("nan"), -1.0], [float("inf"), 1.0]]])).tolist() == [[0, 0], [255, 255]]
    assert shades(torch.zeros(1, 2, 2) + float("nan")).tolist() == [[0, 0], [0, 0]]


def test_colours_stay_and_of_other_channels_the_first_counts():
    block = torch.arange(4 * 9 * 9).remainder(256).to(torch.uint8).reshape(4, 9, 9)
    assert np.array_equal(shades(block[:3]), block[:3].permute(1, 2, 0))
    assert np.array_equal(shades(block), block[:3].permute(1, 2, 0))
    assert np.array_equal(shades(block[:2]), block[0])
    assert shades(block.permute(1, 2, 0).numpy()).shape == (9, 9, 3)


def test_a_single_number_of_any_stride_has_the_print_of_its_value():
    assert content({"x": torch.arange(10)[::3][:1]}) == content({"x": torch.tensor([0])})
