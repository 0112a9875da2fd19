import subprocess
import sys

import numpy as np
import onnx
import pytest

from leyden.errors import OnnxError
from leyden.onnx.conformance import child
from leyden.onnx.conformance.barrier import Barrier


def test_a_model_is_run_on_each_list_of_inputs(doubling: onnx.ModelProto, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(child, "BARRED", Barrier(["antigravity"]))  # the tests themselves import what is barred
    ones = np.ones(2, np.float32)
    (first,), (second,) = child.answer(doubling.SerializeToString(), [[ones], [3 * ones]])
    np.testing.assert_array_equal(second, 3 * first)


def test_what_could_compute_in_place_of_torch_is_found_out(doubling: onnx.ModelProto, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(child, "BARRED", Barrier(["onnx.helper"]))
    with pytest.raises(OnnxError, match=r"imported beside torch: onnx\.helper"):
        child.answer(doubling.SerializeToString(), [])


def test_loading_and_running_import_neither_onnxruntime_nor_the_reference_of_onnx(doubling: onnx.ModelProto):
    model = doubling.SerializeToString()
    code = f"from leyden.onnx.conformance.child import *; answer({model!r}, [[__import__('numpy').ones(1, 'f4')]])"
    subprocess.run([sys.executable, "-c", f"{code}; assert not BARRED.intruders()"], check=True)
