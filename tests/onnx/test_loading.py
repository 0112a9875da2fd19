import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from leyden.errors import OnnxImportError
from leyden.onnx.loading import load
from leyden.onnx.lower.safety.limits import Limits

TESTS = Path(__file__).parents[1]
RELU = "net (float[batch, 2] x) => (float[batch, 2] y) { y = Relu(x) }"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, residual: Any) -> list[dict[str, Any]]:
    """What came of each broken file, in the order in which they were loaded."""
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "hostile.run", str(residual.report.path)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, f"the process died at {rows[-1]['name']}: {done.stderr[-2000:]}"
    return [row for row in rows if row["result"] != "started"]


def test_files_broken_by_hand_and_by_flips_give_one_kind_of_error_or_load(hostile: list[dict[str, Any]]):
    assert sum(row["name"].startswith("flip") for row in hostile) == 200
    assert sum(not row["name"].startswith("flip") for row in hostile) >= 40
    others = [row for row in hostile if not row["result"].startswith(("loaded", "refused"))]
    assert not others


def test_no_broken_file_takes_two_seconds(hostile: list[dict[str, Any]]):
    assert not [row for row in hostile if row["seconds"] > 2]


def test_all_broken_files_together_take_less_than_300_megabytes(hostile: list[dict[str, Any]]):
    assert hostile[-1]["bytes"] < 300e6


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("more_declared_than_held", "24 bytes are there, 4398046511104 are needed"),
        ("nothing_held", "0 numbers are there"),
        ("external_many_times_the_same", "Limits.reuse"),
        ("functions_that_double_forty_times", "more than 10^12 nodes; 100000 are allowed"),
        ("functions_in_a_circle", "functions call each other in a circle: f::A, f::B, f::A"),
        ("functions_a_thousand_deep", "32 are allowed (Limits.depth)"),
        ("a_circle_of_nodes", "nodes wait for each other in a circle: Add 'a', Relu 'b'"),
        ("a_value_given_twice", "give 'y'"),
        ("a_value_given_by_nobody", "value 'nobody' is given by no node, and taken by Relu 'y'"),
        ("too_many_inputs", "Relu 'y' has 5 inputs, not 1 to 1"),
        ("an_attribute_of_another_type", "'axis' of type STRING, not INT"),
        ("as_many_settings_as_fit", "8000000 numbers"),
        ("a_version_from_the_future", "opset 1000000000 is newer than"),
        ("a_version_before_the_first", "the first is 1"),
        ("sparse_of_a_trillion", "Limits.fold_bytes"),
        ("pickle", "not an ONNX file"),
    ],
)
def test_the_reason_is_given(hostile: list[dict[str, Any]], name: str, reason: str):
    assert reason in next(row["result"] for row in hostile if row["name"] == name)


def test_a_bomb_is_not_computed_beforehand(hostile: list[dict[str, Any]]):
    bombs = [row for row in hostile if row["name"].endswith("_a_trillion") and "sparse" not in row["name"]]
    assert [row["result"] for row in bombs] == ["loaded"] * len(bombs)


def test_the_error_names_the_file_and_the_node(written: Any, tmp_path: Path):
    model = written("net (float[2] x) => (float[2] y) <int64[1] s = {-4}> { [fill] y = ConstantOfShape(s) }")
    path = tmp_path / "net.onnx"
    onnx.save(model, path)
    with pytest.raises(OnnxImportError, match=r"net\.onnx: ConstantOfShape 'fill': .*negative"):
        load(path)


def test_path_text_content_and_model_give_the_same_network(written: Any, tmp_path: Path):
    model = written(RELU)
    path = tmp_path / "net.onnx"
    onnx.save(model, path)
    networks = [load(source) for source in (path, str(path), path.read_bytes(), model)]
    assert {network.code for network in networks} == {networks[0].code}
    content = f"the {path.stat().st_size} bytes given"
    assert [network.meta["onnx"].source for network in networks] == [str(path), str(path), content, "the model given"]


def test_a_model_that_is_given_stays_as_it_is(written: Any):
    model = written("net (float[batch, 2] x) => (float y) { c = Constant<value_ints = [1]>() y = ReduceSum(x, c) }")
    before = copy.deepcopy(model)
    load(model, dynamic={"x": {1: "wide"}})
    assert model == before


def test_freed_axes_keep_their_names_and_take_other_sizes(written: Any):
    network = load(written("net (float[1, 2] x) => (float[1, 2] y) { y = Relu(x) }"), dynamic={"x": {0: "batch"}})
    facts = network.meta["onnx"]
    assert (str(facts.inputs[0]), str(facts.outputs[0])) == ("x: float32[batch, 2]", "y: float32[batch, 2]")
    for size in (1, 3, 8):
        assert network(torch.ones(size, 2)).shape == (size, 2)


