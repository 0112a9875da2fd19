from typing import Any

import pytest

from leyden.errors import OnnxImportError
from leyden.onnx.loading import load
from leyden.onnx.lower.ready.missing import check_nodes


def test_all_operators_that_are_missing_are_named_with_what_to_do(written: Any):
    nodes = " ".join(f"[n{i}] v{i + 1} = org.nobody.Relu(v{i})" for i in range(5))
    model = written(
        f"net (float v0) => (float y) {{ {nodes} [other] y = org.nobody.Foo(v5) }}", more=', "org.nobody" : 3'
    )
    with pytest.raises(OnnxImportError) as caught:
        load(model)
    lines = str(caught.value).splitlines()
    assert lines[0] == "the model given: 2 operators are not known:"
    assert lines[1].startswith("- org.nobody::Relu of version 3, 5 times (n0, n1, n2, ...); closest: ")
    assert lines[2].startswith("- org.nobody::Foo of version 3, once (other); closest: ")
    assert "leyden.onnx.register(domain, name)" in lines[3]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("y = Relu(x, x)", "Relu 'y' has 2 inputs, not 1 to 1"),
        ('[here] y = Add(x, "")', "Add 'here' needs the input 'B'"),
        ("y, z = Relu(x)", "Relu 'y, z' has 2 outputs, not 1 to 1"),
        ("y = Cast(x)", "Cast 'y' needs the attribute 'to'"),
        ("y = Softmax<axis = 1.5>(x)", "Softmax 'y' has an attribute 'axis' of type FLOAT, not INT"),
    ],
)
def test_a_node_that_is_not_as_its_operator_wants_it_is_refused(written: Any, body: str, message: str):
    with pytest.raises(OnnxImportError, match=message):
        check_nodes(written(f"net (float x) => (float y) {{ {body} }}").graph, {"": 20})


def test_nodes_that_onnx_does_not_know_are_not_judged(written: Any):
    check_nodes(written("net (float x) => (float y) { y = org.nobody.Foo(x, x) }").graph, {"": 20})
