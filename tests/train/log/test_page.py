from leyden.train.log.page import as_html, as_text
from leyden.train.log.record import Total, Write

TOTALS = [Total("on_train_batch_end", "Short", 1000, 0.001, 0.0001), Total("on_train_end", "<Long>", 1, 2.0, 2.0)]


def write(step, before, after):
    return Write(step, "on_train_end", "Short", "optimizer.lr", before, after)


def test_the_longest_stands_on_top():
    lines = as_text("Log", TOTALS, []).splitlines()
    assert lines[0] == "Log"
    assert lines[2].split() == ["<Long>", "on_train_end", "1", "2000.0", "2000000", "2000000"]
    assert lines[3].split() == ["Short", "on_train_batch_end", "1000", "1.0", "1", "100"]


def test_columns_are_aligned():
    lines = as_text("Log", TOTALS, [write(1, 0.1, 0.05), write(200, None, True)]).splitlines()
    assert len({len(line) for line in lines[1:4]}) == 1
    assert lines[4].index("path") == lines[5].index("optimizer") == lines[6].index("optimizer")
    assert lines[6].split() == ["200", "Short", "on_train_end", "optimizer.lr", "True"]


def test_only_the_last_writes_are_shown():
    text = as_text("Log", [], [write(step, 0.0, float(step)) for step in range(25)])
    assert [line.split()[0] for line in text.splitlines()[2:]] == [str(step) for step in range(15, 25)]


def test_numbers_are_shown_with_six_digits_and_names_as_they_are():
    assert (
        as_text("Log", [], [write(1, 1 / 3, (0.9, 0.999))]).splitlines()[2].split(maxsplit=4)[4]
        == "0.333333  (0.9, 0.999)"
    )


def test_nothing_is_a_title_only():
    assert as_text("Log", [], []) == "Log"
    assert as_html("Log", [], []) == "<p>Log</p>"


def test_a_page_holds_the_same_cells_and_no_foreign_tags():
    page = as_html("Log", TOTALS, [write(1, 0.1, 0.05)])
    assert "&lt;Long&gt;" in page
    assert "<Long>" not in page
    assert page.count("<table>") == page.count("</table>") == 2
    assert "<td>0.05</td>" in page
