from leyden.onnx.conformance.outcome import Bar, Outcome, Status, counts, missed, table

BARS = (Bar("node", 3, 2), Bar("plain", 2, 1))


def outcomes(*statuses: Status, kind: str = "node", plain: bool = False) -> list[Outcome]:
    return [Outcome(f"test_{place}", kind, "Add", plain, status) for place, status in enumerate(statuses)]


def test_plain_cases_count_twice_and_only_those_of_node():
    found = counts([*outcomes("pass", "fail", plain=True), *outcomes("pass", plain=True, kind="simple")])
    assert {group: dict(count) for group, count in found.items()} == {
        "node": {"pass": 1, "fail": 1}, "plain": {"pass": 1, "fail": 1}, "simple": {"pass": 1},
    }  # fmt: skip


def test_a_bar_that_is_kept_to_is_no_fault():
    assert missed(outcomes("pass", "pass", "fail"), BARS) == []


def test_a_bar_that_is_missed_is_named_with_both_figures():
    assert missed(outcomes("pass", "fail", "fail"), BARS) == ["node: 1 of 3 passed; at least 2 must"]


def test_of_a_part_of_a_kind_every_case_must_pass():
    assert missed(outcomes("pass", "fail"), BARS) == ["node: 1 of 2 passed; at least 2 must"]


def test_no_case_may_crash_or_take_too_long_however_many_pass():
    assert missed(outcomes("pass", "pass", "crash"), BARS) == ["test_2: crash"]
    assert missed(outcomes("pass", "pass", "timeout"), BARS) == ["test_2: timeout"]


def test_the_table_has_a_row_for_each_group():
    lines = table(outcomes("pass", "fail", "crash", plain=True), BARS).splitlines()
    assert lines[2] == "| node | 3 | 1 | 2 | 1 | 1 | 0 |"
    assert lines[3] == "| plain | 3 | 1 | 1 | 1 | 1 | 0 |"
