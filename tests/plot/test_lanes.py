import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

from leyden.errors import PlotError
from leyden.plot import Span, png, timeline
from leyden.plot.lanes import SHADES, thinned

SPANS = [
    Span("Logger", 10.0, 0.05, "on_train_batch_end"),
    Span("Timer", 10.05, 0.001, "on_train_batch_end"),
    Span("Logger", 10.1, 0.02, "on_train_end", beside=True),
]


def bars(figure):
    found = [each for each in figure.axes[0].collections if isinstance(each, PolyCollection)]
    return [(to_hex(each.get_facecolor()[0]).upper(), [p.get_extents() for p in each.get_paths()]) for each in found]


def test_bars_stand_in_milliseconds_from_the_first_in_the_lane_of_their_name():
    (first, ends), (second, (other,)) = bars(timeline(SPANS))
    assert [(round(box.x0, 3), round(box.x1, 3)) for box in ends] == [(0, 50), (50, 51)]
    assert (other.x0, other.x1) == pytest.approx((100, 120))
    assert [round((box.y0 + box.y1) / 2) for box in (*ends, other)] == [0, 1, 0]
    assert (first, second) == SHADES[:2]


def test_lanes_keep_the_order_asked_for():
    labels = [label.get_text() for label in timeline(SPANS, lanes=["Timer"]).axes[0].get_yticklabels()]
    assert labels == ["Timer", "Logger"]


def test_the_legend_names_the_kinds_and_what_ran_beside():
    legend = timeline(SPANS).legends[0]
    assert [text.get_text() for text in legend.get_texts()] == [
        "on_train_batch_end",
        "on_train_end",
        "in a thread of its own",
    ]


def test_moments_are_named_where_there_is_something_and_left_out_elsewhere():
    axes = timeline(SPANS, marks={"step 1": 10.0, "step 9": 99.0}).axes[0]
    assert [text.get_text().strip() for text in axes.texts] == ["step 1"]


def test_a_kind_keeps_a_colour_that_was_given():
    assert bars(timeline(SPANS, colours={"on_train_end": "#123456"}))[1][0] == "#123456"


def test_thinning_keeps_the_longest_of_each_stretch_lane_and_kind():
    spans = [Span("a", place / 1000, 1e-6 if place % 50 else 1e-3, "x") for place in range(1000)]
    kept = thinned(spans, 20)
    assert len(kept) == 20
    assert all(span.seconds == 1e-3 for span in kept)
    assert kept == sorted(kept, key=lambda span: span.start)
    assert len(thinned([Span("a", 1.0, 0.1)] * 1000, 20)) == 1


def test_equal_times_give_equal_bytes_and_no_time_at_all_can_be_drawn():
    assert png(timeline(SPANS, title="Run")) == png(timeline(SPANS, title="Run"))
    assert png(timeline([Span("a", 0.0, 0.0)]))[1:4] == b"PNG"
    assert timeline([]).axes[0].texts[0].get_text() == "nothing to show yet"


@pytest.mark.parametrize("span", [Span("a", 0.0, -1.0), Span("a", float("nan"), 1.0), Span("a", 0.0, float("nan"))])
def test_impossible_times_are_told(span):
    with pytest.raises(PlotError, match="takes no less than none"):
        timeline([span])
