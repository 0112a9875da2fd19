from dataclasses import dataclass

import numpy as np
import pytest
import torch

from leyden.augment import Brightness, Flip, GaussianNoise, Linear, Rotate, Zoom
from leyden.errors import PanelError
from leyden.items import Image, Label, Mask
from leyden.medical import Scan
from leyden.widget.augment.scenery import Scenery, Style


@dataclass(frozen=True, repr=False)
class Scaled(Linear):
    """Multiplies."""

    factor: float

    def line(self, numbers):
        return (self.factor,), (0.0,)


def drawn(move, sample, count=1):
    generator = torch.Generator().manual_seed(0)
    return tuple(move.draw(generator, sample) for _ in range(count))


def test_slices_begin_where_most_of_the_labels_are(scan):
    scenery = Scenery(scan)
    style = scenery.first_style()
    assert [facing.name for facing in scenery.facings] == ["axial", "coronal", "sagittal"]
    assert (style.axis, style.places) == (0, (6, 2, 1))
    assert (scenery.labels, scenery.channels, scenery.marked) == ((2,), 1, True)
    assert Scenery(scan[0]).first_style().places == (5, 6, 7)


def test_a_style_is_changed_only_to_what_there_is(scan, sample):
    scenery = Scenery(scan)
    style = scenery.restyled(scenery.first_style(), axis="sagittal", place=13)
    assert (style.axis, style.places) == (2, (6, 2, 13))
    for given, words in (
        ({"axis": "oblique"}, "there is axial, coronal, sagittal"),
        ({"axis": 3}, "no axis 3"),
        ({"place": 10}, "there are 0 to 9"),
        ({"window": (3.0, 3.0)}, "a lower and a higher value"),
        ({"channel": 1}, "there are 0 to 0"),
    ):
        with pytest.raises(PanelError, match=words):
            scenery.restyled(scenery.first_style(), **given)
    with pytest.raises(PanelError, match="a picture has none"):
        Scenery(sample).restyled(Style(), place=0)


def test_each_channel_has_a_window_of_its_own():
    volume = torch.rand(2, 6, 8, 8)
    volume[1] *= 1000
    scenery = Scenery(Image(volume))
    style = scenery.restyled(scenery.first_style(), window=(0.2, 0.4))
    assert scenery.window(style) == (0.2, 0.4)
    other = scenery.restyled(style, channel=1)
    assert other.window is None
    assert scenery.window(other)[1] > 900
    assert scenery.channels == 2


def test_what_a_chain_normalises_is_seen_in_a_window_of_its_own(sample):
    scenery = Scenery(sample)
    plain = scenery.pair(drawn(Brightness(0.1), sample)[0], Style())
    assert [words for words, _ in plain] == ["as given", "as drawn"]
    normal = scenery.pair(drawn(Scaled(40.0) | Brightness((-20.0, -20.0)), sample)[0], Style())
    assert "in a window of its own" in normal[1][0]
    assert 60 < normal[1][1].mean() < 200


def test_the_difference_is_a_third_picture_where_there_is_one(sample):
    scenery = Scenery(sample)
    assert len(scenery.pair(drawn(Flip("x"), sample)[0], Style(difference=True))) == 3


def test_units_other_than_shares_are_shown_over_the_range_of_the_sample():
    scenery = Scenery(Image(torch.linspace(-1000, 1000, 64).reshape(1, 8, 8)))
    first = scenery.cells(drawn(Flip("x"), scenery.image), Style())[0]
    assert (int(first.min()), int(first.max())) == (0, 255)
    assert scenery.span == (-1000, 1000)


def test_what_cannot_be_shown_is_refused_at_the_door():
    with pytest.raises(PanelError, match=r"wrap a bare tensor in leyden\.items\.Image"):
        Scenery(torch.rand(3, 8, 8))
    with pytest.raises(PanelError, match=r"torch\.nan_to_num"):
        Scenery(Image(torch.full((1, 4, 4), torch.nan)))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float16, torch.float32, torch.float64])
@pytest.mark.parametrize(
    "shape", [(1, 9, 1), (2, 8, 8), (3, 1, 7), (4, 6, 5), (1, 4, 1, 6), (3, 5, 6, 7), (4, 3, 3, 3)]
)
def test_every_kind_of_image_is_shown(dtype, shape):
    image = Image((torch.rand(shape, dtype=torch.float64) * (255 if dtype == torch.uint8 else 1)).to(dtype))
    sample = (image, Mask(torch.ones(shape[1:], dtype=torch.uint8)))
    scenery = Scenery(sample)
    move = Rotate(20) | Zoom(0.9, 1.1) | Brightness(0.1)
    cells = scenery.cells(drawn(move, sample, 2), scenery.first_style())
    assert len(cells) == 3
    assert all(cell.dtype == np.uint8 and max(cell.shape) <= 168 for cell in cells)


@pytest.mark.parametrize("value", [0.0, 7.5, 1e30])
def test_constant_and_huge_values_are_shown_too(value):
    scenery = Scenery(Image(torch.full((1, 6, 6), value)))
    assert len(scenery.cells(drawn(Rotate(10), scenery.image), Style())) == 2


@pytest.fixture
def patient():
    """A scan as files give it: four modalities, codes, strings."""
    label = torch.zeros(10, 12, 14, dtype=torch.uint8)
    label[4:7, 3:6, 4:8] = 4
    data = torch.rand(4, 10, 12, 14, generator=torch.Generator().manual_seed(5)) * 1000
    data[3] += 5000
    return Scan(Image(data), Mask(label), ("t1", "t1ce", "t2", "flair"), "one")


def test_the_channels_of_a_scan_are_its_modalities(patient, sample):
    scenery = Scenery(patient)
    assert scenery.channel_names == patient.modalities
    style = scenery.restyled(scenery.first_style(), channel="flair")
    assert style.channel == 3
    assert scenery.window(style)[0] > 4000
    with pytest.raises(PanelError, match=r"no channel 'pd': there are 0 to 3, t1, t1ce, t2, flair"):
        scenery.restyled(style, channel="pd")
    assert Scenery(sample).channel_names == ("0", "1", "2")


def test_a_scan_without_label_is_shown(patient):
    scenery = Scenery(patient._replace(label=None))
    assert not scenery.marked
    assert len(scenery.pair(drawn_of(Rotate(15), patient), scenery.first_style())) == 2


@pytest.mark.parametrize(("difference", "count"), [(False, 6), (True, 9)])
def test_three_planes_show_the_sample_in_each_and_then_the_draw_in_each(patient, difference, count):
    scenery = Scenery(patient)
    style = Style(planes="three", places=(5, 4, 6), channel=3, difference=difference)
    draw = drawn_of(Rotate(15), patient)
    shown = scenery.pair(draw, style)
    assert [words.split(",")[0] for words, _ in shown[:6]] == ["as given"] * 3 + ["as drawn"] * 3
    assert len(shown) == count
    for axis in range(3):
        one = scenery.pair(draw, Style(axis=axis, places=(5, 4, 6), channel=3, difference=True))
        words = [told for told, _ in one]
        for told, pixels in shown[:6]:
            if told in words:
                assert np.array_equal(pixels, one[words.index(told)][1])


def drawn_of(move, sample):
    return move.draw(torch.Generator().manual_seed(0), sample)


def test_an_image_that_learns_is_shown_as_any_other():
    scenery = Scenery((Image(torch.rand(1, 16, 16, requires_grad=True)), Label(1)))
    assert not scenery.image.data.requires_grad
    (draw,) = drawn(GaussianNoise(0.1, 0.1), scenery.image)
    assert draw(scenery.image).data.isfinite().all()
