import numpy as np
import onnx
import pytest

from leyden.errors import OnnxError, OnnxImportError
from leyden.onnx.conformance import Backend


def test_a_model_runs_behind_the_interface_of_onnx(doubling: onnx.ModelProto):
    (answer,) = Backend.run_model(doubling, [np.ones(3, np.float32)])
    np.testing.assert_array_equal(answer, np.full(3, 2, np.float32))


def test_a_prepared_model_runs_again_on_other_inputs(doubling: onnx.ModelProto):
    network = Backend.prepare(doubling)
    assert [network.run([np.ones(n, np.float32)])[0].shape for n in (1, 4)] == [(1,), (4,)]


def test_the_processor_is_a_device_and_a_toaster_is_none():
    assert Backend.supports_device("CPU")
    assert not Backend.supports_device("TOASTER")


def test_settings_that_nobody_knows_are_refused(doubling: onnx.ModelProto):
    with pytest.raises(OnnxError, match="unknown settings: speed"):
        Backend.prepare(doubling, speed=3)
    with pytest.raises(OnnxError, match="unknown settings: mode"):
        Backend.prepare(doubling).run([], mode=1)


def test_an_operator_that_nobody_knows_is_named():
    model = onnx.parser.parse_model(
        '<ir_version: 10, opset_import: ["org.nobody" : 1]> g (float[n] x) => (float[n] y) { y = org.nobody.Foo(x) }'
    )
    with pytest.raises(OnnxImportError, match=r"org\.nobody::Foo"):
        Backend.prepare(model)
