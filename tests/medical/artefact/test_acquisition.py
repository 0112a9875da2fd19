import numpy as np
import pytest
import torch

from leyden.errors import DrawError
from leyden.medical.artefact.acquisition import chances, chosen_axis, finite, image_of, lines_of


def test_an_axis_is_taken_by_name_or_evenly_by_chance():
    generator = torch.Generator().manual_seed(0)
    assert [chosen_axis(name, 3, generator) for name in ("x", "y", "z")] == [2, 1, 0]
    found = [chosen_axis("any", 3, generator) for _ in range(300)]
    assert all(70 < found.count(axis) < 130 for axis in (0, 1, 2))
    with pytest.raises(DrawError, match="no z axis in a grid of 2"):
        chosen_axis("z", 2, generator)


def test_one_number_is_drawn_whether_the_axis_is_named_or_not():
    one, other = torch.Generator().manual_seed(4), torch.Generator().manual_seed(4)
    chosen_axis("any", 3, one)
    chosen_axis("x", 3, other)
    assert torch.equal(one.get_state(), other.get_state())


def test_the_chances_of_a_channel_do_not_depend_on_how_many_follow():
    assert chances(5.0, 2, 3) == chances(5.0, 4, 3)[:2]
    assert chances(5.0, 1, 3) != chances(6.0, 1, 3)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_lines_are_those_of_the_whole_transform_undone_along_the_other_axes(axis):
    data = torch.rand(2, 5, 6, 7, dtype=torch.float64)
    lines = lines_of(data, axis)
    assert np.allclose(lines.numpy(), np.fft.rfft(data.numpy(), axis=axis + 1))
    torch.testing.assert_close(image_of(lines, axis, data.shape[axis + 1]), data)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_values_that_are_not_finite_are_refused(bad):
    data = torch.rand(1, 4, 4)
    data[0, 1, 2] = bad
    with pytest.raises(DrawError, match="infinite values has no k-space"):
        lines_of(data, 0)
    with pytest.raises(DrawError, match=r"cannot be measured; clean it first: torch.nan_to_num"):
        finite(data.sum())
    assert finite(torch.tensor([[1.0, 2.0]])) == (1.0, 2.0)
