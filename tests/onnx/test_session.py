import re
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from leyden.errors import OnnxError
from leyden.onnx import Latency, Session, Value, latency, run
from leyden.onnx.provider import CPU


def test_a_file_runs_on_arrays_and_on_tensors(plus_one: Path):
    (answer,) = run(plus_one, np.zeros((2, 3), np.float32))
    np.testing.assert_array_equal(answer, np.ones((2, 3), np.float32))
    (answer,) = run(plus_one.read_bytes(), torch.zeros(4, 3, requires_grad=True))
    assert answer.shape == (4, 3)


def test_a_session_names_its_inputs_and_outputs(plus_one: Path):
    session = Session(plus_one, threads=1)
    assert session.inputs == (Value("x", "float32", ("batch", 3)),)
    assert session.outputs == (Value("y", "float32", ("batch", 3)),)


def test_a_session_keeps_what_it_opened_and_run_reads_anew(plus_one: Path, tmp_path: Path):
    path = tmp_path / "changing.onnx"
    path.write_bytes(plus_one.read_bytes())
    session = Session(path)
    model = onnx.load(path)
    model.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(np.full(1, 5, np.float32), "one"))
    onnx.save(model, path)
    x = np.zeros((1, 3), np.float32)
    assert session(x)[0][0, 0] == 1
    assert run(path, x)[0][0, 0] == 5


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ((), r"given: nothing\. 1 arrays are needed and 0 were given"),
        ((np.zeros((2, 3)),), r"given: float64\[2, 3\]\. x must be float32, not float64: convert it with \.astype"),
        ((np.zeros(3, np.float32),), "x must have 2 axes, not 1"),
        ((np.zeros((2, 4), np.float32),), "axis 1 of x must be 3, not 4"),
        ((np.zeros((2, 4), np.int64),), r"not int64.*; axis 1 of x must be 3, not 4"),
    ],
)
def test_arrays_that_do_not_fit_are_listed_against_what_the_file_takes(plus_one: Path, arrays: tuple, message: str):
    with pytest.raises(OnnxError, match=message) as caught:
        run(plus_one, *arrays)
    assert "takes x: float32[batch, 3]; given: " in str(caught.value)


def test_two_inputs_with_one_free_axis_must_agree_on_it():
    node = onnx.helper.make_node("Add", ["a", "b"], ["y"])
    declared = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["batch"]) for name in "aby"]
    graph = onnx.helper.make_graph([node], "g", declared[:2], declared[2:])
    model = onnx.helper.make_model(graph, ir_version=10, opset_imports=[onnx.helper.make_opsetid("", 20)])
    with pytest.raises(OnnxError, match="axis 0 of b must be 2, not 1"):
        run(model.SerializeToString(), np.zeros(2, np.float32), np.zeros(1, np.float32))


def test_a_file_that_onnxruntime_cannot_open_is_one_clear_error(tmp_path: Path, capfd: pytest.CaptureFixture):
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(OnnxError, match=r"text\.onnx: onnxruntime cannot open it"):
        Session(tmp_path / "text.onnx")
    with pytest.raises(OnnxError, match="no such file"):
        Session(tmp_path / "absent.onnx")
    with pytest.raises(OnnxError, match="a folder"):
        Session(tmp_path)
    assert capfd.readouterr() == ("", "")


def test_a_run_that_fails_inside_is_one_clear_error(capfd: pytest.CaptureFixture):
    node = onnx.helper.make_node("Reshape", ["x", "shape"], ["y"])
    declared = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n"]) for name in "xy"]
    shape = onnx.numpy_helper.from_array(np.array([3]), "shape")
    graph = onnx.helper.make_graph([node], "g", declared[:1], declared[1:], [shape])
    model = onnx.helper.make_model(graph, ir_version=10, opset_imports=[onnx.helper.make_opsetid("", 20)])
    with pytest.raises(OnnxError, match="failed while running"):
        run(model.SerializeToString(), np.zeros(4, np.float32))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("providers", [None, [CPU], [(CPU, {})], [(CPU, {"use_arena": False})]])
def test_the_processor_can_be_asked_for_by_name_and_with_options(plus_one: Path, providers: list | None):
    x = np.zeros((2, 3), np.float32)
    session = Session(plus_one, threads=1, providers=providers)
    assert session.providers == (CPU,)
    np.testing.assert_array_equal(session(x)[0], x + 1)
    np.testing.assert_array_equal(run(plus_one, x, providers=providers)[0], x + 1)
    assert latency(plus_one, x, repeats=2, warmup=0, providers=providers).provider == CPU


@pytest.mark.parametrize("opens", [Session, run, latency])
def test_a_provider_that_is_not_here_is_refused_wherever_a_file_is_opened(plus_one: Path, opens: Any):
    with pytest.raises(OnnxError, match=r"no 'cuda'; closest: CUDAExecutionProvider; here are .*CPUExecutionProvider"):
        opens(plus_one, providers=["cuda"])


def test_a_session_that_fell_back_is_refused(plus_one: Path, monkeypatch: pytest.MonkeyPatch):
    wanted = "OpenVINOExecutionProvider"

    class WithoutLibrary(onnxruntime.InferenceSession):
        """What a build with a provider does where a library of that provider is missing: it goes on without."""

        def __init__(self, path: str, options: Any, *, providers: Any, **settings: Any) -> None:
            asked.append((providers, settings))
            super().__init__(path, options, providers=[CPU], **settings)

    asked: list[Any] = []
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [wanted, CPU])
    monkeypatch.setattr(onnxruntime, "InferenceSession", WithoutLibrary)
    message = f"onnxruntime could not start {wanted} and would run on {CPU} alone"
    with pytest.raises(OnnxError, match=re.escape(message)):
        Session(plus_one, threads=2, providers=[(wanted, {"device_type": "GPU"})])
    assert asked == [([(wanted, {"num_of_threads": "2", "device_type": "GPU"})], {"enable_fallback": 0})]


def test_a_latency_says_what_else_than_the_processor_it_is_of():
    assert str(Latency(0.002, 0.001, 0.003, 9, 1)) == "2 ms (1 to 3 ms; 9 calls, threads: 1)"
    other = Latency(0.002, 0.001, 0.003, 9, 1, "CUDAExecutionProvider")
    assert str(other) == "2 ms (1 to 3 ms; 9 calls, threads: 1, CUDAExecutionProvider)"


def test_latency_orders_its_figures_and_reads_as_a_number(plus_one: Path):
    figure = latency(plus_one, np.zeros((1, 3), np.float32), repeats=9, warmup=1)
    assert 0 < figure.p10 <= figure.median <= figure.p90 < 1
    assert float(figure) == figure.median
    assert (figure.repeats, figure.threads) == (9, 1)
    assert "9 calls, threads: 1" in str(figure)


def test_impossible_settings_are_refused(plus_one: Path):
    with pytest.raises(OnnxError, match="threads must be 1 or more"):
        Session(plus_one, threads=0)
    with pytest.raises(OnnxError, match="repeats must be 1 or more"):
        latency(plus_one, repeats=0)


def test_axes_called_a_question_mark_may_differ_from_each_other():
    value = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["?", "?"]) for name in "xy"]
    graph = onnx.helper.make_graph([onnx.helper.make_node("Relu", ["x"], ["y"])], "g", value[:1], value[1:])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    session = Session(model.SerializeToString())
    assert session.inputs == (Value("x", "float32", (None, None)),)
    assert session(np.ones((2, 3), np.float32))[0].shape == (2, 3)
