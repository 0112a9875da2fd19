import numpy as np
import pytest
import torch

import leyden as ly
from leyden.data.look.survey import Tally, statistics
from leyden.errors import DataError

PAIRS = [(torch.full((3, 8, 8), number, dtype=torch.uint8), number % 3) for number in range(10)]


class Counted:
    """Pairs that are counted as they are read, the fourth of which is broken."""

    classes = ("a", "b", "c", "d")

    def __init__(self):
        self.read = []

    def __len__(self):
        return len(PAIRS)

    def __getitem__(self, index):
        self.read.append(index)
        if index == 4:
            raise ValueError("cut short")
        return PAIRS[index]


def test_every_element_is_read_once_and_broken_ones_stop_nothing():
    data = Counted()
    found = statistics(data)
    assert data.read == list(range(10))
    assert (found.count, found.seen, len(found.broken)) == (10, 10, 1)
    assert (found.broken[0].index, found.broken[0].problem) == (4, "ValueError: cut short")
    assert (found.fields["0"].count, found.fields["0"].missing) == (9, 0)
    assert found.fields["0"].mean == pytest.approx(sum(set(range(10)) - {4}) / 9)
    assert found.balance == {"a": 4, "b": 2, "c": 3, "d": 0}


def test_a_sample_reads_no_more_than_asked_and_says_so():
    data = Counted()
    found = statistics(data, 3)
    assert data.read == [0, 3, 6]
    assert (found.seen, found.count) == (3, 10)
    assert repr(found).splitlines()[0].endswith("3 of 10 elements read, 0 broken")


def test_labels_may_be_given_by_field_or_one_an_element():
    rows = [{"town": "Leiden" if k % 4 else "Delft", "age": k} for k in range(8)]
    assert statistics(rows).balance == {}
    assert statistics(rows, labels="town").balance == {"Leiden": 6, "Delft": 2}
    for labels in ([k % 2 for k in range(8)], np.arange(8) % 2, torch.arange(8) % 2):
        assert statistics(rows, labels=labels, classes=("even", "odd")).balance == {"even": 4, "odd": 4}


def test_what_is_missing_in_some_elements_is_counted():
    found = statistics([{"a": 1, "b": None}, {"a": 2, "b": "x"}, {"a": float("nan")}])
    assert {name: (field.count, field.missing) for name, field in found.fields.items()} == {"a": (2, 1), "b": (1, 2)}


def test_a_pass_that_is_ended_early_keeps_what_it_saw():
    found = statistics(PAIRS, progress=lambda done, total: done < 4)
    assert (found.seen, found.fields["0"].count) == (4, 4)


def test_a_pipe_is_measured_as_it_comes_out():
    found = statistics(PAIRS | ly.data.map(lambda pair: (pair[0] / 255, pair[1])) | ly.data.shuffle(seed=0))
    assert found.fields["0"].high == pytest.approx(9 / 255)
    assert found.about.endswith("| map(lambda) | shuffle(seed=0)")


def test_the_report_is_a_table_and_names_at_most_five_broken_ones():
    broken = [object()] * 3 | ly.data.map(lambda _: 1 / 0)
    words = repr(statistics(ly.data.concatenate(broken, broken, broken)))
    assert words.count("broken: element") == 5
    assert words.endswith("and 4 more broken")
    table = repr(statistics(PAIRS)).splitlines()
    assert table[1].split() == [
        "field",
        "kind",
        "count",
        "type",
        "shape",
        "least",
        "greatest",
        "mean",
        "std",
        "missing",
    ]
    assert repr(statistics([])) == "list[0]: 0 of 0 elements read, 0 broken"


def test_wrong_questions_are_refused_at_the_door():
    with pytest.raises(DataError, match="given 2 for 10 elements"):
        statistics(PAIRS, labels=[1, 2])
    with pytest.raises(DataError, match="1 element or more; given 0"):
        statistics(PAIRS, 0)
    with pytest.raises(DataError, match="no container"):
        statistics(3)


def test_a_tally_can_be_asked_at_any_time():
    tally = Tally("pairs", 10, kinds={"0": "tensor"})
    tally.see(0, PAIRS[0])
    assert tally.result().seen == 1
    tally.see(1, PAIRS[1])
    assert (tally.result().seen, tally.result().fields["0"].kinds) == (2, ("tensor",))
