import sys
from collections.abc import Callable

import pytest

from leyden.errors import OnnxError
from leyden.onnx.conformance import Case, conform
from leyden.onnx.conformance.outcome import Outcome
from leyden.onnx.conformance.running import Child

SERVANT = """
import os, time
from leyden.onnx.conformance.serving import serve
def run(model, sets):
    if model == b"die": os.abort()
    if model == b"leave": os._exit(3)
    if model == b"sleep": time.sleep(60)
    if model == b"raise": raise ValueError("of no use")
    return [[inputs[0] * 2] for inputs in sets]
serve(run)
"""
COMMAND = (sys.executable, "-c", SERVANT)


def test_what_comes_of_cases_comes_in_their_order_whatever_happens_in_between(made: Callable[..., Case]):
    models = [b"", b"die", b"", b"leave", b"raise", b""]
    found = conform([made(model) for model in models], command=COMMAND)
    assert [outcome.status for outcome in found] == ["pass", "crash", "pass", "crash", "fail", "pass"]
    assert [outcome.reason for outcome in found if outcome.status != "pass"] == [
        "ended by SIGABRT", "ended with code 3", "ValueError: of no use",
    ]  # fmt: skip


def test_a_case_that_takes_too_long_is_killed_and_the_next_one_runs(made: Callable[..., Case]):
    found = conform([made(b"sleep"), made()], command=COMMAND, processes=1, limit=1)
    assert [outcome.status for outcome in found] == ["timeout", "pass"]
    assert found[0].reason == "more than 1 s"


def test_other_values_than_expected_are_a_failure_by_the_rule_of_onnx(made: Callable[..., Case]):
    told: list[Outcome] = []
    near, far = conform([made(expected=2.001), made(expected=2.1)], command=COMMAND, processes=1, tell=told.append)
    assert (near.status, far.status) == ("pass", "fail")
    assert "Not equal to tolerance" in far.reason
    assert told == [near, far]


def test_a_process_that_does_not_start_is_one_clear_error(made: Callable[..., Case]):
    with pytest.raises(OnnxError, match="does not start: ModuleNotFoundError: No module named 'nowhere'"):
        Child((sys.executable, "-c", "import nowhere")).run(made())
