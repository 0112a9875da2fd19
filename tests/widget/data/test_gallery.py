import torch

from leyden.data.pipe.broken import Broken
from leyden.widget.data.element import Look
from leyden.widget.data.gallery import Gallery, message, still
from leyden.widget.data.thumb import thumb_of


def test_a_thumbnail_becomes_a_message_with_words_for_all():
    item = message(thumb_of(4, (torch.rand(3, 9, 9), 1), Look(classes=("cat", "dog"))))
    assert item["source"].startswith("data:image/png;base64,")
    assert (item["index"], item["caption"], item["title"], item["broken"]) == (4, "4 dog", "element 4 dog", False)
    broken = message(thumb_of(5, Broken(5, "cut short"), Look()))
    assert (broken["source"], broken["title"], broken["broken"]) == (None, "element 5 broken: cut short", True)


def test_the_gallery_tells_which_is_chosen():
    gallery = Gallery(value=3)
    told = []
    gallery.observe(lambda change: told.append(change["new"]), "value")
    gallery.value = 5
    assert told == [5]
    assert repr(gallery) == "Gallery(0 thumbnails, 5 chosen)"
    gallery.close()


def test_without_a_front_end_thumbnails_are_figures():
    items = [message(thumb_of(0, torch.rand(3, 9, 9), Look())), message(thumb_of(1, "<b>", Look()))]
    words = still(items)
    assert words.count("<figure>") == 2
    assert "&lt;b&gt;" in words
    assert "train[7]" in still(items[:1], ["train[7]"])
