import numpy as np
import pytest
import torch
from scipy import ndimage

from leyden.augment.blur.rank import MedianBlur
from leyden.errors import DrawError
from leyden.items import Image


def run(transform, data):
    return transform(torch.Generator(), Image(data)).data


@pytest.mark.parametrize("kind", [torch.float16, torch.float32, torch.float64])
@pytest.mark.parametrize("size", [(9, 12), (3, 9, 12), (1, 7), (1, 1)])
@pytest.mark.parametrize("side", [3, 5])
def test_medians_are_those_of_scipy_slice_by_slice(kind, size, side):
    data = torch.randn(2, *size).to(kind)
    result = run(MedianBlur(side), data)
    assert result.dtype == kind
    slices, results = data.double().flatten(0, -3).numpy(), result.flatten(0, -3)
    for plane, blurred in zip(slices, results, strict=True):
        np.testing.assert_array_equal(blurred.double(), ndimage.median_filter(plane, side, mode="nearest"))


def test_scattered_pixels_vanish_and_edges_stay():
    data = torch.zeros(1, 20, 20)
    data[..., 10:] = 1
    clean = data.clone()
    data[0, 5, 5], data[0, 12, 15] = 1, 0
    assert torch.equal(run(MedianBlur(), data), clean)


def test_bad_sizes_are_refused_and_words_are_given(unchecked):
    with pytest.raises(DrawError, match="a size of 3 or 5 pixels"):
        MedianBlur(4)
    assert MedianBlur(5).plan() == "1.) median of 5 x 5"
