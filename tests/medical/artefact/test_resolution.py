import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from leyden.augment import Draw, Step
from leyden.errors import DrawError
from leyden.items import Image
from leyden.medical import Anisotropy, Gibbs


def applied(transform, numbers, data):
    return Draw(tuple(data.shape[1:]), (Step(transform, numbers),))(Image(data)).data


@pytest.mark.parametrize("size", [(16, 12), (15, 9), (8, 10, 6), (7, 9, 5), (1, 6)])
@pytest.mark.parametrize("kept", [0.3, 0.5, 0.99])
def test_k_space_is_cut_along_every_axis(size, kept):
    data = torch.rand(1, *size, dtype=torch.float64)
    axes = tuple(range(len(size)))
    space = np.fft.fftn(data[0].numpy(), axes=axes)
    for axis, count in enumerate(size):
        frequency = np.abs(np.fft.fftfreq(count) * count).round()
        outside = frequency > int(kept * (count // 2))
        np.moveaxis(space, axis, 0)[outside] = 0
    expected = np.fft.ifftn(space, axes=axes)
    assert np.abs(expected.imag).max() < 1e-12
    assert np.allclose(applied(Gibbs(), (kept,), data)[0].numpy(), expected.real)


@given(kept=st.floats(0.05, 1))
def test_cutting_keeps_the_mean_never_adds_energy_and_twice_is_once(kept):
    data = torch.rand(2, 9, 8, dtype=torch.float64)
    once = applied(Gibbs(), (kept,), data)
    assert (once.square().sum() <= data.square().sum() + 1e-9).all()
    torch.testing.assert_close(once.flatten(1).mean(1), data.flatten(1).mean(1))
    torch.testing.assert_close(applied(Gibbs(), (kept,), once), once)


def test_an_edge_overshoots_by_nine_per_cent_as_gibbs_found():
    data = torch.zeros(1, 256, 4, dtype=torch.float64)
    data[:, 64:192] = 1
    assert abs(applied(Gibbs(), (0.25,), data).max() - 1.09) < 0.01


def test_slices_are_averages_interpolated_between_their_middles():
    data = torch.tensor([[[0.0, 2.0, 4.0, 6.0, 1.0, 3.0]]]).double()
    # three slices of two pixels: 1, 5, 2, in the middles 0.5, 2.5, 4.5
    expected = torch.tensor([[[1.0, 2.0, 4.0, 4.25, 2.75, 2.0]]]).double()
    torch.testing.assert_close(applied(Anisotropy(), (1.0, 2.0), data), expected)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_slices_that_cut_pixels_in_two_average_them_in_shares(axis):
    data = torch.rand(2, 10, 10, 10, dtype=torch.float64)
    changed = applied(Anisotropy(), (float(axis), 2.5), data)
    line = data.movedim(axis + 1, -1).reshape(-1, 10)[7].numpy()
    fine = np.repeat(line, 2).reshape(4, 5).mean(1)
    places = (np.arange(10) + 0.5) / 2.5 - 0.5
    expected = ndimage.map_coordinates(fine, [places], order=1, mode="nearest")
    assert np.allclose(changed.movedim(axis + 1, -1).reshape(-1, 10)[7].numpy(), expected)


@given(factor=st.floats(1, 20), count=st.integers(1, 30))
def test_no_value_leaves_the_range_and_a_constant_stays(factor, count):
    data = torch.rand(1, count, 3, dtype=torch.float64)
    changed = applied(Anisotropy(), (0.0, factor), data)
    assert data.min() - 1e-9 <= changed.min()
    assert changed.max() <= data.max() + 1e-9
    torch.testing.assert_close(applied(Anisotropy(), (0.0, factor), torch.ones_like(data)), torch.ones_like(data))


def test_faults_are_told():
    for kept in ((0.0, 0.5), (0.6, 0.5), (0.5, 1.1)):
        with pytest.raises(DrawError, match="0 < low <= high <= 1"):
            Gibbs(*kept)
    with pytest.raises(DrawError, match="1 <= low <= high"):
        Anisotropy(0.5, 2.0)


def test_an_unknown_axis_is_refused(unchecked):
    with pytest.raises(DrawError, match="1 <= low <= high; axis x, y, z or any"):
        Anisotropy(2, 1, axis="w")
