from leyden.onnx.table import html_table, text_table


def test_columns_are_as_wide_as_their_widest_cell():
    assert text_table([("a", "b"), ("long", "c")]) == "a     b\nlong  c"


def test_html_cells_cannot_carry_markup():
    assert "<script>" not in html_table([("name",), ("<script>alert(1)</script>",)])
