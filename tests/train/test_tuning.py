import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import TrainError
from leyden.train import Tuning, one_cycle


def test_one_cycle_peaks_where_the_warm_part_ends():
    shares = [one_cycle(step / 100, warm=0.3) for step in range(101)]
    assert shares.index(max(shares)) == 30
    assert shares[0] == pytest.approx(1 / 25)
    assert shares[-1] == pytest.approx(1e-4)


@given(st.floats(0, 1), st.floats(0.05, 0.95))
def test_one_cycle_stays_between_its_ends_and_the_peak(fraction, warm):
    assert 1e-4 <= one_cycle(fraction, warm=warm) <= 1


def test_only_the_head_learns_while_frozen():
    tuning = Tuning(rate=1.0, freeze=2)
    for step in range(20):
        rates = tuning.rates(step, per_epoch=10, epochs=5, groups=4)
        assert rates[:3] == [0, 0, 0]
        assert rates[3] > 0


def test_rates_rise_geometrically_towards_the_head():
    rates = Tuning(rate=1.0, freeze=0, discount=0.01).rates(5, per_epoch=10, epochs=2, groups=3)
    assert rates[0] / rates[2] == pytest.approx(0.01)
    assert rates[1] / rates[2] == pytest.approx(0.1)


def test_more_frozen_epochs_than_epochs_freeze_the_whole_run():
    tuning = Tuning(freeze=9)
    assert all(tuning.rates(step, per_epoch=3, epochs=2, groups=2)[0] == 0 for step in range(6))


def test_one_group_needs_no_discount():
    assert Tuning(rate=1.0, freeze=0, warm=0.5).rates(5, per_epoch=10, epochs=1, groups=1) == [pytest.approx(1.0)]


def test_all_faults_are_named_at_once():
    with pytest.raises(TrainError, match=r"rate=-1 must be above 0; .*discount=2 must be .*; warm=1 must be"):
        Tuning(rate=-1, discount=2, warm=1)
