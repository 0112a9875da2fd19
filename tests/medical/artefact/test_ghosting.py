import numpy as np
import pytest
import torch

from leyden.augment import Draw, Step
from leyden.errors import DrawError
from leyden.items import Image
from leyden.medical import Ghosting, Spike

SIZES = [(16, 12), (15, 9), (8, 10, 6), (7, 9, 5)]


def applied(transform, numbers, data):
    return Draw(tuple(data.shape[1:]), (Step(transform, numbers),))(Image(data)).data


def slow_ghosts(plane, axis, count, loss, kept):
    """In the middle-centred k-space of all axes: every n-th line from the middle is weakened, the middle ones not."""
    axes = tuple(range(plane.ndim))
    space = np.moveaxis(np.fft.fftshift(np.fft.fftn(plane, axes=axes)), axis, 0)
    middle = space.shape[0] // 2
    for line in range(space.shape[0]):
        if abs(line - middle) % count == 0 and abs(line - middle) >= kept:
            space[line] *= 1 - loss
    return np.fft.ifftn(np.fft.ifftshift(np.moveaxis(space, 0, axis)))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kept", [0, 0.5])
def test_ghosts_are_lines_of_the_whole_k_space_weakened(size, kept):
    data = torch.rand(1, *size, dtype=torch.float64)
    for axis in range(len(size)):
        changed = applied(Ghosting((2, 2), (0.6, 0.6), centre=kept), (float(axis), 1.0), data)
        lines = max(1, round(kept * (size[axis] // 2 + 1)))
        expected = slow_ghosts(data[0].numpy(), axis, 2, 0.6, lines)
        assert np.abs(expected.imag).max() < 1e-12
        assert np.allclose(changed[0].numpy(), expected.real)


def test_a_line_is_repeated_at_even_distances():
    data = torch.zeros(1, 24, 4)
    data[0, 0] = 1.0
    changed = applied(Ghosting((4, 4), (1.0, 1.0)), (0.0, 1.0), data)[0, :, 0]
    ghosts = [place for place in range(24) if abs(changed[place] - changed[1]) > 0.1]
    assert ghosts == [0, 6, 12, 18]


@pytest.mark.parametrize("size", SIZES)
def test_ghosts_take_energy_and_keep_the_mean(size):
    data = torch.rand(3, *size)
    changed = applied(Ghosting((2, 3)), (0.0, 9.0), data)
    assert (changed.square().sum() < data.square().sum()).all()
    torch.testing.assert_close(changed.flatten(1).mean(1), data.flatten(1).mean(1))


@pytest.mark.parametrize("size", SIZES)
def test_a_spike_is_one_point_of_k_space_and_its_mirror_image(size):
    data = torch.rand(1, *size, dtype=torch.float64)
    changed = applied(Spike(), (1.0, 2.0, 11.0), data)
    axes = tuple(range(len(size)))
    added = np.fft.fftn((changed - data)[0].numpy(), axes=axes)
    places = np.argwhere(np.abs(added) > 1e-9)
    assert len(places) == 2
    assert np.array_equal((places[0] + places[1]) % size, np.zeros(len(size)))
    brightest = np.abs(np.fft.fftn(data[0].numpy(), axes=axes)).max()
    assert np.allclose(np.abs(added[tuple(places.T)]), 2.0 * brightest / 2)


def test_several_spikes_add_up_and_every_channel_is_measured_for_itself():
    data = torch.stack((torch.ones(16, 12), 10 * torch.ones(16, 12))).double()
    changed = applied(Spike((3, 3)), (3.0, 1.0, 5.0), data) - data
    assert [len(np.argwhere(np.abs(np.fft.fftn(one.numpy())) > 1e-6)) for one in changed] == [6, 6]
    assert 5 < changed[1].square().mean().sqrt() / changed[0].square().mean().sqrt() < 20


def test_faults_are_told_together():
    with pytest.raises(DrawError, match=r"2 <= fewest <= most ghosts; 0 <= low <= high <= 1 in intensity; .*centre"):
        Ghosting((5, 3), (0, 1.5), centre=2)
    with pytest.raises(DrawError, match=r"0 <= fewest <= most spikes; finite 0 <= low <= high in intensity"):
        Spike((2, 1), (3, 1))


def test_an_axis_that_the_grid_has_not_is_refused():
    with pytest.raises(DrawError, match="no z axis"):
        Ghosting(axis="z").draw(torch.Generator(), Image(torch.rand(1, 4, 4)))


def test_an_unknown_axis_is_refused(unchecked):
    with pytest.raises(DrawError, match="axis x, y, z or any"):
        Ghosting(axis="w")
