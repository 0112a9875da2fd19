import ipywidgets as widgets

from leyden.widget.augment.copying import CopyArea, CopyText


def test_text_to_copy_says_what_it_is():
    area = CopyArea("a draw")
    area.show("{}")
    assert isinstance(area.widget.live, CopyText)
    assert repr(area.widget.live) == "CopyText('a draw', 2 signs)"
    assert 'aria-label", `Copy' in str(area.widget.live._esm)


def test_without_anywidget_it_is_a_plain_area(monkeypatch):
    monkeypatch.setattr("leyden.widget.base.live.LIVE", False)
    area = CopyArea("a draw")
    area.show("{}")
    assert area.widget.live is None
    assert isinstance(area.plain, widgets.Textarea)
    assert area.plain.value == "{}"


def test_the_plain_area_is_filled_only_until_a_browser_draws_the_other():
    area = CopyArea("a draw")
    area.show("1")
    area.widget.live.ready = True
    area.show("2")
    assert (area.plain.value, area.widget.live.value) == ("1", "2")
