import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from leyden.augment import Draw, Step
from leyden.errors import DrawError
from leyden.items import Image
from leyden.medical import Motion
from leyden.medical.artefact.acquisition import chances


def applied(transform, numbers, data):
    return Draw(tuple(data.shape[1:]), (Step(transform, numbers),))(Image(data)).data


def blob(size):
    """A smooth bump in the middle, so that linear interpolation and borders do not matter."""
    places = torch.meshgrid(*(torch.arange(count, dtype=torch.float64) for count in size), indexing="ij")
    squares = [((place - (count - 1) / 2) / (count / 6)) ** 2 for place, count in zip(places, size, strict=True)]
    return torch.exp(-sum(squares))[None]


def segments(times, length):
    step = 1 / (len(times) + 1)
    moments = [int(length * step * (i + 0.3 * (2 * time - 1))) for i, time in enumerate(times, start=1)]
    return list(zip([0, *moments], [*moments, length], strict=True))


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("size", [(40, 36), (33, 41)])
def test_k_space_is_filled_segment_by_segment_from_shifted_pictures(axis, size):
    data, spacing = blob(size), (2.0, 0.5)
    changed = applied(Motion(0, 3), (float(axis), 8.0, *spacing), data)[0].numpy()
    row = chances(8.0, 1, 2 * 4)[0]
    shifts = [[-3 + 6 * chance for chance in row[start : start + 2]] for start in (3, 6)]
    moved = [
        ndimage.shift(data[0].numpy(), np.divide(by, spacing), order=1, mode="nearest", prefilter=False)
        for by in shifts
    ]
    parts = segments(row[:2], size[axis])
    still = next(place for place, (start, stop) in enumerate(parts) if start <= size[axis] // 2 < stop)
    moved.insert(still, data[0].numpy())
    space = np.zeros(size, dtype=complex)
    for (start, stop), picture in zip(parts, moved, strict=True):
        lines = np.moveaxis(np.fft.fftshift(np.fft.fft2(picture)), axis, 0)
        np.moveaxis(space, axis, 0)[start:stop] = lines[start:stop]
    expected = np.fft.ifft2(np.fft.ifftshift(space)).real
    assert np.abs(changed - expected).max() < 1e-6


def test_a_pose_turns_about_the_middle_in_millimetres():
    # a disc in mm, on pixels of 2 x 1 mm: any turn leaves it as it is
    rows, columns = torch.meshgrid(torch.arange(61.0) * 2 - 60, torch.arange(121.0) - 60, indexing="ij")
    data = torch.exp(-(rows**2 + columns**2) / 900)[None]
    right, wrong = (applied(Motion((45, 45), 0, 1), (0.0, 1.0, *spacing), data) for spacing in ((2.0, 1.0), (1.0, 1.0)))
    assert (right - data).abs().max() < 0.2 * (wrong - data).abs().max()


def test_the_spacing_of_the_image_is_kept_in_the_draw():
    image = Image(torch.rand(1, 4, 5, 6), spacing=(3.0, 1.0, 0.5))
    assert Motion().draw(torch.Generator(), image).steps[0].numbers[2:] == (3.0, 1.0, 0.5)
    assert Motion().draw(torch.Generator(), Image(torch.rand(1, 4, 5))).steps[0].numbers[2:] == (1.0, 1.0)


@given(seed=st.integers(0, 2**31 - 1), moves=st.integers(1, 6))
def test_the_middle_of_k_space_is_at_rest_so_the_mean_stays(seed, moves):
    data = torch.rand(2, 12, 10, dtype=torch.float64)
    changed = applied(Motion(10, 2, moves), (0.0, float(seed), 1.0, 1.0), data)
    torch.testing.assert_close(changed.flatten(1).mean(1), data.flatten(1).mean(1))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_volumes_turn_about_every_axis(axis):
    data = torch.rand(1, 8, 9, 10)
    changed = applied(Motion(5, 0), (float(axis), 4.0, 1.0, 1.0, 1.0), data)
    assert (changed - data).abs().max() > 0.01
    other = tuple(place for place in (1, 2, 3) if place != axis + 1)
    torch.testing.assert_close(changed.mean(), data.mean())
    assert changed.mean(other).shape == (1, data.shape[axis + 1])


def test_faults_are_told_together():
    with pytest.raises(DrawError, match=r"low <= high in degrees; low <= high in millimetres; 1 move or more"):
        Motion((3, 1), (3, 1), 0)


def test_an_unknown_axis_is_refused(unchecked):
    with pytest.raises(DrawError, match="axis x, y, z or any"):
        Motion(axis="w")


def test_moves_without_end_are_refused():
    with pytest.raises(DrawError, match="wants finite degrees and millimetres"):
        Motion(np.inf, (0, np.inf))
