import pytest

from leyden.errors import DataError, PanelError
from leyden.widget.base import Panel, Picture, draws, encode, explain, pixels


class Lamp(Panel):
    """The smallest panel there is."""

    lit = False

    def __repr__(self):
        return f"Lamp(lit={self.lit})"

    def switch(self):
        self.lit = not self.lit
        self.changed()

    def facts(self):
        return [("lit", "yes <b>" if self.lit else "no")]

    def pictures(self):
        import torch

        return [("a lamp", encode(pixels(torch.full((1, 2, 2), float(self.lit)))))]


def test_a_picture_carries_its_data_escaped_and_loads_nothing():
    lamp = Lamp()
    lamp.switch()
    html = lamp.picture().html()
    assert "yes &lt;b&gt;" in html
    assert 'alt="a lamp"' in html
    assert "data:image/png;base64," in html
    assert "http" not in html


def test_a_picture_prints_as_a_table_without_an_address():
    assert repr(Picture("Lamp", (("lit", "no"), ("colour", "red")), ())) == "Lamp\n  lit     no\n  colour  red"


def test_a_picture_offers_text_html_and_png():
    assert set(Lamp().picture()._repr_mimebundle_()) == {"text/plain", "text/html", "image/png"}


def test_listeners_hear_changes_until_the_panel_is_closed():
    lamp, heard = Lamp(), []
    lamp.listen(lambda: heard.append(lamp.lit))
    lamp.switch()
    lamp.close()
    lamp.switch()
    assert heard == [True]


def test_what_goes_wrong_at_the_press_of_a_button_becomes_one_line():
    lamp = Lamp()
    assert not lamp.attempt(lambda: 1 // 0)
    assert lamp.message == "ZeroDivisionError: integer division or modulo by zero"
    assert lamp.attempt(lamp.switch)


def test_an_own_error_speaks_for_itself_and_others_are_named():
    assert explain(DataError("no images\nin here")) == "no images in here"
    assert explain(KeyError("x"), more="(look)") == "KeyError: 'x' (look)"
    assert explain(ValueError()) == "ValueError"
    assert explain(MemoryError("no room")).startswith("there is not enough memory: ")
    assert explain(MemoryError("no room")).endswith("(MemoryError: no room)")


def test_a_closed_panel_has_no_view():
    lamp = Lamp()
    lamp.close()
    lamp.close()
    with pytest.raises(PanelError, match="Lamp is closed"):
        _ = lamp.view
    assert set(lamp._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_a_second_view_of_a_kind_is_refused():
    draws(Lamp)(lambda panel: panel)
    with pytest.raises(PanelError, match="Lamp already has a view"):
        draws(Lamp)(lambda panel: panel)
