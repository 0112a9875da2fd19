import json
from pathlib import Path

import pytest

from leyden.onnx.conformance.__main__ import main


def test_a_part_of_the_suite_is_run_recorded_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "new" / "out.json"
    assert main(["--kind", "simple", "--match", "single_relu", "--json", str(path), "--processes", "1"]) == 0
    assert "| simple | 1 | 1 | 1 | 0 | 0 | 0 |" in capsys.readouterr().out
    recorded = json.loads(path.read_text(encoding="utf-8"))
    assert recorded["counts"] == {"simple": {"run": 1, "pass": 1}}
    (case,) = recorded["cases"]
    assert (case.pop("name"), case.pop("seconds") > 0) == ("test_single_relu_model", True)
    assert case == {"kind": "simple", "operator": "Relu", "plain": True, "status": "pass", "reason": ""}
