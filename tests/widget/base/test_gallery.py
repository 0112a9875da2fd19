import re

import pytest

from leyden.widget.base import Gallery, Panel, Thumbnails, View, encode, live, pixels, still


def item(index, caption):
    return {"index": index, "source": None, "words": "w", "caption": caption, "title": caption, "broken": False}


class Shelf(Panel):
    """Something that can be chosen from."""

    chosen, page = 0, 0

    def __repr__(self):
        return "Shelf()"

    def facts(self):
        return []

    def pictures(self):
        import torch

        return [("shelf", encode(pixels(torch.zeros(1, 1, 1))))]

    def choose(self, index):
        self.chosen, self.page = index, index // 3
        self.say("")


class ShelfView(View):
    """Three thumbnails at a time."""

    def __init__(self, panel):
        self.shelf = panel
        super().__init__(panel, "Shelf", per_second=100)

    def build(self):
        self.thumbs = Thumbnails(0, label="book")
        self.thumbs.link(self, read=lambda: self.shelf.chosen, act=self.shelf.choose)
        return [self.thumbs.widget]

    def refresh(self):
        first = 3 * self.shelf.page
        self.thumbs.show([item(index, f"book {index}") for index in range(first, first + 3)])


@pytest.fixture
def view():
    made = ShelfView(Shelf())
    yield made
    made.close()


def test_the_gallery_tells_which_is_chosen():
    gallery = Gallery(value=3)
    told = []
    gallery.observe(lambda change: told.append(change["new"]), "value")
    gallery.value = 5
    assert told == [5]
    assert repr(gallery) == "Gallery(0 thumbnails, 5 chosen)"
    gallery.close()


def test_without_a_front_end_thumbnails_are_figures():
    shown = {"index": 0, "source": "data:image/png;base64,AA", "words": "", "caption": "0 cat", "title": "element 0"}
    told = {"index": 1, "source": None, "words": "<b>", "caption": "1", "title": "element 1"}
    words = still([shown, told])
    assert words.count("<figure>") == 2
    assert "&lt;b&gt;" in words
    assert "train[7]" in still([shown], ["train[7]"])


def test_buttons_are_named_marked_and_walked_through_by_keys():
    assert '"aria-label"' in Gallery._esm
    assert '"aria-pressed"' in Gallery._esm
    assert "tabIndex" in Gallery._esm
    assert "ArrowRight" in Gallery._esm
    assert re.search(r"button:focus-visible \{ outline", Gallery._css)


def test_a_click_and_a_choice_in_the_list_do_the_same(view):
    view.thumbs.live.value = 2
    assert view.settle(5)
    assert (view.shelf.chosen, view.thumbs.pick.value) == (2, 2)
    view.thumbs.pick.value = 1
    assert view.settle(5)
    assert (view.shelf.chosen, view.thumbs.live.value) == (1, 1)


def test_the_list_follows_to_another_page_and_chooses_nothing_by_itself(view):
    view.shelf.choose(7)
    assert view.settle(5)
    view.shelf.changed()
    assert view.settle(5)
    assert [index for _, index in view.thumbs.pick.options] == [None, 6, 7, 8]
    assert view.shelf.chosen == view.thumbs.pick.value == 7


def test_the_pictures_are_kept_up_to_date_only_while_they_are_seen(view):
    assert "book 1" in view.thumbs.pictures.value
    view.thumbs.live.ready = True
    view.shelf.choose(5)
    assert view.settle(5)
    assert "book 5" not in view.thumbs.pictures.value
    assert view.thumbs.live.items[2]["caption"] == "book 5"


def test_without_anywidget_one_chooses_from_the_list(monkeypatch):
    monkeypatch.setattr(live, "LIVE", False)
    view = ShelfView(Shelf())
    view.thumbs.pick.value = 2
    assert view.shelf.chosen == 2
    assert view.thumbs.live is None
    assert "book 2" in view.thumbs.pictures.value
    view.close()
