import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.augment import Draw, Step
from leyden.errors import DrawError
from leyden.items import Image
from leyden.medical import BiasField


def slow_field(numbers, order, size):
    """The polynomial term by term over the whole grid."""
    places = np.meshgrid(*(np.linspace(-1, 1, count) if count > 1 else [0.0] for count in size), indexing="ij")
    numbers, total = list(numbers), np.zeros(size)
    for power in np.ndindex(*(order + 1,) * len(size)):
        if 0 < sum(power) <= order:
            total += numbers.pop(0) * np.prod([place**one for place, one in zip(places, power, strict=True)], axis=0)
    return np.exp(total)


@pytest.mark.parametrize("size", [(7, 6), (5, 6, 7), (4, 1, 3)])
@pytest.mark.parametrize("order", [1, 3])
def test_the_field_is_the_exponential_of_the_polynomial(size, order):
    image = Image(torch.ones(2, *size, dtype=torch.float64))
    draw = BiasField(0.5, order).draw(torch.Generator().manual_seed(2), image)
    expected = slow_field(draw.steps[0].numbers, order, size)
    assert np.allclose(draw(image).data.numpy(), expected)


def test_one_slope_runs_from_one_over_e_to_e():
    draw = Draw((3, 2), (Step(BiasField(1, 1), (0.0, 1.0)),))
    rows = draw(Image(torch.ones(1, 3, 2))).data[0, :, 0]
    torch.testing.assert_close(rows, torch.tensor([-1.0, 0.0, 1.0]).exp())


@given(seed=st.integers(0, 1000), order=st.integers(1, 6))
def test_it_comes_back_and_is_above_nought_and_one_in_the_middle(seed, order):
    image = Image(torch.rand(2, 5, 7, dtype=torch.float64) + 0.1)
    draw = BiasField(0.6, order).draw(torch.Generator().manual_seed(seed), image)
    changed = draw(image)
    torch.testing.assert_close(draw.invert(changed).data, image.data)
    assert (changed.data > 0).all()
    torch.testing.assert_close(changed.data[:, 2, 3], image.data[:, 2, 3])


def test_faults_are_told_together():
    with pytest.raises(DrawError, match=r"wants low <= high; an order of 1..6"):
        BiasField((0.5, 0.1), 9)


def test_a_draw_for_another_number_of_axes_is_refused():
    with pytest.raises(DrawError, match="2 coefficients for 3 axes, wants 3"):
        Draw((2, 2, 2), (Step(BiasField(1, 1), (1.0, 0.0)),))(Image(torch.ones(1, 2, 2, 2)))


@pytest.mark.parametrize("coefficients", [np.inf, (-np.inf, 0.0), (0.0, np.inf)])
def test_coefficients_without_end_are_refused(coefficients):
    with pytest.raises(DrawError, match="wants finite coefficients"):
        BiasField(coefficients)
