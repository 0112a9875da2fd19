import math

import pytest
import torch

from leyden.errors import PanelError
from leyden.items import Image, Mask
from leyden.medical import Scan
from leyden.widget.volume.roster import Roster


def named(*names):
    return [Scan(Image(torch.rand(1, 2, 2, 2)), None, ("t1",), name) for name in names]


class Lazy:
    """Cases that are read one at a time; it counts how often."""

    names = ("a", "b", "c")

    def __init__(self):
        self.read = []

    def __len__(self):
        return 3

    def __getitem__(self, index):
        self.read.append(index)
        return named(*self.names)[index]


def order(scans, **options):
    return [row.name for row in Roster(scans, options.pop("prediction", None), scheme=None, **options).rows]


def test_the_worst_case_comes_first_and_cases_without_a_score_last():
    assert order(named("a", "b", "c"), scores=[0.9, math.nan, 0.2]) == ["c", "a", "b"]
    assert order(named("a", "b", "c"), scores={"b": {"TC": 0.1, "WT": 0.5}, "a": 0.2}) == ["a", "b", "c"]
    assert order(named("a", "b"), scores=None) == ["a", "b"]


def test_scores_of_regions_are_told_one_by_one_and_their_mean_counts():
    rows = Roster(named("a"), None, scheme=None, scores=[{"TC": 0.5, "WT": 1.0, "ET": math.nan}]).rows
    assert rows[0].words() == "a: Dice 0.75 (TC 0.50, WT 1.00)"
    assert rows[0].score == 0.75


def test_a_container_is_read_one_case_at_a_time():
    cases = Lazy()
    roster = Roster(cases, None, scheme=None, scores=[0.3, 0.2, 0.1])
    assert cases.read == []
    assert roster.read(roster.rows[0].index).scan.name == "c"
    assert cases.read == [2]


def test_predictions_come_in_order_or_by_name():
    one = Mask(torch.ones(2, 2, 2).byte())
    for given in ([None, one], {"b": one}):
        roster = Roster(named("a", "b"), given, scheme=None, scores=None)
        assert roster.read(0).prediction is None
        assert roster.read(1).prediction.codes.sum() == 8


def test_a_single_scan_takes_its_prediction_as_it_is():
    roster = Roster(named("a")[0], torch.ones(2, 2, 2).byte(), scheme=None, scores=None)
    assert roster.read(0).prediction is not None


@pytest.mark.parametrize(
    ("scans", "prediction", "scores", "told"),
    [
        ([], None, None, "there is no case to show"),
        (named("a", "b"), [None], None, "1 predictions for 2 cases: give a list"),
        (named("a", "b"), torch.zeros(2, 2, 2).byte(), None, "one prediction for 2 cases"),
        (named("a", "b"), {"z": None}, None, "there are predictions of z, which are no cases"),
        (named("a", "b"), None, [0.5], "1 scores for 2 cases"),
        (named("a", "b"), None, {"z": 0.5}, "there are scores of z, which are no cases"),
        (7, None, None, "or a container of them, given a int"),
    ],
    ids=["none", "few", "one for all", "strange prediction", "few scores", "strange score", "number"],
)
def test_what_does_not_belong_together_is_refused(scans, prediction, scores, told):
    with pytest.raises(PanelError, match=told):
        Roster(scans, prediction, scheme=None, scores=scores)


def test_cases_without_names_or_with_one_name_twice_are_numbered():
    assert order(named("", ""), scores=None) == ["case 0", "case 1"]
    assert order(named("a", "a"), scores=None) == ["a 0", "a 1"]


def test_a_case_is_found_by_number_or_name():
    roster = Roster(named("a", "b"), None, scheme=None, scores=None)
    assert roster.find("b") == roster.find(1)
    with pytest.raises(PanelError, match="there is no case 'c'; there are 2: a, b"):
        roster.find("c")
