import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from leyden.errors import OnnxError
from leyden.onnx.conformance import KINDS, Case, cases, conform, sample

RECORDED = Path(__file__).parents[3] / "docs" / "onnx" / "conformance.json"


def test_the_suite_has_as_many_cases_of_each_kind_as_the_bars_say(suite: list[Case]):
    assert Counter(case.kind for case in suite) == {
        "node": 1884, "simple": 23, "pytorch-operator": 35, "pytorch-converted": 82, "light": 9,
    }  # fmt: skip
    assert sum(case.plain for case in suite if case.kind == "node") == 1600


def test_names_are_unique_within_a_kind(suite: list[Case]):
    assert len({(case.kind, case.name) for case in suite}) == len(suite)


@pytest.mark.parametrize(
    ("name", "plain"),
    [("test_add", True), ("test_if", False), ("test_sequence_insert_at_back", False), ("test_string_concat", False),
     ("test_cast_FLOAT_to_BFLOAT16", False), ("test_adam", False), ("test_gelu_tanh_1_expanded", True)],
)  # fmt: skip
def test_numbers_are_all_that_a_plain_case_is_about(suite: list[Case], name: str, plain: bool):
    (case,) = [case for case in suite if (case.kind, case.name) == ("node", name)]
    assert case.plain == plain


def test_an_expanded_case_is_about_the_operator_that_was_expanded(suite: list[Case]):
    (case,) = [case for case in suite if case.name == "test_gelu_tanh_1_expanded"]
    assert case.operator == "Gelu"


def test_inputs_and_outputs_are_arrays_lists_or_nothing(suite: list[Case]):
    values = [value for case in suite for run in (*case.inputs, *case.outputs) for value in run]
    assert {type(value) for value in values if not isinstance(value, np.generic)} == {np.ndarray, list, type(None)}


def test_cases_are_found_by_name():
    assert [case.name for case in cases(["simple"], match="sign|shrink")] == ["test_shrink", "test_sign_model"]


def test_a_known_network_takes_a_ramp_and_has_its_expected_output():
    (case,) = cases(["light"], match="squeezenet")
    ((image,),), ((expected,),) = case.inputs, case.outputs
    assert (image.min(), image.shape, image.dtype) == (0, (1, 3, 224, 224), np.float32)
    assert image.max() < 1
    assert expected.shape == (1, 1000, 1, 1)


def test_known_networks_whose_weights_are_computed_pass_where_not_all_of_them_can_be_beforehand():
    found = conform(cases(["light"], match="resnet50|vgg19|zfnet512"), processes=1)
    assert [(outcome.name, outcome.reason) for outcome in found if outcome.status != "pass"] == []
    assert len(found) == 3


def test_a_kind_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(OnnxError, match=f"no kind of cases named nodes; there are {', '.join(KINDS)}"):
        cases(["nodes"])


def test_a_sample_of_every_operator_passes_but_for_what_is_recorded_as_failing(suite: list[Case]):
    known = {(case["kind"], case["name"]) for case in json.loads(RECORDED.read_text(encoding="utf-8"))["failed"]}
    found = conform(sample([case for case in suite if case.kind != "light"], 1), processes=1)
    failed = [outcome for outcome in found if outcome.status != "pass" and (outcome.kind, outcome.name) not in known]
    assert failed == []
