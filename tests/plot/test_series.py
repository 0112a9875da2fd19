import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from leyden.errors import PlotError
from leyden.plot import PALETTE, curves, png, rates, tradeoff

NAN, INF = math.nan, math.inf


def _lines(figure):
    return {line.get_label(): line for line in figure.axes[0].lines if line.get_gid() is None}


def _marked(figure, gid):
    return [line for line in figure.axes[0].lines if line.get_gid() == gid]


def test_curves_draw_the_data_they_are_given():
    figure = curves(
        {"train": ([1, 2, 3], [0.9, 0.5, 0.4]), "validation": (np.array([1, 3]), torch.tensor([0.8, 0.6]))},
        x_label="epoch",
        y_label="loss",
        title="Run 1",
    )
    lines = _lines(figure)
    assert list(lines) == ["train", "validation"]
    assert lines["train"].get_xydata().tolist() == [[1, 0.9], [2, 0.5], [3, 0.4]]
    np.testing.assert_allclose(lines["validation"].get_xydata(), [[1, 0.8], [3, 0.6]])
    axes = figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title(loc="left")) == ("epoch", "loss", "Run 1")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["train", "validation"]
    assert axes.get_xscale() == "linear"


def test_gaps_break_the_line_and_infinities_are_gaps():
    figure = curves({"a": ([1, 2, 3, 4], [1.0, NAN, INF, 2.0])}, x_label="x", y_label="y")
    np.testing.assert_array_equal(_lines(figure)["a"].get_ydata(), [1, NAN, NAN, 2])
    assert _lines(figure)["a"].get_marker() == "o"  # or the two points would not be seen
    assert figure.axes[0].get_ylim()[1] < 3


@pytest.mark.parametrize("series", [{}, {"a": ([], [])}, {"a": ([1.0], [NAN]), "b": ([INF], [1.0])}])
@pytest.mark.parametrize("log_x", [False, True])
@pytest.mark.parametrize("smooth", [0.0, 0.9])
def test_nothing_to_draw_is_said(series, log_x, smooth):
    figure = curves(series, x_label="x", y_label="y", log_x=log_x, smooth=smooth)
    assert [text.get_text() for text in figure.axes[0].texts] == ["nothing to show yet"]
    assert png(figure)


def test_one_point_is_a_dot():
    figure = curves({"a": ([3], [0.5])}, x_label="x", y_label="y")
    assert _lines(figure)["a"].get_marker() == "o"
    assert figure.axes[0].get_legend() is None


def test_logarithmic_axis_leaves_out_what_it_cannot_show():
    figure = curves({"a": ([-1, 0, 0.1, 10], [1, 2, 3, 4])}, x_label="x", y_label="y", log_x=True)
    assert figure.axes[0].get_xscale() == "log"
    np.testing.assert_array_equal(_lines(figure)["a"].get_xdata(), [NAN, NAN, 0.1, 10])
    assert "0.1" in [text.get_text() for text in figure.axes[0].get_xticklabels()]


def test_smoothing_is_the_weighted_mean_of_the_past():
    figure = curves({"a": ([0, 1, 2, 3], [1.0, NAN, 2.0, 4.0])}, x_label="x", y_label="y", smooth=0.5)
    # weights 1/2 on the newest, 1/4, 1/8 on what came before, divided by their sum
    expected = [1.0, NAN, (0.5 * 2 + 0.25 * 1) / 0.75, (0.5 * 4 + 0.25 * 2 + 0.125 * 1) / 0.875]
    np.testing.assert_allclose(_lines(figure)["a"].get_ydata(), expected)
    np.testing.assert_array_equal(_marked(figure, "raw")[0].get_ydata(), [1, NAN, 2, 4])


def test_a_sparse_series_is_smoothed_over_the_same_stretch():
    dense, sparse = np.linspace(0, 1, 1001), np.linspace(0, 1, 101)
    figure = curves({"d": (dense, dense), "s": (sparse, sparse)}, x_label="x", y_label="y", smooth=0.99)
    lines = _lines(figure)
    assert lines["d"].get_ydata()[-1] == pytest.approx(lines["s"].get_ydata()[-1], abs=0.01)
    assert lines["d"].get_ydata()[-1] == pytest.approx(0.9, abs=0.01)


