import copy
import pickle
from typing import Any

from leyden.onnx.lower.result.imported import Imported, describe_file


def imported(written: Any) -> Imported:
    model = written(
        "net (float[batch, 2] x, float[2] w) => (float[batch, n] y) <float[2] w = {1, 2}> { y = Mul(x, w) }"
    )
    model.producer_name, model.producer_version = "acme", "3"
    model.metadata_props.add(key="classes", value="cat")
    inferred = copy.deepcopy(model.graph)
    inferred.output[0].type.tensor_type.shape.dim[0].ClearField("dim_param")
    inferred.output[0].type.tensor_type.shape.dim[1].dim_value = 2
    return describe_file("net.onnx", model, inferred)


def test_it_holds_what_the_file_says_of_itself(written: Any):
    facts = imported(written)
    assert (facts.source, facts.producer, facts.metadata["classes"]) == ("net.onnx", "acme 3", "cat")
    assert facts.opsets == {"ai.onnx": 20}


def test_tensors_that_the_file_holds_are_no_inputs(written: Any):
    assert [str(value) for value in imported(written).inputs] == ["x: float32[batch, 2]"]


def test_inferred_sizes_come_first_and_names_of_the_file_fill_the_gaps(written: Any):
    assert [str(value) for value in imported(written).outputs] == ["y: float32[batch, 2]"]


def test_it_can_be_stored(written: Any):
    facts = imported(written)
    assert pickle.loads(pickle.dumps(facts)) == facts
    assert copy.deepcopy(facts) == facts
