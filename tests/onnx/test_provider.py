import re
from collections.abc import Sequence

import onnxruntime
import pytest

from leyden.errors import OnnxError
from leyden.onnx.provider import CPU, requested, started

OPENVINO = "OpenVINOExecutionProvider"


@pytest.fixture
def with_openvino(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [OPENVINO, CPU])


@pytest.mark.parametrize(
    ("providers", "wanted"),
    [
        (None, [(CPU, {})]),
        ([CPU], [(CPU, {})]),
        ((CPU,), [(CPU, {})]),
        ([(CPU, {})], [(CPU, {})]),
        ([(CPU, {"use_arena": 0, "more": True})], [(CPU, {"use_arena": "0", "more": "True"})]),
    ],
)
def test_names_and_pairs_become_pairs_whose_values_are_texts(providers: Sequence | None, wanted: list):
    assert requested(providers, threads=2) == wanted


@pytest.mark.parametrize(
    ("options", "threads", "told"),
    [
        ({}, None, {}),
        ({}, 1, {"num_of_threads": "1"}),
        ({"device_type": "CPU"}, 3, {"num_of_threads": "3", "device_type": "CPU"}),
        ({"num_of_threads": 2}, 1, {"num_of_threads": "2"}),
    ],
)
@pytest.mark.usefixtures("with_openvino")
def test_openvino_is_told_the_threads_by_its_own_option_unless_that_is_given(
    options: dict, threads: int | None, told: dict
):
    assert requested([(OPENVINO, options), CPU], threads=threads) == [(OPENVINO, told), (CPU, {})]


def test_what_was_given_stays_as_it_is():
    options = {"use_arena": 1}
    requested([(CPU, options)])
    assert options == {"use_arena": 1}


@pytest.mark.parametrize("providers", [[], (), CPU, 5, {CPU}, {CPU: {}}, {}])
def test_another_form_than_a_sequence_with_something_in_it_is_refused(providers: object):
    message = "providers must be a sequence of names or of (name, options) pairs, at least one, or None for the CPU's"
    with pytest.raises(OnnxError, match=re.escape(f"{message}; given: {providers!r}")):
        requested(providers)


@pytest.mark.parametrize("item", [1, None, b"CPUExecutionProvider", (CPU,), (CPU, 1), (CPU, {}, {}), ({}, CPU), {}])
def test_items_of_another_form_are_all_listed(item: object):
    with pytest.raises(OnnxError) as caught:
        requested([CPU, item, item])
    told = f"must be a name or a (name, options) pair, not {item!r}"
    assert str(caught.value) == f"providers: item 1 {told}; item 2 {told}"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("cuda", "; closest: CUDAExecutionProvider"),
        ("openvino", "; closest: OpenVINOExecutionProvider"),
        ("OpenVinoExecutionProvider", "; closest: OpenVINOExecutionProvider"),
        ("CUDAExecutionProvidr", "; closest: CUDAExecutionProvider"),
        ("a toaster", ""),
        ("", ""),
    ],
)
def test_a_name_that_nobody_knows_is_an_error_with_the_closest_and_what_is_here(name: str, hint: str):
    here = ", ".join(onnxruntime.get_available_providers())
    with pytest.raises(OnnxError, match=re.escape(f"onnxruntime knows no {name!r}{hint}; here are {here}") + "$"):
        requested([CPU, name])


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("CUDAExecutionProvider", "install onnxruntime-gpu in place of the onnxruntime that is here"),
        (OPENVINO, "install onnxruntime-openvino in place of the onnxruntime that is here"),
        ("XnnpackExecutionProvider", "see https://onnxruntime.ai/docs/execution-providers"),
    ],
)
def test_a_provider_that_this_build_lacks_is_an_error_with_what_brings_it(
    monkeypatch: pytest.MonkeyPatch, name: str, way: str
):
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["AzureExecutionProvider", CPU])
    wanted = f"{name} is not in this onnxruntime, which has AzureExecutionProvider, {CPU}: {way}"
    with pytest.raises(OnnxError, match=re.escape(wanted) + "$"):
        requested([(name, {"an_option": 1}), CPU])


@pytest.mark.usefixtures("with_openvino")
def test_a_provider_that_is_named_twice_is_an_error():
    with pytest.raises(OnnxError, match=re.escape(f"providers: {CPU} is named twice")):
        requested([CPU, OPENVINO, (CPU, {})])


def test_what_runs_is_given_with_the_processor_behind_it():
    assert started([OPENVINO], [OPENVINO, CPU]) == (OPENVINO, CPU)


@pytest.mark.parametrize("wanted", [[OPENVINO], [OPENVINO, CPU], [CPU, OPENVINO]])
def test_a_provider_that_was_dropped_is_an_error(wanted: list[str]):
    message = f"onnxruntime could not start {OPENVINO} and would run on {CPU} alone"
    with pytest.raises(OnnxError, match=re.escape(message)):
        started(wanted, [CPU])
