import ipywidgets as widgets
import pytest
import traitlets

from leyden.widget.base import LIVE, Element, Twin, live, module
from leyden.widget.base.live import TWIN_STYLE


class Bell(Element):
    """The smallest element there is."""

    _esm = module("function render({ model, el }) { el.textContent = model.get('tone'); }")
    tone = traitlets.Unicode("a").tag(sync=True)


def made():
    return Twin(lambda: Bell(tone="b"), [widgets.HTML("tone b")])


def test_the_plain_half_is_seen_until_a_browser_has_drawn_the_element():
    assert LIVE
    twin = made()
    assert not twin.drawn
    assert twin.instead.layout.display is None
    twin.live.set_state({"ready": True})  # as a front end does
    assert twin.drawn
    assert twin.instead.layout.display == "none"
    twin.close()


def test_without_anywidget_there_is_the_plain_half_alone(monkeypatch):
    monkeypatch.setattr(live, "LIVE", False)
    twin = made()
    assert twin.live is None
    assert not twin.drawn
    assert twin.children == (twin.instead,)
    twin.close()


def test_the_script_of_an_element_tells_the_page_and_python_that_it_is_drawn():
    places = [Bell._esm.index(words) for words in ("el.textContent", 'classList.add("leyden-drawn")', '"ready", true')]
    assert places == sorted(places)


@pytest.mark.parametrize("rule", [":has(.leyden-drawn) > .leyden-instead", ":not(:has(.leyden-drawn)) > :not("])
def test_the_page_shows_one_half_only(rule):
    assert any(rule in line and "display: none" in line for line in TWIN_STYLE.splitlines())
