from leyden.augment.checking.verdict import Finding, Report

GOOD, BAD = Finding("draws are values", "picture"), Finding("one resample", "picture", "twice")


def test_a_report_passes_if_something_was_found_and_nothing_is_wrong():
    assert Report("Flip('x')", (GOOD,)).passed
    assert not Report("Flip('x')", (GOOD, BAD)).passed
    assert not Report("Flip('x')", ()).passed
    assert Report("Flip('x')", (GOOD, BAD)).faults == (BAD,)


def test_a_report_prints_as_a_table():
    assert repr(Report("Hue(9)", (GOOD, BAD), (("volume", "wants 3 channels"),))).splitlines() == [
        "Hue(9): 2 laws, 1 broken",
        "                  picture",
        "draws are values  holds",
        "one resample      fails",
        "not for volume: wants 3 channels",
    ]
