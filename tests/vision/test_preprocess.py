from dataclasses import FrozenInstanceError, replace

import jaxtyping
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import VisionError
from leyden.vision import Preprocess

HALF = (0.5, 0.5, 0.5)


@pytest.fixture
def prep():
    return Preprocess(8, mean=HALF, std=(0.25, 0.5, 1.0))


def test_the_centre_is_kept_and_the_margin_dropped(prep):
    image = torch.zeros(3, 16, 24)
    image[:, 1:15, 5:19] = 1.0  # 14 = int(16 * 0.875) pixels a side, centred
    torch.testing.assert_close(prep.invert(prep(image)), torch.ones(3, 8, 8))
    image[:, 14, 18] = 0.0
    assert prep.invert(prep(image))[:, 7, 7].amax() < 0.9  # the last place that is kept


def test_a_square_of_the_right_size_is_only_normalised():
    prep = Preprocess(8, mean=HALF, std=(0.25, 0.5, 1.0), crop=1.0)
    image = torch.rand(3, 8, 8)
    expected = (image - 0.5) / torch.tensor([0.25, 0.5, 1.0])[:, None, None]
    torch.testing.assert_close(prep(image), expected)
    torch.testing.assert_close(prep.normalise(image), expected)


def test_shrinking_averages_fine_stripes_away(prep):
    stripes = (torch.arange(128) % 2).float().expand(3, 128, 128)
    torch.testing.assert_close(prep.invert(prep(stripes)), torch.full((3, 8, 8), 0.5), atol=0.02, rtol=0)


def test_bytes_and_floats_give_the_same(prep):
    image = torch.randint(0, 256, (3, 20, 30), dtype=torch.uint8)
    torch.testing.assert_close(prep(image), prep(image.double() / 255).float())
    torch.testing.assert_close(prep.normalise(image), prep.normalise(image.float() / 255))


def test_single_precision_is_off_by_its_rounding_alone():
    prep = Preprocess(224, mean=HALF, std=HALF)
    image = torch.rand(3, 300, 451, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(prep(image).double(), prep(image.double()), atol=5e-7, rtol=0)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_floating_type_is_kept(prep, dtype):
    image = torch.rand(3, 20, 30)
    prepared = prep(image.to(dtype))
    assert prepared.dtype == dtype
    torch.testing.assert_close(prepared.float(), prep(image), atol=0.05, rtol=0.05)


def test_grey_is_repeated(prep):
    grey = torch.rand(1, 9, 9)
    assert torch.equal(prep(grey), prep(grey.expand(3, -1, -1)))
    assert torch.equal(prep.normalise(grey), prep.normalise(grey.expand(3, -1, -1)))


def test_one_channel_network_takes_one_channel():
    prep = Preprocess(8, mean=(0.5,), std=(0.5,))
    assert prep.channels == 1
    assert prep(torch.rand(1, 10, 10)).shape == (1, 8, 8)
    with pytest.raises(VisionError, match=r"expected 1 channels, got shape \(3, 10, 10\)"):
        prep(torch.rand(3, 10, 10))


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 12), st.floats(0.01, 1.0))
def test_any_size_becomes_the_square_within_range(height, width, size, crop):
    prep = Preprocess(size, mean=HALF, std=HALF, crop=crop)
    image = torch.randint(0, 256, (3, height, width), dtype=torch.uint8)
    before = image.clone()
    prepared = prep(image)
    assert prepared.shape == (3, size, size)
    assert prepared.abs().amax() <= 1.0 + 1e-6
    assert torch.equal(image, before)


def test_invert_undoes_normalise_on_batches(prep):
    images = torch.rand(2, 5, 3, 4, 6)
    torch.testing.assert_close(prep.invert(prep.normalise(images)), images)


def test_a_faint_overshoot_is_clamped_not_refused(prep):
    shown = prep.invert(prep(torch.full((3, 8, 8), 1.05)))
    assert torch.equal(shown, torch.ones(3, 8, 8))


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (torch.rand(2, 3, 8, 8), "got 4 axes; prepare a batch image by image"),
        (torch.rand(8, 8), "got 2 axes"),
        (torch.rand(8, 8, 3), r"expected 3 \(or 1, repeated\) channels.*image.permute\(2, 0, 1\)"),
        (torch.rand(4, 8, 8), r"got shape \(4, 8, 8\)$"),
        (torch.rand(3, 0, 8), "it is empty"),
        (torch.ones(3, 8, 8, dtype=torch.int64), "uint8 or floating point, got torch.int64"),
        (torch.ones(3, 8, 8, dtype=torch.bool), "got torch.bool"),
        (torch.full((3, 8, 8), 255.0), r"\[0, 1\], got 255 to 255; scale it first"),
        (torch.full((3, 8, 8), -1.0), "got -1 to -1"),
        (torch.full((3, 8, 8), torch.nan), "got nan to nan"),
    ],
)
def test_what_is_no_picture_is_named(prep, image, said):
    with pytest.raises(VisionError, match=said):
        prep(image)


def test_all_faults_are_named_at_once(prep):
    with pytest.raises(VisionError, match=r"channels.*uint8 or floating"):
        prep(torch.ones(4, 8, 8, dtype=torch.int32))


def test_an_array_is_refused_with_the_way_out(prep):
    jaxtyping.config.update("jaxtyping_disable", True)  # as users run it: without checked annotations
    try:
        with pytest.raises(VisionError, match=r"got ndarray; .*torch.from_numpy\(array\).permute\(2, 0, 1\)"):
            prep(np.zeros((8, 8, 3), np.uint8))
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)


@pytest.mark.parametrize("way", ["normalise", "invert"])
@pytest.mark.parametrize("shape", [(2, 8, 8), (3, 8)])
def test_wrong_channels_are_refused_for_ready_pictures_too(prep, way, shape):
    with pytest.raises(VisionError, match=r"expected \(..., 3, y, x\), got \("):
        getattr(prep, way)(torch.rand(shape))


def test_all_faults_of_construction_are_named_at_once():
    with pytest.raises(VisionError, match=r"size.*not 0; mean and std.*3 and 1; std must be positive.*; crop.*not 1.5"):
        Preprocess(0, mean=HALF, std=(0.0,), crop=1.5)
    with pytest.raises(VisionError, match="mean must be finite"):
        Preprocess(8, mean=(float("nan"),), std=(1.0,))


def test_it_is_a_frozen_value(prep):
    assert replace(prep, size=64)(torch.rand(3, 70, 70)).shape == (3, 64, 64)
    assert prep == Preprocess(8, mean=HALF, std=(0.25, 0.5, 1.0))
    assert repr(prep) == "Preprocess(size=8, mean=(0.5, 0.5, 0.5), std=(0.25, 0.5, 1.0), crop=0.875)"
    with pytest.raises(FrozenInstanceError):
        prep.size = 3
