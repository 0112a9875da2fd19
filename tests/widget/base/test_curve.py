import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.widget.base import LIVE, Curve, Line, LiveCurve, smooth, thin


def test_the_script_of_the_curve_loads_nothing_from_anywhere():
    assert LIVE
    assert not re.search(
        r"https?:|//cdn|import\s|import\(|fetch\(|XMLHttp|@import|url\(", LiveCurve._esm + LiveCurve._css
    )


def test_the_curve_has_no_background_of_its_own():
    assert "background" not in LiveCurve._css
    assert "white" not in LiveCurve._css


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=500), st.integers(10, 100))
def test_thinning_keeps_extremes_order_and_the_last_point(values, limit):
    y = np.array(values)
    places, kept = thin(np.arange(len(y), dtype=float), y, limit=limit)
    assert kept.min() == y.min()
    assert kept.max() == y.max()
    assert places[-1] == len(y) - 1
    assert (np.diff(places) > 0).all()
    assert len(kept) <= max(limit + 1, min(limit, len(y)))


def test_thinning_passes_over_what_is_no_number():
    y = np.full(1000, np.nan)
    y[500] = 7.0
    assert np.nanmax(thin(np.arange(1000.0), y, limit=50)[1]) == 7.0


def test_a_line_becomes_json_with_gaps_for_what_is_no_number():
    message = Line("loss", [1, 2, 3], [0.123456789, float("nan"), float("inf")]).message()
    assert message == {"name": "loss", "kind": "line", "x": [1.0, 2.0, 3.0], "y": [0.12346, None, None]}


def test_a_constant_stays_what_it_is_when_smoothed():
    assert smooth([2.0] * 5, over=3) == pytest.approx([2.0] * 5)


def test_smoothing_nothing_finite_gives_gaps():
    assert all(np.isnan(smooth([float("nan"), float("inf")], over=2)))


def test_an_update_of_the_live_curve_is_cheap():
    curve, message = LiveCurve(title="loss"), Line("loss", list(range(400)), [1.0] * 400).message()
    times = []
    for number in range(20):
        message = {**message, "name": str(number)}
        start = time.perf_counter()
        curve.lines = [message]
        times.append(time.perf_counter() - start)
    curve.close()
    assert min(times) < 0.01
    assert repr(curve) == "LiveCurve('loss', 1 lines)"


def test_a_curve_is_drawn_in_python_only_until_a_browser_draws_it():
    curve = Curve("Loss", span=(0.0, 1.0))
    curve.show([Line("batch", [1], [0.5])], extent=1.0)
    assert 'aria-label="Loss: batch 0.5"' in curve.picture.value
    curve.live.ready = True
    curve.show([Line("batch", [1, 2], [0.5, 0.25])], extent=2.0)
    assert 'aria-label="Loss: batch 0.5"' in curve.picture.value
    assert curve.live.label == "Loss: batch 0.25"
    assert curve.live.span == [0.0, 1.0]
    curve.widget.close()


def test_a_drawing_costs_no_more_than_a_few_milliseconds():
    curve, line = Curve("Loss"), Line("batch", list(range(4000)), np.random.default_rng(0).random(4000).tolist())
    times = []
    for _ in range(5):
        start = time.process_time()
        curve.show([line], extent=4000.0)
        times.append(time.process_time() - start)
    assert min(times) < 0.05
    curve.widget.close()
