from typing import Any

import onnx
import pytest

from leyden.errors import OnnxImportError
from leyden.onnx.lower.ready.cleaning import clean, free_axes, opsets_of

RELU = "net (float[1, 2] x) => (float[1, 2] y) { y = Relu(x) }"


def test_onnx_has_one_name_everywhere(written: Any):
    inner = "c = Constant<value = float {1}>()"
    branches = ", ".join(f"{name}_branch = {name} () => (float c) {{ {inner} }}" for name in ("then", "else"))
    model = written(f"net (bool b) => (float y) {{ y = If(b) <{branches}> }}")
    model.opset_import[0].domain = "ai.onnx"
    branch = model.graph.node[0].attribute[0].g.node[0]
    branch.domain = "ai.onnx"
    clean(model)
    assert branch.domain == ""
    assert opsets_of(model) == {"": 20}


def test_types_that_nobody_here_has_are_forgotten(written: Any):
    model = written(RELU)
    model.graph.output[0].type.map_type.key_type = 7
    clean(model)
    assert not model.graph.output[0].HasField("type")
    assert model.graph.input[0].HasField("type")


@pytest.mark.parametrize(("opset", "message"), [(99, "opset 99 is newer than"), (0, "the first is 1")])
def test_versions_that_are_not_there_are_refused(written: Any, opset: int, message: str):
    model = written(RELU)
    model.opset_import[0].version = opset
    with pytest.raises(OnnxImportError, match=message):
        clean(model)


def test_axes_are_freed_counted_from_either_end(written: Any):
    model = written(RELU)
    free_axes(model.graph, {"x": {0: "batch", -1: "wide"}})
    assert [axis.dim_param for axis in model.graph.input[0].type.tensor_type.shape.dim] == ["batch", "wide"]


def test_an_axis_is_freed_under_a_name(written: Any):
    with pytest.raises(OnnxImportError, match="axis 0 of input 'x' needs a name, not ''"):
        free_axes(written(RELU).graph, {"x": {0: ""}})


def test_a_file_may_be_of_an_old_format(written: Any):
    model: onnx.ModelProto = written(RELU)
    model.ir_version = 3
    clean(model)
    assert model.ir_version == 10
