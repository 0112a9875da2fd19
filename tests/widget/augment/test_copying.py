import ipywidgets as widgets

from leyden.widget.augment import copying
from leyden.widget.augment.copying import CopyText, copy_area


def test_text_to_copy_says_what_it_is():
    area = copy_area("a draw")
    area.value = "{}"
    assert isinstance(area, CopyText)
    assert repr(area) == "CopyText('a draw', 2 signs)"
    area.close()


def test_without_anywidget_it_is_a_plain_area(monkeypatch):
    monkeypatch.setattr(copying, "AnyWidget", None)
    area = copy_area("a draw")
    area.value = "{}"
    assert isinstance(area, widgets.Textarea)
    area.close()
