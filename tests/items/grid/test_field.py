import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import BSpline, RegularGridInterpolator

from leyden.errors import DrawError
from leyden.items.grid.field import Field, FieldKind


def random_field(axes, kind: FieldKind = "cubic", *, amount=0.05, seed=0, lattice=(4, 5, 6)):
    generator = torch.Generator().manual_seed(seed)
    control = torch.rand(axes, *lattice[:axes], generator=generator, dtype=torch.float64)
    return Field((2 * control - 1) * amount, kind)


def every_pixel(size):
    return torch.from_numpy(np.indices(size).reshape(len(size), -1).T.astype(float))


def spline(lattice, places):
    """A uniform cubic spline over any lattice, axis by axis and point by point, as scipy has it."""
    for at in places:
        points = lattice.shape[0]
        knots = np.arange(-3, points + 1.0)
        lattice = BSpline(knots, lattice, 3)(min(max(at * (points - 3), 0), points - 3 - 1e-12))
    return lattice


@pytest.mark.parametrize("size", [(9, 14), (5, 6, 9)])
def test_cubic_fields_are_the_splines_of_scipy(size):
    field = random_field(len(size))
    points = every_pixel(size)[::7]
    found = field.at(points, size).numpy()
    for point, shift in zip(points.numpy(), found, strict=True):
        places = (point + 0.5) / size
        expected = [spline(lattice, places) * n for lattice, n in zip(field.control.numpy(), size, strict=True)]
        np.testing.assert_allclose(shift, expected, atol=1e-9)


@pytest.mark.parametrize("size", [(9, 14), (5, 6, 9)])
def test_linear_fields_are_straight_between_lattice_points(size):
    field = random_field(len(size), "linear")
    points = every_pixel(size)
    axes = [np.linspace(0, 1, count) for count in field.control.shape[1:]]
    for axis, count in enumerate(size):
        between = RegularGridInterpolator(axes, field.control[axis].numpy())((points.numpy() + 0.5) / size)
        np.testing.assert_allclose(field.at(points, size)[:, axis], between * count, atol=1e-12)


@pytest.mark.parametrize("kind", ["cubic", "linear"])
@pytest.mark.parametrize("size", [(9, 14), (5, 6, 9), (1, 3)])
def test_the_dense_field_is_that_at_every_pixel(kind, size):
    field = random_field(len(size), kind)
    dense = field.dense(size, dtype=torch.float64)
    torch.testing.assert_close(dense.flatten(1).T, field.at(every_pixel(size), size))
    assert field.dense(size).dtype == torch.float32


@given(st.data())
def test_a_window_shows_a_part_of_the_field(data):
    size = (9, 14, 6)
    start = tuple(data.draw(st.integers(0, count - 1)) for count in size)
    window = tuple(data.draw(st.integers(1, count - first)) for count, first in zip(size, start, strict=True))
    field = random_field(3)
    part = tuple(slice(first, first + count) for first, count in zip(start, window, strict=True))
    whole = field.dense(size, dtype=torch.float64)
    torch.testing.assert_close(field.dense(size, start=start, window=window, dtype=torch.float64), whole[:, *part])
    inner = field.window(start, size).window((0,) * 3, window)
    torch.testing.assert_close(inner.dense(window, dtype=torch.float64), whole[:, *part])
    low, high = inner.seen(window).T
    assert (whole[:, *part].flatten(1).amin(1).numpy() >= low - 1e-9).all()
    assert (whole[:, *part].flatten(1).amax(1).numpy() <= high + 1e-9).all()


@pytest.mark.parametrize("kind", ["cubic", "linear"])
def test_slopes_are_what_differences_say(kind):
    field, size = random_field(3, kind), (9, 14, 6)
    places = np.random.default_rng(0).uniform(0.2, 5, (20, 3))
    for axis in range(3):
        aside = 1e-6 * np.eye(3)[axis]
        between = (field.near(places + aside, size)[0] - field.near(places - aside, size)[0]) / 2e-6
        np.testing.assert_allclose(field.near(places, size)[1][:, :, axis], between, atol=1e-6)


def test_beyond_the_grid_the_edge_counts():
    field, size = random_field(2), (8, 8)
    far = torch.tensor([[-50.0, 3.0], [7.5, 90.0]], dtype=torch.float64)
    near = torch.tensor([[-0.5, 3.0], [7.5, 7.5]], dtype=torch.float64)
    torch.testing.assert_close(field.at(far, size), field.at(near, size))
    assert not field.near(far.numpy(), size)[1][0, :, 0].any()


def test_no_points_are_no_displacements():
    assert random_field(2).at(torch.empty(0, 2), (8, 8)).shape == (0, 2)


@pytest.mark.usefixtures("unchecked")
def test_what_is_no_lattice_is_refused_with_all_faults_at_once():
    with pytest.raises(
        DrawError, match=r"4 or more points an axis, got \(2, 3, 4\).*double precision, got torch.float32"
    ):
        Field(torch.zeros(2, 3, 4))
    with pytest.raises(DrawError, match=r"kind is one of \('cubic', 'linear'\), got 'square'"):
        Field(torch.zeros(2, 4, 4, dtype=torch.float64), "square")  # pyright: ignore[reportArgumentType]
    with pytest.raises(DrawError, match="finite"):
        Field(torch.full((2, 4, 4), float("nan"), dtype=torch.float64))