def test_inputs_and_axes_to_free_that_are_not_there_are_all_named(written: Any):
    with pytest.raises(OnnxImportError, match=r"no input 'z'; there are x; input 'x' has no axis 5, but 2 axes"):
        load(written(RELU), dynamic={"z": {0: "batch"}, "x": {5: "wide"}})


def test_limits_can_be_lowered(written: Any):
    with pytest.raises(OnnxImportError, match=r"1 nodes; 0 are allowed \(Limits.nodes\)"):
        load(written(RELU), limits=Limits(nodes=0))


def test_tied_weights_in_a_file_of_weights_are_one_parameter(tmp_path: Path):
    path, place = tmp_path / "net.onnx", {"location": "weights.bin", "offset": "0", "length": "16"}
    (tmp_path / "weights.bin").write_bytes(np.arange(4, dtype=np.float32).tobytes())
    tensors = [onnx.TensorProto(name=name, dims=[2, 2], data_type=1, data_location=1) for name in ("a", "b")]
    for tensor in tensors:
        for key, text in place.items():
            tensor.external_data.add(key=key, value=text)
    text = '<ir_version: 10, opset_import: ["" : 20]> net (float[1,2] x) => (float y) { h = Add(x, a) y = Mul(h, b) }'
    model = onnx.parser.parse_model(text)
    model.graph.initializer.extend(tensors)
    path.write_bytes(model.SerializeToString())
    network = load(path)
    assert len(list(network.parameters())) == 1
    assert network(torch.ones(1, 2)).tolist() == [[0.0, 2.0], [6.0, 12.0]]


@pytest.mark.parametrize(("outside", "count"), [(False, 6), (True, 18)], ids=["in the file", "in another file"])
def test_large_weights_are_in_memory_once(tmp_path: Path, outside: bool, count: int):
    path, wide = tmp_path / "net.onnx", 2048
    weights = [numpy_helper.from_array(np.zeros((wide, wide), np.float32), f"w{i}") for i in range(count)]
    nodes = [onnx.helper.make_node("MatMul", [f"v{i}", f"w{i}"], [f"v{i + 1}"]) for i in range(count)]
    first, last = (onnx.helper.make_tensor_value_info(name, 1, ["n", wide]) for name in ("v0", f"v{count}"))
    model = onnx.helper.make_model(onnx.helper.make_graph(nodes, "g", [first], [last], weights), ir_version=10)
    onnx.save(model, path, save_as_external_data=outside, location="weights.bin")
    code = (
        "import resource, sys; from leyden.onnx.loading import load\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "start = peak(); network = load(sys.argv[1]); print((peak() - start) * 1024)"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, env=environment
    )
    assert int(done.stdout) < (count + 1) * wide * wide * 4  # each is turned around some rows at a time


def test_what_is_computed_beforehand_becomes_layers_when_nothing_is_left_to_spend():
    wide = 2_816  # 32 MB a weight, of which 64 MiB hold two; 11 * 2**8, so that sums in any order are exact
    half = "ConstantOfShape <value = float[1] {0.5}> (sizes)"
    steps = [f"w{i} = {half} v{i + 1} = MatMul(v{i}, w{i})" for i in range(3)]
    text = f"net (float[b, {wide}] v0) => (float[b, {wide}] v3) <int64[2] sizes = {{{wide}, {wide}}}>"
    network = load(onnx.parser.parse_model(f'<ir_version: 10, opset_import: ["" : 20]> {text} {{ {" ".join(steps)} }}'))
    assert sum(isinstance(layer, torch.nn.Linear) for layer in network.modules()) == 2
    assert network(torch.ones(1, wide)).unique().tolist() == [(0.5 * wide) ** 3]


@pytest.mark.parametrize("name", ["self", "graph", "code", "meta", "recompile", "train", "torch", "class"])
def test_names_of_inputs_and_weights_may_be_those_of_python_and_of_torch(name: str):
    text = f"n (float[b, 2] {name}) => (float[b, 2] y) <float[2] {name}w = {{1, 2}}> {{ y = Add({name}, {name}w) }}"
    model = onnx.parser.parse_model(f'<ir_version: 10, opset_import: ["" : 20]> {text}')
    assert load(model)(torch.ones(1, 2)).tolist() == [[2, 3]]
    model.graph.node[0].input[1] = model.graph.initializer[0].name = name
    model.graph.node[0].input[0] = model.graph.input[0].name = "x"
    network = load(model)
    assert network(torch.ones(1, 2)).tolist() == [[2, 3]]
    assert copy.deepcopy(network)(torch.ones(1, 2)).tolist() == [[2, 3]]
