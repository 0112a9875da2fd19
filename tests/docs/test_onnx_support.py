"""The page of ONNX's operators says what the tables of leyden say."""

import json
from typing import Any

import onnx.defs
import onnx_support
import pytest

from leyden.onnx.conformance import BARS

FIGURES: dict[str, Any] = json.loads(onnx_support.FIGURES.read_text(encoding="utf-8"))
KNOWN = {(one.domain, one.name): one for one in onnx_support.supports()}


def test_the_page_is_what_the_tables_and_the_figures_make_it() -> None:
    written = onnx_support.PAGE.read_text(encoding="utf-8")
    assert written == onnx_support.page(FIGURES), "run python docs/onnx_support.py"


def test_every_version_of_every_operator_of_onnx_stands_there() -> None:
    schemas = onnx.defs.get_all_schemas_with_history()
    versions = {(schema.domain, schema.name, schema.since_version) for schema in schemas if not schema.deprecated}
    assert {(one.domain, one.name, version) for one in KNOWN.values() for version in one.kinds} == versions


@pytest.mark.parametrize(
    ("name", "version", "becomes"),
    [("Conv", 11, "a layer, or a function"), ("Abs", 13, "a function"), ("If", 11, "control"),
     ("Constant", 13, onnx_support.LIFTED)],
)  # fmt: skip
def test_what_an_operator_becomes_is_read_from_the_tables(name: str, version: int, becomes: str) -> None:
    assert KNOWN["", name].kinds[version] == becomes


def test_an_operator_that_was_withdrawn_says_when() -> None:
    assert KNOWN["", "Upsample"].withdrawn == 10
    assert "| ~~Upsample~~ | 1, 7, 9, until 10 |" in onnx_support.page(FIGURES)


def test_the_figures_keep_to_the_bars_and_are_of_the_whole_suite() -> None:
    for bar in BARS:
        assert FIGURES["counts"][bar.group]["run"] == bar.total
        assert FIGURES["counts"][bar.group].get("pass", 0) >= bar.least


def test_a_summary_keeps_nothing_that_differs_from_run_to_run() -> None:
    case = {"name": "test_a", "kind": "node", "operator": "Abs", "plain": True, "seconds": 1.5}
    cases = [case | {"status": "fail", "reason": "object at 0x7fd2"}, case | {"status": "pass", "reason": ""}]
    summary = onnx_support.summarised({"onnx": "1", "torch": "2", "counts": {}, "cases": cases})
    assert summary["operators"] == {"Abs": [1, 2]}
    assert summary["failed"] == [
        {"kind": "node", "name": "test_a", "operator": "Abs", "status": "fail", "reason": "object at 0x..."}
    ]