@settings(max_examples=20, deadline=None)  # each draws a figure
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), st.floats(0, 0.999))
def test_smoothing_stays_between_the_extremes(values, smooth):
    figure = curves({"a": (range(len(values)), values)}, x_label="x", y_label="y", smooth=smooth)
    smoothed = _lines(figure)["a"].get_ydata()
    assert smoothed.min() >= min(values) - 1e-3
    assert smoothed.max() <= max(values) + 1e-3


def test_a_very_long_series_keeps_its_peaks():
    values = np.zeros(300_000)
    values[123_456], values[200_000] = 5.0, -7.0
    line = _lines(curves({"a": (np.arange(300_000), values)}, x_label="x", y_label="y"))["a"]
    assert len(line.get_xdata()) < 20_000
    assert [123_456, 5.0] in line.get_xydata().tolist()
    assert [200_000, -7.0] in line.get_xydata().tolist()
    assert line.get_xdata()[[0, -1]].tolist() == [0, 299_999]


def test_many_series_keep_apart_and_the_legend_says_how_many_there_are():
    series = {f"layer.{index}.weight.of.a.very.long.name.indeed": ([0, 1], [index, index]) for index in range(24)}
    figure = curves(series, x_label="x", y_label="y")
    looks = {(line.get_color(), line.get_linestyle()) for line in _lines(figure).values()}
    assert len(looks) == 24
    legend = figure.axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()][:2] == ["…0…", "…1…"]
    assert legend.get_title().get_text() == "first 20 of 24"


def test_a_name_that_starts_with_an_underscore_is_shown():
    figure = curves({"_private": ([0], [1]), "b": ([0], [2])}, x_label="x", y_label="y")
    assert [text.get_text().strip() for text in figure.axes[0].get_legend().get_texts()] == ["_private", "b"]


def test_all_faults_of_the_series_are_named_at_once():
    series = {"short": ([1, 2], [1.0]), "flat": ([1.0], np.zeros((1, 1)))}
    with pytest.raises(PlotError, match=r"smooth.*not 1.0; series 'short' has 2 x but 1 y; series 'flat'.*2 axes"):
        curves(series, x_label="x", y_label="y", smooth=1.0)


def test_given_arrays_are_left_alone():
    y = np.array([1.0, INF, 3.0])
    curves({"a": ([1, 2, 3], y)}, x_label="x", y_label="y", smooth=0.5)
    assert y.tolist() == [1.0, INF, 3.0]


def test_rates_mark_the_suggestion_and_cut_the_explosion():
    figure = rates(([1e-4, 1e-3, 1e-2, 1e-1], [2.0, 1.0, 1.5, 400.0]), suggestion=1e-3)
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    assert _lines(figure)["loss"].get_ydata().tolist() == [2.0, 1.0, 1.5, 400.0]
    assert axes.get_ylim() == pytest.approx((1.0 - 0.175, 2.75))
    assert _marked(figure, "suggestion")[0].get_xdata() == [1e-3, 1e-3]
    assert axes.texts[0].get_text() == "suggested: 0.001"


@pytest.mark.parametrize("losses", [[1.0, 1.0, 1.0], [1.0, 2.0, 3.0], [NAN, NAN, NAN], [3.0, 2.0, 1.0]])
def test_rates_cope_with_any_shape_of_curve(losses):
    figure = rates(([1e-3, 1e-2, 1e-1], losses))
    low, high = figure.axes[0].get_ylim()
    assert high > low
    assert png(figure)


def test_tradeoff_draws_points_and_the_level_they_start_from():
    figure = tradeoff(
        {"global": ([0.0, 0.7, 0.9], [0.872, 0.865, 0.76])}, reference=0.872, y_label="accuracy", reference_name="whole"
    )
    axes = figure.axes[0]
    assert _lines(figure)["global"].get_xydata().tolist() == [[0.0, 0.872], [0.7, 0.865], [0.9, 0.76]]
    assert _lines(figure)["global"].get_color() == PALETTE[0]
    assert _marked(figure, "reference")[0].get_ydata() == [0.872, 0.872]
    assert axes.texts[0].get_text() == "whole 0.872"
    assert axes.get_xlabel() == "weights removed"
    assert "80 %" in [text.get_text() for text in axes.get_xticklabels()]


@pytest.mark.parametrize(("series", "reference"), [({}, 0.8), ({"a": ([0.5], [0.7])}, NAN), ({"a": ([], [])}, INF)])
def test_tradeoff_draws_no_level_without_points_or_value(series, reference):
    figure = tradeoff(series, reference=reference, y_label="Dice")
    assert _marked(figure, "reference") == []
    assert png(figure)
