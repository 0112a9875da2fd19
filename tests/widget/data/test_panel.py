import time

import numpy as np
import pytest
import torch

import leyden as ly
from leyden import recipe
from leyden.data.pipe.broken import Broken
from leyden.errors import DataError, PanelError
from leyden.widget import DataPanel


@pytest.fixture
def panel(folder):
    made = DataPanel(folder, page_size=12)
    yield made
    made.close()


def test_nothing_is_read_before_it_is_seen(panel, folder):
    panel.go(20)
    panel.page(0)
    assert (repr(panel), panel.facts()[0], folder.read) == (
        "DataPanel(pictures of the test, element 20 of 30)", ("data", "pictures of the test"), []
    )  # fmt: skip
    panel.thumbs()
    assert folder.read == list(range(12))
    assert panel.label == "dark"
    assert folder.read == [*range(12), 20]


def test_one_goes_forth_back_and_round_and_the_page_follows(panel):
    panel.go(-1)
    assert (panel.index, panel.page_number, panel.pages) == (29, 2, 3)
    panel.next()
    assert (panel.index, panel.page_number) == (0, 0)
    panel.previous()
    assert panel.index == 29
    panel.page(1)
    assert (panel.index, panel.page_number) == (29, 1)


@pytest.mark.usefixtures("unchecked")
def test_what_is_not_there_is_refused(panel):
    for ask, told in (
        (lambda: panel.go(30), "there is no element 30: there are 30, from 0 to 29"),
        (lambda: panel.go(1.5), r"an element has a whole number; given 1\.5"),
        (lambda: panel.page(3), "there is no page 3: there are 3"),
        (lambda: panel.turn_to("tables"), "there is no section 'tables'; there is browse, statistics"),
        (lambda: panel.show(window=(1.0, 1.0)), "a window is a lower and a higher value"),
        (lambda: panel.show(place=(3, 4)), r"a place is three whole numbers, \(z, y, x\); given \(3, 4\)"),
        (lambda: panel.show(place=(0.5, 1, 1)), "a place is three whole numbers"),
        (lambda: panel.look("colours"), r"look takes statistics, duplicates, timing .* given \['colours'\]"),
        (lambda: panel.look(sample=0), "a sample of 1 or more"),
        (lambda: DataPanel([]), "at least one element, 1 to 100 a page"),
        (lambda: DataPanel([1], page_size=0), "0 a page"),
    ):
        with pytest.raises(PanelError, match=told):
            ask()
    with pytest.raises(DataError, match="no container"):
        DataPanel(3)


def test_a_broken_element_is_shown_in_its_place_and_the_panel_lives_on(panel):
    panel.go(7)
    assert panel.element == Broken(7, "ValueError: 0007.jpg is cut short")
    assert panel.parts()[0].text == ("ValueError: 0007.jpg is cut short",)
    assert panel.still().startswith(b"\x89PNG")
    assert [fault.index for fault in panel.broken] == [7]
    panel.next()
    assert panel.label == "dark"


def test_the_next_of_a_class_is_found_past_broken_ones_and_round(panel):
    assert panel.find("light") == 1
    panel.go(6)
    assert panel.find("light") == 9
    panel.go(29)
    assert (panel.find("light"), panel.index) == (1, 1)
    assert panel.find("purple") is None
    assert (panel.index, panel.message) == (1, "no element of class 'purple' was found")
    assert panel.find("dark", wait=False) is None
    panel.wait(10)
    assert panel.index == 2
    with pytest.raises(DataError, match="no element has a label"):
        DataPanel([torch.zeros(3, 8, 8)]).find("a")


def test_a_look_finds_statistics_duplicates_and_times(folder):
    panel = DataPanel(folder, held_out=[folder[3]])
    panel.look()
    found = panel.wait(30)
    assert found.statistics.balance == {"dark": 15, "light": 14}
    assert len(found.duplicates.leaks) == 1
    assert found.duplicates.names == ("data", "held out")
    assert found.timing.count == 16
    assert (panel.status, panel.progress) == ("finished", (49, 49))
    assert {name for name, _ in panel.facts()} >= {"read", "labels", "duplicates", "time", "broken"}
    assert [alt.split()[0] for alt, _ in panel.pictures()][1:3] == ["Elements", "Elements"]
    panel.close()


def test_a_look_at_a_batched_pipe_reads_what_lies_beneath(folder):
    pipe = folder | ly.data.map(lambda pair: pair) | ly.data.batch(4)
    panel = DataPanel(pipe)
    assert (len(panel), panel.readable) == (8, 30)
    panel.go(2)
    assert panel.parts()[0].words == "the first 4 elements of batch 2"
    panel.look("statistics", "timing")
    found = panel.wait(30)
    assert found.statistics.seen == 30
    assert found.timing.steps[-1].expression == "batch(4)"
    assert found.duplicates is None
    assert panel.broken == ()
    panel.go(1)
    assert [fault.index for fault in (panel.element,)] == [1]
    panel.close()


