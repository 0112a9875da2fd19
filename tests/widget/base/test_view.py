import re
import threading
import time

import ipywidgets as widgets
import pytest

from leyden.widget.base import (
    Names,
    Panel,
    View,
    bars,
    button,
    encode,
    facts_table,
    flow,
    html,
    image,
    labelled,
    pixels,
    put,
)  # fmt: skip
from leyden.widget.base.view import fit_window


class Dial(Panel):
    """One number, which must not be negative."""

    value = 0

    def __repr__(self):
        return "Dial()"

    def facts(self):
        return []

    def pictures(self):
        import torch

        return [("dial", encode(pixels(torch.zeros(1, 1, 1))))]

    def turn(self, value):
        if value < 0:
            raise ValueError("never below 0")
        self.value = value
        self.say("")


class DialView(View):
    """A slider and what it says."""

    def __init__(self, panel):
        self.dial = panel
        self.broken = False
        super().__init__(panel, "Dial", per_second=100)

    def build(self):
        self.slider, self.text = widgets.IntSlider(min=-5), html()
        self.link(self.slider, read=lambda: self.dial.value, act=self.dial.turn)
        return [self.slider, self.text]

    def refresh(self):
        if self.broken:
            raise RuntimeError("the pen fell down")
        put(self.text, str(self.dial.value))


@pytest.fixture
def view():
    made = DialView(Dial())
    yield made
    made.close()


def test_control_and_state_follow_each_other(view):
    view.slider.value = 7
    assert view.dial.value == 7
    view.dial.turn(3)
    assert view.settle(5)
    assert (view.slider.value, view.text.value) == (3, "3")


def test_a_slider_is_not_set_back_for_the_rounding_of_a_browser(view):
    slider, sent = widgets.FloatRangeSlider(value=(0, 0), max=30, step=1.0), []
    view.link(slider, read=lambda: (0.2, float(view.dial.value)), act=lambda ends: view.dial.turn(round(ends[1], 6)))
    slider.observe(lambda change: sent.append(change["new"]), "value")
    slider.value = (0, 16.00000000000003)
    assert view.dial.value == 16
    assert sent == [(0, 16.00000000000003)]
    slider.close()


def test_a_refused_value_is_said_and_the_state_stays(view):
    view.slider.value = -1
    view.settle(5)
    assert view.dial.value == 0
    assert "never below 0" in view._note.value
    view.slider.value = 1
    view.settle(5)
    assert view._note.value == ""


def test_what_is_said_stands_under_the_heading_in_sight_of_the_controls(view):
    shown = [child for child in view.widget.children if getattr(child.layout, "display", None) != "none"]
    assert "<h4>Dial</h4>" in shown[0].value
    assert shown[1] is view._note
    assert shown[2] is view.slider


def test_a_cell_that_waits_is_said_until_it_has_ended(view):
    with view.dial.holding():
        time.sleep(0.1)
        assert view._note.value == ""  # most waits are over at once
        view.settle(10)
        assert view.dial.awaited > 0.9
        assert "A cell waits for this" in view._note.value
        view.dial.say("something else is wrong")
        view.settle(5)
        assert "something else is wrong" in view._note.value
    view.dial.say("")
    view.settle(5)
    assert (view._note.value, view.dial.awaited) == ("", 0)


def test_another_thread_that_waits_keeps_nobody_waiting(view):
    seen = []

    def wait():
        with view.dial.holding():
            seen.append(view.dial.awaited)

    thread = threading.Thread(target=wait)
    thread.start()
    thread.join()
    assert seen == [0]


def test_what_fails_while_drawing_is_said_in_the_panel(view):
    view.broken = True
    view.dial.turn(1)
    view.settle(5)
    assert "RuntimeError: the pen fell down while the panel was drawn" in view._note.value


def test_many_threads_turning_at_once_end_in_one_state(view):
    def turn(start):
        for value in range(start, start + 10):
            view.slider.value = value

    threads = [threading.Thread(target=turn, args=(start,)) for start in (0, 20, 40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    view.dial.turn(99)
    view.settle(5)
    assert view.slider.value == view.dial.value == 99


def test_closing_closes_every_widget():
    made = DialView(Dial())
    parts = [made.slider, made.text, made.widget, made.slider.layout, made.slider.style]
    made.close()
    assert all(part.comm is None for part in parts)


def test_closing_closes_what_is_not_shown_too():
    made = DialView(Dial())
    made.spare = {"one": widgets.IntSlider(), "others": [html("a")]}
    made.close()
    assert made.spare["one"].comm is None
    assert made.spare["others"][0].layout.comm is None


def test_a_panel_names_its_sliders_for_those_who_do_not_see_them(view):
    names = view.widget.children[-1].live
    assert isinstance(names, Names)
    assert '.querySelectorAll(".labelled")' in names._esm


def test_every_style_takes_its_colours_from_the_theme(view):
    style = next(child.value for child in view.widget.children if "<style>" in child.value)
    assert not re.search(r"(background|color): *(white|#fff)", style, re.IGNORECASE)
    assert "http" not in style


def test_words_are_escaped_wherever_they_are_shown():
    assert "&lt;x&gt;" in facts_table([("<x>", "y")])
    assert "&lt;x&gt;" in bars("t", [("<x>", 0.5, "1")])
    assert 'alt="&quot;"' in image(b"", alt='"')


def test_long_names_may_break_at_their_dots():
    assert "stages.<wbr>block" in bars("t", [("stages.block", 0.5, "1")])


def test_buttons_and_controls_say_what_they_do():
    pressed = []
    made = button("Go", "Sets off", press=lambda: pressed.append(1))
    made.click()
    assert pressed == [1]
    assert made.tooltip == "Sets off"
    slider = widgets.IntSlider()
    box = labelled("number of things", slider)
    assert "number of things" in box.children[0].value
    assert slider.tooltip == "number of things"
    assert flow([box]).children == (box,)


@pytest.mark.parametrize(("span", "shown"), [((0.0, 1.0), (-3.0, 0.5)), ((-1000.0, 3000.0), (40.0, 80.0))])
def test_the_slider_of_a_window_reaches_over_all_values_and_what_is_shown(span, shown):
    slider = widgets.FloatRangeSlider(value=(0.0, 1.0), min=0.0, max=1.0)
    fit_window(slider, span, shown)
    assert slider.min <= min(span[0], shown[0])
    assert slider.max >= max(span[1], shown[1])
    assert 100 < (slider.max - slider.min) / slider.step < 4100


def test_a_drawing_that_waits_for_data_does_not_keep_a_panel_open(monkeypatch):
    monkeypatch.setattr("leyden.widget.base.view._CLOSING", 0.1)
    reached, free = threading.Event(), threading.Event()

    class Waiting(DialView):
        def refresh(self):
            if threading.current_thread() is not threading.main_thread():
                reached.set()
                free.wait(30)

    made = Waiting(Dial())
    made._panel.turn(2)
    assert reached.wait(10)
    began = time.monotonic()
    made.close()
    assert time.monotonic() - began < 10
    assert made.widget.comm is None
    free.set()
    assert made.settle(10)
