import pytest
from matplotlib.patches import FancyBboxPatch

from leyden.errors import PlotError
from leyden.plot import pipeline, png

NAMES = ["a", "b", "b2", "c", "+", "d", "zip"]
BENEATH = [(), (0,), (1,), (0,), (2, 3), (), (4, 5)]


def boxes(figure):
    return [patch for patch in figure.axes[0].patches if isinstance(patch, FancyBboxPatch)]


def lefts(figure):
    return [round(box.get_x(), 2) for box in boxes(figure)]


def test_steps_stand_below_each_other_and_say_their_names():
    figure = pipeline(["images", "map(crop)", "batch(32)"], [(), (0,), (1,)])
    heights = [box.get_y() for box in boxes(figure)]
    assert heights == sorted(heights)
    assert len(set(lefts(figure))) == 1
    assert [text.get_text() for text in figure.axes[0].texts if text.get_text()] == ["images", "map(crop)", "batch(32)"]


def test_branches_are_set_in_so_that_no_line_passes_a_box():
    first, second, third = sorted(set(lefts(pipeline(NAMES, BENEATH))))
    assert lefts(pipeline(NAMES, BENEATH)) == [first, second, second, third, first, second, first]


def test_bars_are_as_long_as_the_shares_and_say_what_was_told():
    figure = pipeline(["a", "b"], [(), (0,)], shares=[0.75, 0.25], told=["3 ms", "1 ms"], title="4 ms")
    tracks = [bar.get_width() for container in figure.axes[0].containers for bar in container]
    assert tracks[1] / tracks[0] == pytest.approx(1.0)
    assert tracks[3] / tracks[2] == pytest.approx(1 / 3)
    assert {"3 ms", "1 ms"} <= {text.get_text() for text in figure.axes[0].texts}
    assert figure.get_size_inches()[0] * 110 < 900


def test_long_names_are_cut_in_the_middle_and_stay_in_their_box():
    name = "map_random(" + "very_long_name, " * 12 + "seed=0)"
    figure = pipeline([name], [()], shares=[1.0])
    (box,) = boxes(figure)
    text = next(text for text in figure.axes[0].texts if "…" in text.get_text())
    figure.draw_without_rendering()
    assert text.get_window_extent().x1 < box.get_window_extent().x1


def test_equal_pipes_give_equal_bytes_also_without_time_or_steps():
    assert png(pipeline(NAMES, BENEATH, shares=[0.0] * 7)) == png(pipeline(NAMES, BENEATH, shares=[0.0] * 7))
    assert png(pipeline([], []))[1:4] == b"PNG"


def test_all_faults_are_told_at_once():
    with pytest.raises(PlotError) as told:
        pipeline(["a"], [(), (2,)], shares=[1.0])
    for fault in ("1 names for 2 steps", "1 shares for 2 steps", "step 1 reads step 2, which does not stand before it"):
        assert fault in str(told.value)
