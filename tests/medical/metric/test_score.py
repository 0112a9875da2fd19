import pytest
import torch

from leyden.errors import MedicalError
from leyden.medical.metric import CaseScore, LesionRule, RegionScore, dice, hd95, lesion_wise, score_case, surface_dice

SPACING = (2.0, 1.0, 1.0)


def pair():
    generator = torch.Generator().manual_seed(1)
    coarse = torch.rand(2, 3, 4, 4, 4, generator=generator) > 0.6
    fine = coarse.repeat_interleave(4, dim=2).repeat_interleave(4, dim=3).repeat_interleave(4, dim=4)
    return fine[0], fine[1]


def test_the_scores_of_a_case_are_those_of_each_metric():
    prediction, truth = pair()
    found = score_case(prediction, truth, spacing=SPACING, tolerance=2.0)
    expected = {
        "dice": dice(prediction, truth).tolist(),
        "hd95": hd95(prediction, truth, spacing=SPACING).tolist(),
        "surface_dice": surface_dice(prediction, truth, spacing=SPACING, tolerance=2.0).tolist(),
        "lesion_dice": [each.dice for each in lesion_wise(prediction, truth, spacing=SPACING)],
        "lesion_hd95": [each.hd95 for each in lesion_wise(prediction, truth, spacing=SPACING)],
    }
    for metric, values in expected.items():
        assert [getattr(found[region], metric) for region in ("TC", "WT", "ET")] == values


def test_volumes_are_in_millilitres():
    prediction = torch.ones(1, 10, 10, 10, dtype=torch.uint8)
    truth = prediction.clone()
    truth[0, 5:] = 0
    found = score_case(prediction, truth, spacing=SPACING, regions=("WT",))["WT"]
    assert (found.predicted_ml, found.true_ml) == (2.0, 1.0)


def test_lesions_are_counted_by_the_rule_that_is_asked_for():
    truth = torch.zeros(1, 4, 4, 20, dtype=torch.bool)
    truth[0, :2, :2, :2] = truth[0, :, :, 12:] = True
    prediction = torch.zeros_like(truth)
    for rule, lesions in (("brats23", 1), (LesionRule(smallest=0), 2)):
        found = score_case(prediction, truth, spacing=(1.0, 1.0, 1.0), regions=("WT",), rule=rule)["WT"]
        assert (found.lesions, found.missed) == (lesions, lesions)


def test_rows_are_ready_for_a_data_frame():
    score = score_case(*pair(), spacing=SPACING, name="one")
    assert [(row["case"], row["region"]) for row in score.rows] == [("one", "TC"), ("one", "WT"), ("one", "ET")]
    assert set(score.rows[0]) == {"case", *RegionScore.__dataclass_fields__}


def test_a_region_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(KeyError, match="no region 'RC'; there are TC, WT, ET"):
        score_case(*pair(), spacing=SPACING)["RC"]
    assert repr(CaseScore("none", ())) == "CaseScore('none', Dice )"


def test_every_fault_is_told_at_once():
    with pytest.raises(
        MedicalError, match=r"no rule.*'mine'.*a spacing of.*tolerance of -1.*3 maps for 2 regions \(a, b\)"
    ):
        score_case(*pair(), spacing=(1.0, 1.0), regions=("a", "b"), tolerance=-1, rule="mine")
