"""The mel scale, against loops."""

import math

import numpy as np
import pytest
import torch

from leyden.onnx.ops.signal.mel import mel_weight_matrix


def triangles(bands: int, length: int, rate: int, lower: float, upper: float) -> np.ndarray:
    first, last = (2595 * math.log10(1 + edge / 700) for edge in (lower, upper))
    pitches = [first + i * (last - first) / (bands + 2) for i in range(bands + 2)]
    edges = [int((length + 1) * 700 * (10 ** (pitch / 2595) - 1) // rate) for pitch in pitches]
    out = np.zeros((length // 2 + 1, bands))
    for band, (left, centre, right) in enumerate(zip(edges, edges[1:], edges[2:], strict=False)):
        for row in range(left, centre + 1):
            out[row, band] = 1 if left == centre else (row - left) / (centre - left)
        for row in range(centre, right):
            out[row, band] = (right - row) / (right - centre)
    return out


@pytest.mark.parametrize(("bands", "length"), [(8, 16), (40, 512), (80, 400)])
def test_bands_are_triangles(bands: int, length: int) -> None:
    out = mel_weight_matrix(bands, length, 16000, 60.0, 7600.0)
    np.testing.assert_allclose(out.numpy(), triangles(bands, length, 16000, 60.0, 7600.0), atol=1e-6)


def test_settings_may_have_an_axis_and_the_type_is_what_was_asked_for() -> None:
    out = mel_weight_matrix((4,), (16,), (8192,), (0.0,), (4096.0,), output_datatype=11)
    assert out.dtype == torch.float64
    assert out.shape == (9, 4)
