import re
import threading

import pytest
import torch

from leyden.items import Image
from leyden.widget import DataPanel


@pytest.fixture
def panel(folder):
    made = DataPanel(folder, page_size=12)
    yield made
    made.close()


def test_only_what_is_on_the_screen_is_read(panel, folder):
    assert panel.view is panel.view
    assert sorted(set(folder.read)) == list(range(12))
    assert len(panel.view.gallery.live.items) == 12


def test_controls_and_state_follow_each_other(panel):
    view = panel.view
    view.gallery.live.value = 5
    assert panel.index == 5
    panel.go(20)
    assert panel.settle()
    assert (view.index.value, view.gallery.live.value, view.page.value) == (20, 20, 1)
    assert view.gallery.live.items[0]["index"] == 12
    view.index.value = 3
    view.page.value = 2
    assert (panel.index, panel.page_number) == (3, 2)
    assert panel.settle()
    assert [item["index"] for item in view.gallery.live.items] == list(range(24, 30))


def test_one_section_is_shown_at_a_time(panel):
    view = panel.view
    view.sections.value = "statistics"
    assert panel.section == "statistics"
    assert panel.settle()
    assert [name for name, page in view.pages.items() if page.layout.display != "none"] == ["statistics"]
    assert "panel.look()" in view.pages["statistics"].value


def test_a_look_by_the_button_fills_every_section(panel):
    view = panel.view
    view.begin.click()
    panel.wait(30)
    for section, words in (("statistics", "0007.jpg"), ("duplicates", "equal"), ("pipeline", "pictures of the test")):
        panel.turn_to(section)
        assert panel.settle()
        assert words in view.pages[section].value
    assert "finished" in view.state.value
    assert (view.begin.disabled, view.end.disabled) == (False, True)


def test_a_broken_element_is_shown_in_its_place(panel):
    view = panel.view
    panel.go(7)
    assert panel.settle()
    assert "0007.jpg is cut short" in view.element.value
    assert view.gallery.live.items[7]["broken"]
    panel.next()
    assert panel.settle()
    assert "<img" in view.element.value


def test_finding_goes_on_in_the_background(panel):
    view = panel.view
    view.wanted.value = "light"
    view._find()
    panel.wait(10)
    assert panel.settle()
    assert view.index.value == 1
    assert list(view.wanted.options) == ["dark", "light"]


def test_a_volume_has_a_slider_for_every_axis_and_a_window(scan):
    panel = DataPanel([scan, (torch.zeros(3, 9, 9, dtype=torch.uint8), 1), {"scan": Image(torch.rand(1, 20, 8, 9))}])
    view = panel.view
    assert [(slider.value, slider.max) for slider in view.axes] == [(6, 11), (8, 15), (10, 19)]
    assert view.window.value == (-1000.0, 200.0)
    before = view.element.value
    view.axes[0].value = 3
    view.window.value = (-200.0, 150.0)
    assert panel.settle()
    assert (panel.style.place, panel.style.window) == ((3, 8, 10), (-200.0, 150.0))
    assert view.element.value != before
    panel.next()
    assert panel.settle()
    assert (view.axes_box.layout.display, view.window_box.layout.display) == ("none", "none")
    panel.next()
    assert panel.settle()
    assert view.axes_box.layout.display is None
    assert [(slider.value, slider.max) for slider in view.axes] == [(3, 19), (7, 7), (8, 8)]
    assert panel.style.place == (3, 8, 10)
    panel.close()


def test_masks_can_be_switched_off_where_there_are_any(scan, panel):
    assert panel.view.overlay.layout.display == "none"
    marked = DataPanel([scan])
    view = marked.view
    before = view.element.value
    view.overlay.value = False
    assert marked.settle()
    assert view.element.value != before
    assert view.overlay.layout.display is None
    marked.close()


def test_pictures_have_words_and_the_panel_shows_itself_without_a_front_end(panel):
    bundle = panel._repr_mimebundle_()
    assert bundle["text/plain"] == "DataPanel(pictures of the test, element 0 of 30)"
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"].count("alt=") >= 2
    assert panel.view.gallery.live.items[1]["title"] == "element 1 light"


class Slow:
    """Elements that are held up at a gate from the second on."""

    def __init__(self):
        self.gate, self.begun = threading.Event(), threading.Event()

    def __len__(self):
        return 50_000

    def __getitem__(self, index):
        if index:
            self.begun.set()
            assert self.gate.wait(30)
        return torch.full((3, 8, 8), index % 255, dtype=torch.uint8), index % 2


def test_a_page_that_takes_long_to_read_is_filled_as_it_comes_and_holds_nothing_up(monkeypatch):
    monkeypatch.setattr("leyden.widget.data.view._PATIENCE", 0.05)
    slow = Slow()
    panel = DataPanel(slow, page_size=3)
    view = panel.view
    assert slow.begun.wait(30)
    view.index.value = 2
    assert panel.index == 2
    slow.gate.set()
    assert panel.settle(30)
    assert [item["caption"] for item in view.gallery.live.items] == ["0 0", "1 1", "2 0"]
    assert "<img" in view.element.value
    panel.close()


def test_what_was_not_read_in_time_says_so(folder):
    panel = DataPanel(folder, page_size=3)
    assert [thumb.words for thumb in panel.thumbs(within=0)] == ["not read yet"] * 3
    assert [thumb.waiting for thumb in panel.thumbs()] == [False] * 3
    assert [thumb.waiting for thumb in panel.thumbs(within=0)] == [False] * 3


def test_without_anywidget_elements_are_chosen_from_a_list_below_their_pictures(panel, monkeypatch):
    monkeypatch.setattr("leyden.widget.base.live.LIVE", False)
    view = panel.view
    assert view.gallery.live is None
    assert view.gallery.pictures.value.count("<img") == 11
    view.gallery.pick.value = 5
    assert panel.index == 5


def test_finding_nothing_in_particular_asks_for_a_class(panel):
    panel.view._find()
    assert panel.message == "write the class to find, such as dark, light"


def test_the_time_that_a_look_takes_stands_beside_its_count(panel):
    view = panel.view
    view.begin.click()
    panel.wait(30)
    panel.settle()
    told = r'<span class="state finished">finished</span><span class="quiet">48 of 48 elements · \d+ s</span>'
    assert re.search(told, view.state.value)
    assert 'role="progressbar"' in view.state.value
