from collections import Counter
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from leyden.onnx.conformance import Case, sample

POOL = [Case(f"{operator}_{place}", "node", operator, True, b"", [], []) for operator in "abc" for place in range(5)]


@given(st.integers(1, 7), st.integers(0, 99))
def test_every_operator_is_there_equally_often(count: int, seed: int):
    drawn = sample(POOL, count, seed=seed)
    assert Counter(case.operator for case in drawn) == dict.fromkeys("abc", min(count, 5))
    assert len({case.name for case in drawn}) == len(drawn)


def test_a_seed_draws_the_same_cases_and_another_one_draws_others():
    assert sample(POOL, 2, seed=3) == sample(POOL, 2, seed=3)
    assert len({tuple(case.name for case in sample(POOL, 2, seed=seed)) for seed in range(5)}) > 1


def test_an_operator_in_two_kinds_is_drawn_from_both(made: Callable[..., Case]):
    assert len(sample([made(kind="node"), made(kind="simple"), made(kind="simple")], 1)) == 2
