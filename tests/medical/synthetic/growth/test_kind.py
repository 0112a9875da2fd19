from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import MedicalError
from leyden.medical.synthetic.growth.kind import KINDS, kind_of, plan_tumour


def test_shares_add_up_to_one():
    assert sum(KINDS.values()) == pytest.approx(1)


@given(st.integers(0, 10_000))
def test_any_hundred_seeds_in_a_row_hold_each_kind_in_its_share(first):
    found = Counter(kind_of(seed) for seed in range(first, first + 100))
    assert all(abs(found[name] - 100 * share) <= 3 for name, share in KINDS.items())


@given(st.integers(0, 10_000), st.sampled_from([None, *KINDS]))
def test_plans_stay_within_what_a_head_holds(seed, kind):
    plan = plan_tumour(seed, kind)
    assert plan == plan_tumour(seed, kind)
    assert plan.kind == (kind or kind_of(seed))
    assert all(3 < radius <= 37 for radius in plan.radii)
    assert -1 < plan.push < 0.5
    assert 1 <= plan.oedema <= 34
    assert (plan.rim > 0) == (plan.kind != "nonenhancing")
    assert (len(plan.radii) > 1) == (plan.kind == "multifocal")


def test_an_unknown_kind_is_told_with_those_there_are():
    with pytest.raises(MedicalError, match=r"no kind of tumour named 'square'; there are ring, .*tiny"):
        kind_of(0, "square")
