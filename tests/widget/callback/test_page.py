import re
from xml.etree import ElementTree

from leyden.train import Event, Fault, Total, Write
from leyden.train.show import Row
from leyden.widget.callback.page import faults_html, lanes_html, table_html, totals_html, writes_html

EVENTS = [
    Event(1, "on_train_batch_end", "A", 2.0, 0.5, "MainThread"),
    Event(1, "on_train_batch_end", "B", 2.5, 0.25, "leyden-reader-1"),
    Event(2, "on_train_end", "A", 3.5, 0.5, "MainThread"),
]
HOOKS = ("on_train_batch_end", "on_train_end")


def cells(page):
    return [[cell.text or "" for cell in row] for row in ElementTree.fromstring(page.replace("<wbr>", "")).iter("tr")]


def test_a_fault_has_its_mending_line_and_a_button_that_copies_it():
    page = faults_html([Fault("cycle", ("A", "B"), (), "A < B", "resolve(A, B, first=A)")], ["a note"])
    root = ElementTree.fromstring(page)
    assert root.get("role") == "alert"
    assert [code.text for code in root.iter("code")] == ["resolve(A, B, first=A)"]
    assert [button.get("aria-label") for button in root.iter("button")] == ["Copy resolve(A, B, first=A)"]
    assert "A &lt; B" in page
    assert "a note" in page


def test_without_faults_and_notices_there_is_nothing():
    assert faults_html([], []) == ""
    assert "alert" not in faults_html([], ["a note"])


def test_bars_lie_where_the_calls_were_and_say_what_they_are():
    page = lanes_html(EVENTS, ["A", "B"], HOOKS, label="3 calls")
    bars = re.findall(
        r'<i class="(\w+)" style="left:([\d.]+)%;width:([\d.]+)%;background-color:(#\w+)" title="(.*?)"', page
    )
    assert [(kind, float(left), float(wide)) for kind, left, wide, _, _ in bars] == [
        ("alone", 0.0, 25.0),
        ("alone", 75.0, 25.0),
        ("beside", 25.0, 12.5),
    ]
    assert bars[0][3] == bars[2][3] != bars[1][3]  # the colour is that of the hook
    assert bars[2][4] == "on_train_batch_end, step 1, 250 ms"
    assert 'aria-label="A: 2 calls, 1 s in all"' in page
    assert "in a thread of its own" in page


def test_a_hook_keeps_its_colour_when_others_are_left_out():
    alone = lanes_html(EVENTS[2:], ["A"], HOOKS, label="1 call")
    both = lanes_html(EVENTS, ["A", "B"], HOOKS, label="3 calls")
    colour = re.search(r'background-color:(#\w+)" title="on_train_end', alone)[1]
    assert f'background-color:{colour}" title="on_train_end' in both


def test_no_calls_and_no_writes_say_so():
    assert "Nothing has run yet" in lanes_html([], [], (), label="No calls")
    assert "Nothing was written yet" in writes_html([])
    assert totals_html([]) == ""


def test_many_calls_become_few_bars():
    many = [Event(place, "h", "A", place / 1000, 1e-5, "t") for place in range(5000)]
    assert len(lanes_html(many, ["A"], ("h",), label="many")) < 80_000


def test_sums_are_those_of_the_callback_over_its_hooks_longest_first():
    page = totals_html(
        [Total("h", "A", 2, 0.001, 0.0008), Total("h", "B", 1, 0.5, 0.5), Total("g", "A", 2, 0.003, 0.002)]
    )
    assert cells(page)[1:] == [["B", "", "500 ms", "1", "500 ms", "500 ms"], ["A", "", "4 ms", "4", "1 ms", "2 ms"]]


def test_writes_stand_newest_first_with_values_before_and_after():
    writes = [Write(1, "h", "A", "optimizer.lr", 0.1, 0.05), Write(2, "h", "A", "model.parameters", None, None)]
    rows = cells(writes_html(writes).split("</div>", 1)[1])
    assert rows[1][:4] == ["2", "h", "A", "model.parameters"]
    assert rows[2] == ["1", "h", "A", "optimizer.lr", "0.1", "0.05"]
    assert "the newest 200 of 900 writes" in writes_html(writes[:1] * 900)


def test_the_table_says_what_is_undeclared():
    page = table_html([Row(1, "A", ("outputs.loss",), (), (("B", "resolve"),), True), Row(2, "F", (), (), (), False)])
    assert "outputs.<wbr>loss" in page
    assert "undeclared" in page
    assert "(resolve)" in page
