from html.parser import HTMLParser

from leyden.recipe.report import Section, report

PNG = b"\x89PNG\r\n\x1a\n0000"


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.images, self.links, self.open = [], [], []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag == "img":
            self.images.append(named)
        self.links += [named[key] for key in ("href", "src") if key in named and tag != "img"]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read(page):
    reader = Reader()
    reader.feed(page)
    return reader


def test_the_page_is_balanced_self_contained_and_its_pictures_have_alternatives():
    seen = read(report("T", "L", rows=[("a", "1")], sections=[Section("S", "text", PNG, 'a "quoted" <curve>')]))
    assert seen.open == []
    assert seen.links == []
    assert seen.images[0]["alt"] == 'a "quoted" <curve>'
    assert seen.images[0]["src"].startswith("data:image/png;base64,")


def test_names_from_outside_cannot_break_the_page():
    page = report("<script>", "&", rows=[("<b>", "<i>")], sections=[Section("</h2>", "</p>")])
    assert "<script>" not in page
    assert read(page).open == []
