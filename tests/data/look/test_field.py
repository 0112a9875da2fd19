import math

import numpy as np
import torch

from leyden.data.look.field import FieldTally
from leyden.data.look.leaf import kinds_of
from leyden.items import Image


def told(*values):
    tally = FieldTally()
    for value in values:
        tally.add(kinds_of({"x": value})["x"], value)
    return tally.result(len(values))


def test_shapes_types_and_gaps_of_numbers():
    found = told(1, None, 2.5, float("nan"))
    assert (found.count, found.missing, found.low, found.high, found.mean) == (2, 2, 1.0, 2.5, 1.75)
    assert found.kinds == ("number",)
    assert set(found.types) == {"int", "float"}
    assert found.shapes == ()


def test_images_of_two_sizes_have_a_range_of_shapes_and_counted_sizes():
    found = told(torch.zeros(3, 8, 9), torch.zeros(3, 10, 9), torch.zeros(3, 8, 9))
    assert found.shapes == ((3, 3), (8, 10), (9, 9))
    assert found.sizes == (((8, 9), 2), ((10, 9), 1))
    assert found.row()[3] == "3 x 8..10 x 9"


def test_every_channel_has_its_mean_and_spread_also_where_channels_come_last():
    image = torch.stack([torch.full((8, 8), value) for value in (0.0, 0.5, 1.0)])
    for value in (image, image.permute(1, 2, 0).contiguous().numpy(), Image(image)):
        assert [mean for mean, _ in told(value).channels] == [0.0, 0.5, 1.0]
        assert math.isclose(told(value).mean, 0.5)
    assert told(torch.zeros(1, 8, 8)).channels == ()


def test_images_of_unlike_channels_are_measured_as_a_whole():
    found = told(torch.zeros(3, 8, 8), torch.ones(1, 8, 8))
    assert found.channels == ()
    assert math.isclose(found.mean, 0.25)


def test_a_field_that_changes_its_axes_has_no_shape_and_one_that_changes_its_kind_says_both():
    found = told(torch.zeros(3, 8, 8), torch.zeros(5), "word")
    assert found.shapes == ()
    assert found.kinds == ("image", "tensor", "text")
    assert found.row()[0] == "image or tensor or text"


def test_the_shape_of_a_text_is_its_length_and_nan_inside_a_tensor_is_told():
    assert told("ab", "abcd").shapes == ((2, 4),)
    found = told(np.array([1.0, np.nan, 3.0]))
    assert (found.not_finite, found.mean, found.missing) == (1, 2.0, 0)
    assert found.row()[-1] == "1 NaN or infinite"


def test_labels_and_words_have_no_mean():
    tally = FieldTally()
    tally.add("label", 3)
    assert tally.result(1).mean is None
    assert told("a").mean is None
