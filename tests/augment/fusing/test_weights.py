import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.augment.fusing.weights import any_of, count_of, mixes, plus, repeat, times, weigh
from leyden.errors import DrawError

NUMBERS = st.sampled_from([-2.0, -0.5, 0.0, 1.0, 3.0])
ROW = st.tuples(*[NUMBERS] * 3)
WEIGHTS = st.one_of(st.tuples(NUMBERS), ROW, st.tuples(ROW, ROW, ROW))


def matrix(weights):
    return np.array(weights) if mixes(weights) else np.diag(repeat(weights, 3))


@given(WEIGHTS, WEIGHTS, ROW)
def test_weights_add_up_and_multiply_as_matrices_do(left, right, numbers):
    assert np.array_equal(matrix(times(left, right)), matrix(left) @ matrix(right))
    assert np.array_equal(matrix(plus(left, right)), matrix(left) + matrix(right))
    assert np.array_equal(np.broadcast_to(weigh(left, numbers), 3), matrix(left) @ numbers)
    assert any_of(left) == bool(matrix(left).any())


def test_what_mixes_nothing_has_no_rows():
    swap = ((0.0, 1.0), (1.0, 0.0))
    assert times(swap, swap) == (1.0, 1.0)
    assert times((0.0,), swap) == (0.0,)
    assert plus(swap, ((1.0, -1.0), (-1.0, 1.0))) == (1.0, 1.0)
    assert times((2.0,), (3.0,)) == (6.0,)


def test_weights_for_different_channels_are_told_apart():
    assert count_of((1.0,), (1.0, 2.0), ((1.0, 0.0), (0.0, 1.0))) == 2
    assert count_of((1.0,), (2.0,)) == 1
    with pytest.raises(DrawError, match="colour steps for 2 and 3 channels in one chain"):
        count_of((1.0, 2.0), (1.0, 2.0, 3.0))
