from leyden.medical.table import html_of, ranged, text_of


def test_columns_are_as_wide_as_their_widest_cell():
    assert text_of([("a", "bc"), ("def", "g")]).splitlines() == ["a    bc", "def  g"]


def test_everything_in_html_is_escaped():
    shown = html_of([("<a>",), ("<b>",)], title="<t>", notes=["<n>"])
    assert shown.startswith("<p><b>&lt;t&gt;</b></p><table>")
    assert "<th>&lt;a&gt;</th>" in shown
    assert "<td>&lt;b&gt;</td>" in shown
    assert shown.endswith("<p>&lt;n&gt;</p>")


def test_what_has_no_range_says_so():
    assert ranged(1.25, 1.0, 1.5, digits=1) == "1.2 (1.0 to 1.5)"
    assert ranged(1.25, float("nan"), float("nan"), digits=2) == "1.25 (n/a)"
