from leyden.widget.base.gallery import Gallery, still


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
