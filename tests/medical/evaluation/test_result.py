import csv
import json

import pytest

from leyden.errors import MedicalError
from leyden.medical.evaluation import Failure
from leyden.medical.metric import LesionRule


def test_values_are_one_a_case_and_the_mean_is_over_regions(scored):
    found = scored((0.5, 0.7), (0.9, 0.3))
    assert found.values("WT").tolist() == [0.7, 0.3]
    assert found.values("mean").tolist() == pytest.approx([0.6, 0.6])
    assert found.values("TC", "hd95").tolist() == pytest.approx([5.0, 1.0])


def test_every_metric_of_every_region_is_summarised(scored):
    found = scored((0.5, 0.7), (0.9, 0.3)).summary
    assert len(found) == 3 * 5
    assert (found[0].region, found[0].metric, found[0].mean) == ("TC", "dice", 0.7)
    assert {each.region for each in found} == {"TC", "WT", "mean"}


def test_the_worst_cases_come_first(scored):
    found = scored((0.5,), (0.9,), (0.2,))
    assert [case.name for case in found.worst(2)] == ["c2", "c0"]
    assert [case.name for case in found.worst(2, metric="hd95")] == ["c2", "c0"]


def test_what_failed_is_in_the_rows_and_in_no_mean(scored):
    found = scored((0.5,), failures=(Failure("bad", "MedicalError: no label"),))
    assert [(row["case"], row["dice"], row["failure"]) for row in found.rows] == [
        ("c0", 0.5, ""),
        ("bad", None, "MedicalError: no label"),
    ]
    assert found.of("TC").mean == 0.5
    assert "failed, and in no mean: bad (MedicalError: no label)" in repr(found)


def test_it_prints_as_a_table(scored):
    lines = repr(scored((0.5,), (0.7,), name="U-Net", subjects=("a", "a"))).splitlines()
    assert lines[0] == "U-Net: 2 cases of 1 subject"
    assert lines[2].split("  ")[:2] == ["TC", "                 0.600 (n/a)"] or "0.600 (n/a)" in lines[2]
    assert lines[4].startswith("median (quartiles)  Dice")
    assert "0.600 (0.550 to 0.650)" in lines[5]
    assert lines[-1] == "worst by mean Dice: c0 0.500, c1 0.700"


def test_a_notebook_gets_html_of_the_same(scored):
    shown = scored((0.5,), (0.7,), name="<net>", left=1)._repr_html_()
    assert shown.startswith("<p><b>&lt;net&gt;: 2 cases</b></p><table>")
    assert shown.count("<table>") == 2
    assert shown.endswith("<p>stopped with 1 case left</p>")


def test_nothing_scored_still_prints(scored):
    found = scored(failures=(Failure("bad", "why"),))
    assert repr(found).splitlines()[0] == "Evaluation: 0 cases"
    assert found.summary == ()
    with pytest.raises(MedicalError, match=r"no case was scored, so there is no mean; bad \(why\)"):
        found.of("TC")


def test_a_table_with_commas_is_read_back(scored, tmp_path):
    path = scored((0.5, 0.25), failures=(Failure("bad", 'say "no", twice'),)).to_csv(tmp_path / "found.csv")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [(row["case"], row["region"], row["dice"]) for row in rows] == [
        ("c0", "TC", "0.5"), ("c0", "WT", "0.25"), ("bad", "", "")
    ]  # fmt: skip
    assert rows[2]["failure"] == 'say "no", twice'


def test_json_holds_rows_and_summary_and_null_for_what_is_not_known(scored, tmp_path):
    told = json.loads(scored((0.5,), rule=LesionRule()).to_json(tmp_path / "found.json").read_text(encoding="utf-8"))
    assert told["rows"][0]["dice"] == 0.5
    assert (told["summary"][0]["mean"], told["summary"][0]["low"]) == (0.5, None)
    assert (told["tolerance"], told["rule"]["dilation"]) == (1.0, 3)


@pytest.mark.usefixtures("unchecked")
def test_unknown_regions_and_metrics_are_told_with_those_that_are_known(scored):
    with pytest.raises(MedicalError, match=r"no region 'ET', but TC, WT, mean; no metric 'iou', but dice, hd95"):
        scored((0.5, 0.7)).of("ET", "iou")


def test_folders_are_made_for_what_is_written(scored, tmp_path):
    found = scored([0.5])
    assert found.to_csv(tmp_path / "new" / "e.csv").read_text(encoding="utf-8").startswith("case,")
    assert found.to_json(tmp_path / "other" / "one" / "e.json").is_file()
