import math

import pytest

from leyden.plot import PALETTE, bars, png


def _bars(figure):
    (tracks, shown) = figure.axes[0].containers
    return tracks, shown


def test_bars_are_as_long_as_their_values_from_top_to_bottom():
    figure = bars({"stem": 0.1, "head": 0.75}, x_label="sparsity", title="Layers")
    axes = figure.axes[0]
    tracks, shown = _bars(figure)
    assert [bar.get_width() for bar in shown] == [0.1, 0.75]
    assert [bar.get_width() for bar in tracks] == [1.0, 1.0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["stem", "head"]
    assert [text.get_text() for text in axes.texts] == ["0.1", "0.75"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    assert (axes.get_xlabel(), axes.get_title(loc="left")) == ("sparsity", "Layers")


def test_highlighted_names_stand_out():
    figure = bars({"a": 0.1, "b": 0.2}, x_label="x", highlight={"b", "absent"})
    first, second = (bar.get_facecolor() for bar in _bars(figure)[1])
    plain = bars({"a": 0.1}, x_label="x", highlight=())
    assert first == _bars(plain)[1][0].get_facecolor()
    assert first != second
    assert PALETTE[0] != PALETTE[1]


def test_values_beyond_the_limit_and_below_zero_are_seen_whole():
    axes = bars({"a": -0.5, "b": 2.0, "c": 1}, x_label="x").axes[0]
    low, high = axes.get_xlim()
    assert low < -0.5
    assert high > 2.0


def test_without_a_limit_the_values_decide():
    figure = bars({"a": 20.0, "b": 10}, x_label="x", limit=None)
    assert len(figure.axes[0].containers) == 1
    assert 20 < figure.axes[0].get_xlim()[1] < 25


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_gets_no_bar_but_a_word(value):
    figure = bars({"a": value, "b": 0.5}, x_label="x")
    assert [bar.get_width() for bar in _bars(figure)[1]] == [0.0, 0.5]
    assert [text.get_text() for text in figure.axes[0].texts] == ["n/a", "0.5"]


@pytest.mark.parametrize("value", [0.0, -1.0, 1e-12])
def test_a_single_bar_without_a_limit_can_be_drawn(value):
    assert png(bars({"a": value}, x_label="x", limit=None))


def test_hundreds_of_layers_stay_on_a_sheet_with_every_few_named():
    figure = bars(
        {f"encoder.layers.{index}.attention.output.projection.weight": 0.5 for index in range(400)}, x_label="x"
    )
    assert figure.get_size_inches()[1] <= 16
    assert len(_bars(figure)[1]) == 400
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels[0] == "…0…"
    assert 50 < len(labels) < 200
    assert len(figure.axes[0].texts) == 0


def test_no_values_are_said():
    assert [text.get_text() for text in bars({}, x_label="x").axes[0].texts] == ["nothing to show yet"]
