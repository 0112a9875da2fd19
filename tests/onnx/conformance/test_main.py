import json
from pathlib import Path

import pytest

from leyden.onnx.conformance import Case, conform, sample
from leyden.onnx.conformance.__main__ import main

RECORDED = Path(__file__).parents[3] / "docs" / "onnx" / "conformance.json"


def test_a_part_of_the_suite_is_run_recorded_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "new" / "out.json"
    assert main(["--kind", "simple", "--match", "single_relu", "--json", str(path), "--processes", "1"]) == 0
    assert "| simple | 1 | 1 | 1 | 0 | 0 | 0 |" in capsys.readouterr().out
    recorded = json.loads(path.read_text(encoding="utf-8"))
    assert recorded["counts"] == {"simple": {"run": 1, "pass": 1}}
    (case,) = recorded["cases"]
    assert (case.pop("name"), case.pop("seconds") > 0) == ("test_single_relu_model", True)
    assert case == {"kind": "simple", "operator": "Relu", "plain": True, "status": "pass", "reason": ""}


def test_a_sample_of_every_operator_passes_but_for_what_is_recorded_as_failing(suite: list[Case]):
    known = {(case["kind"], case["name"]) for case in json.loads(RECORDED.read_text(encoding="utf-8"))["failed"]}
    found = conform(sample([case for case in suite if case.kind != "light"], 1), processes=1)
    failed = [outcome for outcome in found if outcome.status != "pass" and (outcome.kind, outcome.name) not in known]
    assert failed == []
