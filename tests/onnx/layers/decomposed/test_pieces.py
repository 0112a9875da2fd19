"""What the nodes say from which a value was computed."""

import onnx_ir as ir
import pytest
import torch

from leyden.onnx.layers.decomposed.pieces import factors, integers, maker_of, near, number, operand, weight_of
from leyden.onnx.lower.builder import Builder, Shared
from leyden.onnx.lower.call import Call


@pytest.fixture
def last(build) -> Call:
    nodes = [
        ("Mul", ["x", "half"], ["h"], "", {}),
        ("Div", ["h", "four"], ["q"], "", {}),
        ("Mul", ["q", "x"], ["y"], "", {}),
    ]
    weights = {"half": torch.tensor([0.5]), "four": torch.tensor(4.0), "axes": torch.tensor([1, 2])}
    graph = ir.serde.deserialize_model(build(nodes, weights, (3,))).graph
    builder = Builder(graph, Shared({"": 21}))
    builder.lower()
    return Call(builder, graph[-1])


def test_a_product_is_taken_apart(last: Call):
    found = factors(last, last.node)
    assert found is not None
    assert (found.scale, [value.name for value in found.values], len(found.nodes)) == (0.125, ["x", "x"], 3)


def test_a_quotient_by_a_tensor_is_no_product(last: Call):
    node = ir.node("Div", [last.node.inputs[1], last.node.inputs[1]])
    assert factors(last, node) is None


def test_numbers_have_one_element(last: Call):
    held = last.builder.source.initializers
    assert [number(last, held[name]) for name in ("half", "axes")] == [0.5, None]


def test_integers_have_one_axis(last: Call):
    held = last.builder.source.initializers
    assert [integers(last, held[name]) for name in ("axes", "four")] == [(1, 2), None]


def test_a_weight_has_axes(last: Call):
    held = last.builder.source.initializers
    assert [weight_of(last, held[name]) is not None for name in ("half", "four")] == [True, False]


def test_the_other_operand_is_found_on_either_side(last: Call):
    quotient, x = last.node.inputs
    assert operand(last.node, quotient) is x
    assert operand(last.node, x) is quotient


def test_a_value_that_is_no_operand_has_no_other(last: Call):
    assert operand(last.node, last.node.outputs[0]) is None


def test_makers_are_of_the_operators_that_are_asked_for(last: Call):
    assert maker_of(last.node.inputs[0], "Div") is not None
    assert maker_of(last.node.inputs[0], "Mul", "Add") is None


@pytest.mark.parametrize(("other", "expected"), [(0.70710678, True), (0.7071, False)])
def test_rounding_to_24_bits_is_near(other: float, expected: bool):
    assert near(0.5**0.5, other) is expected
