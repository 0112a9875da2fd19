import base64
import io
import re
import wave

import numpy as np
import pytest
import torch

from leyden.data.pipe.broken import Broken
from leyden.items import Image, Keypoints, Mask, Row
from leyden.widget.data.element import Look, first_volume, parts_of, value_span, window_of


def names(element, **look):
    return [part.name for part in parts_of(element, Look(**look))]


def test_an_image_with_mask_and_points_is_one_picture_with_a_legend():
    image = Image(torch.rand(3, 20, 30))
    mask = torch.zeros(20, 30, dtype=torch.int64)
    mask[:5] = 1
    mask[5:10] = 2
    points = Keypoints(torch.tensor([[3.0, 4.0]]), (20, 30))
    look = Look(regions={1: "liver"})
    (part,) = parts_of((image, Mask(mask), points), look)
    assert part.words.endswith("field 1 over it, field 2 over it")
    assert "liver 25.00%" in part.html
    assert "2 25.00%" in part.html
    assert len(part.pictures) == 1
    (bare,) = parts_of((image, Mask(mask), points), Look(overlay=False))
    assert bare.pictures[0][1] != part.pictures[0][1]
    assert bare.html == ""


def test_a_mask_without_its_image_stands_alone():
    assert names({"image": torch.rand(3, 20, 30), "mask": Mask(torch.ones(9, 9).int())}) == ["image", "mask"]
    assert len(parts_of(Mask(torch.ones(9, 9, 9).int()), Look())[0].pictures) == 3
    assert len(parts_of(Keypoints(torch.zeros(1, 2), (9, 9)), Look())[0].pictures) == 1


def test_a_volume_is_three_slices_and_follows_place_and_window(scan):
    volume, values = parts_of(scan, Look(classes=("healthy", "ill")))
    assert len(volume.pictures) == 3
    assert volume.words == "1 x 12 x 16 x 20, float32, -1000 to 200, lesion over it, tip over it"
    assert values.text == ("age  61", "label  ill (1)")
    moved = parts_of(scan, Look(place=(3, 8, 10)))[0]
    assert moved.pictures[0] != volume.pictures[0]
    narrow = parts_of(scan, Look(window=(0.0, 150.0)))[0]
    assert narrow.pictures[0] != volume.pictures[0]
    assert first_volume(scan, Look()) == (12, 16, 20)
    assert value_span(scan, Look()) == (-1000.0, 200.0)
    assert window_of(scan, Look(window=(0.0, 1.5))) == (0.0, 1.5)


def test_pictures_of_bytes_have_no_window():
    element = (torch.zeros(3, 9, 9, dtype=torch.uint8), 1)
    assert (value_span(element, Look()), window_of(element, Look()), first_volume(element, Look())) == (None,) * 3


def test_sound_is_a_picture_and_can_be_heard():
    tone = torch.sin(torch.arange(4000) / 5)
    part, rate = parts_of({"audio": {"array": tone, "sampling_rate": 8000}}, Look())
    assert part.words.endswith("0.5 s at 8000 a second")
    data = re.search(r"base64,([^\"]+)", part.html)[1]
    with wave.open(io.BytesIO(base64.b64decode(data))) as heard:
        assert (heard.getframerate(), heard.getnframes(), heard.getnchannels()) == (8000, 4000, 1)
        samples = np.frombuffer(heard.readframes(4000), np.int16) / 32767
    assert np.allclose(samples, tone.numpy(), atol=1e-4)
    assert rate.text == ("audio.sampling_rate  8000",)


def test_only_the_start_of_a_long_sound_is_sent():
    (part,) = parts_of(torch.zeros(1, 40_000), Look(rate=1000.0))
    assert "the first 20 s" in part.html
    with wave.open(io.BytesIO(base64.b64decode(re.search(r"base64,([^\"]+)", part.html)[1]))) as heard:
        assert heard.getnframes() == 20_000


@pytest.mark.parametrize(
    ("element", "told"),
    [
        (torch.rand(200), "200, float32"),
        (torch.tensor([1.0, 2.0]), "2, float32, 1 to 2"),
        (torch.rand(4, 5), "4 x 5, float32"),
        (torch.rand(8, 3, 16, 16), "8 x 3 x 16 x 16"),
        (torch.zeros(0), "0, float32"),
        (np.zeros((2, 3), bool), "2 x 3, bool"),
    ],
)
def test_other_tensors_are_drawn_with_shape_type_and_range(element, told):
    (part,) = parts_of(element, Look())
    assert part.words.startswith(told)
    assert part.pictures[0][1].startswith(b"\x89PNG")


def test_rows_texts_and_objects_are_told_in_words():
    (row,) = parts_of(Row({"age": 31, "town": "Leiden <b>", "income": None, "score": 0.123456789}), Look())
    assert row.text == ("age  31", "town  Leiden <b>", "income  missing", "score  0.123457")
    assert "Leiden &lt;b&gt;" in row.html
    (text,) = parts_of("<i>word</i> " * 600, Look())
    assert "the first 4,000" in text.words
    assert "<i>" not in text.html
    assert text.lines()[0] == text.words
    (thing,) = parts_of([object] * 99, Look())
    assert len(thing.text[0]) < 250


def test_a_broken_element_says_why():
    (part,) = parts_of(Broken(3, "<x> is cut short"), Look())
    assert "&lt;x&gt; is cut short" in part.html
    assert part.text == ("<x> is cut short",)
    assert (first_volume(Broken(3, ""), Look()), window_of(Broken(3, ""), Look())) == (None, None)