def test_a_look_is_stopped_by_the_button_and_by_closing(folder):
    class Slow:
        def __len__(self):
            return 10_000

        def __getitem__(self, index):
            time.sleep(0.001)
            return index

    panel = DataPanel(Slow())
    panel.look("statistics")
    with pytest.raises(PanelError, match="a look through the elements is under way"):
        panel.look()
    panel.stop()
    found = panel.wait(10)
    assert (panel.status, found.statistics.seen < 10_000) == ("stopped", True)
    panel.look("statistics")
    panel.close()
    assert panel.status == "stopped"
    with pytest.raises(PanelError, match="closed"):
        panel.look()


def test_a_sample_is_enough_where_all_is_too_much(panel):
    panel.look("statistics", sample=6)
    assert panel.wait(10).statistics.seen == 6


def test_the_place_stays_when_one_goes_on_to_the_next_scan(scan):
    panel = DataPanel([scan, scan])
    panel.show(place=(3, 4, 5), window=(-100.0, 250.0), overlay=False)
    panel.next()
    assert (panel.style.place, panel.style.window, panel.style.overlay) == ((3, 4, 5), (-100.0, 250.0), False)
    assert panel.parts()[0].pictures[0][0].startswith("z = 3 of")


def test_the_panel_leaves_a_still_picture_of_anything(panel):
    still = panel.picture()
    assert repr(still).startswith("DataPanel\n  data")
    assert still.html().count("<img") == 2
    for data in (["word"], [{"a": 1, "b": None}], [object()], [torch.zeros(0)], [None]):
        assert DataPanel(data).still().startswith(b"\x89PNG")


def test_a_page_of_24_thumbnails_of_photographs_is_there_at_once():
    panel = DataPanel(recipe.photos(tile=36, train=3, held_out=1).train)
    began = time.perf_counter()
    assert len(panel.thumbs()) == 24
    assert time.perf_counter() - began < 0.3


class Odd:
    """Elements that most programs stumble over."""

    def __init__(self, element):
        self.element = element

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return self.element


@pytest.mark.parametrize(
    ("element", "told"),
    [
        (np.full((9, 9), 4000, np.uint16), "9 x 9, uint16, 4000 to 4000"),
        (torch.zeros(0, 8, 8), "cannot be drawn: IndexError"),
        (torch.eye(8).to_sparse(), "8 x 8, float32, 0 to 1"),
        (np.zeros((9, 9, 4), np.uint8), "9 x 9 x 4, uint8, 0 to 0"),
        (torch.full((1, 8, 8), float("nan")), "1 x 8 x 8, float32, 0 to 0"),
    ],
    ids=["sixteen bits", "no channel", "sparse", "rgba", "nan"],
)
def test_what_cannot_be_drawn_says_so_and_the_panel_goes_on(element, told):
    panel = DataPanel(Odd(element))
    assert any(told in part.words for part in panel.parts())
    assert len(panel.view.gallery.live.items) == 2
    assert panel.still().startswith(b"\x89PNG")
    panel.close()


def test_a_search_that_is_stopped_does_not_say_that_there_is_none(folder):
    class Endless:
        def __len__(self):
            return 10**9

        def __getitem__(self, index):
            return torch.zeros(3, 8, 8), 0

    panel = DataPanel(Endless())
    panel.find("1", wait=False)
    panel.stop()
    panel.wait(10)
    assert panel.message == "the search for '1' was stopped"
    panel.close()


def test_a_look_that_fails_says_at_which_element_and_keeps_what_it_found():
    class Secret(torch.Tensor):
        def reshape(self, *shape):
            raise RuntimeError("not this one")

    plain = torch.zeros(3, 8, 8)
    panel = DataPanel([(plain, 1), (plain, 1), (plain.as_subclass(Secret), 1)])
    panel.look("statistics")
    with pytest.raises(DataError, match="the look ended at element 2"):
        panel.wait(30)
    assert (panel.status, panel.findings.statistics.balance) == ("failed", {"1": 2})
    assert panel.message.startswith("the look ended at element 2, which cannot be counted: ")
    panel.close()


def test_seconds_and_seconds_left_are_those_of_the_newest_look(panel):
    assert panel.times == (0.0, None)
    panel.look("statistics")
    panel.wait(30)
    assert panel.times[0] > 0
    assert panel.times[1] is None


@pytest.mark.parametrize("held", [torch.rand(10, 3, 8, 8), np.zeros((10, 8, 8))], ids=["tensor", "array"])
def test_batches_of_a_tensor_and_of_an_array_are_looked_through(held):
    panel = DataPanel(held | ly.data.batch(4))
    assert (len(panel), panel.readable) == (3, 10)
    panel.look("statistics")
    panel.wait(30)
    assert (panel.status, panel.broken) == ("finished", ())
    panel.close()
