"""Graphs, functions, types and versions that cannot be."""

import numpy as np
import onnx
from onnx import TensorProto, helper

from hostile.making import HUGE, entered, model, one, tensor, value


def function(name: str, calls: list[str]) -> onnx.FunctionProto:
    nodes = [
        helper.make_node(call, ["a" if i == 0 else f"v{i}"], [f"v{i + 1}"], domain="f") for i, call in enumerate(calls)
    ]
    nodes.append(helper.make_node("Identity", [f"v{len(calls)}" if calls else "a"], ["b"]))
    return helper.make_function(
        "f", name, ["a"], ["b"], nodes, [helper.make_opsetid("", 20), helper.make_opsetid("f", 1)]
    )


@entered
def functions_that_double_forty_times() -> onnx.ModelProto:
    functions = [function(f"F{i}", [f"F{i + 1}"] * 2) for i in range(40)] + [function("F40", [])]
    return model([helper.make_node("F0", ["x"], ["y"], domain="f")], functions=tuple(functions))


@entered
def functions_nobody_calls_that_double() -> onnx.ModelProto:
    functions = [function(f"F{i}", [f"F{i + 1}"] * 2) for i in range(40)] + [function("F40", [])]
    return model([helper.make_node("Relu", ["x"], ["y"])], functions=tuple(functions))


@entered
def functions_in_a_circle() -> onnx.ModelProto:
    functions = (function("A", ["B"]), function("B", ["A"]))
    return model([helper.make_node("A", ["x"], ["y"], domain="f")], functions=functions)


@entered
def a_function_that_calls_itself() -> onnx.ModelProto:
    return model([helper.make_node("A", ["x"], ["y"], domain="f")], functions=(function("A", ["A"]),))


@entered
def functions_a_thousand_deep() -> onnx.ModelProto:
    functions = [function(f"F{i}", [f"F{i + 1}"]) for i in range(1000)] + [function("F1000", [])]
    return model([helper.make_node("F0", ["x"], ["y"], domain="f")], functions=tuple(functions))


def nested(depth: int) -> onnx.ModelProto:
    inner = helper.make_graph([helper.make_node("Relu", ["x"], ["v0"])], "g", [], [onnx.ValueInfoProto(name="v0")])
    for level in range(1, depth):
        node = helper.make_node("If", ["c"], [f"v{level}"], then_branch=inner, else_branch=inner)
        inner = helper.make_graph([node], "g", [], [onnx.ValueInfoProto(name=f"v{level}")])
    node = helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner)
    return model([node], inputs=(value("x", [2]), value("c", [], TensorProto.BOOL)))


@entered
def branches_that_double() -> onnx.ModelProto:
    return nested(7)


@entered
def bodies_thirty_deep() -> onnx.ModelProto:
    inner = helper.make_graph([helper.make_node("Relu", ["x"], ["v0"])], "g", [], [onnx.ValueInfoProto(name="v0")])
    for level in range(1, 30):
        node = helper.make_node("Scan", ["x"], [f"v{level}"], body=inner, num_scan_inputs=1)
        inner = helper.make_graph([node], "g", [], [onnx.ValueInfoProto(name=f"v{level}")])
    return model([helper.make_node("Scan", ["x"], ["y"], body=inner, num_scan_inputs=1)])


@entered
def a_loop_of_a_trillion_turns() -> onnx.ModelProto:
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Add", ["v", "v"], ["w"])], "g",
        [value("i", [], 7), value("go", [], 9), value("v", [1])], [value("on", [], 9), value("w", [1])],
    )  # fmt: skip
    nodes = [helper.make_node("Loop", ["n", "", "s"], ["y"], body=body)]
    return model(nodes, tensors=(tensor("n", HUGE), tensor("s", [1.0], np.float32)))


@entered
def a_circle_of_nodes() -> onnx.ModelProto:
    return model([helper.make_node("Add", ["x", "b"], ["a"]), helper.make_node("Relu", ["a"], ["b"])], outputs=("a",))


@entered
def a_node_that_takes_itself() -> onnx.ModelProto:
    return model([helper.make_node("Add", ["x", "y"], ["y"])])


@entered
def a_value_given_twice() -> onnx.ModelProto:
    return model([helper.make_node("Relu", ["x"], ["y"]), helper.make_node("Abs", ["x"], ["y"])])


@entered
def a_value_given_by_nobody() -> onnx.ModelProto:
    return model([helper.make_node("Relu", ["nobody"], ["y"])])


@entered
def an_output_given_by_nobody() -> onnx.ModelProto:
    return model([helper.make_node("Relu", ["x"], ["z"])])


@entered
def two_inputs_of_one_name() -> onnx.ModelProto:
    return model([helper.make_node("Relu", ["x"], ["y"])], inputs=(value("x", [2]), value("x", [3])))


@entered
def too_many_inputs() -> onnx.ModelProto:
    return one("Relu", ["x"] * 5)


@entered
def too_few_inputs() -> onnx.ModelProto:
    return one("Conv", ["x"])


@entered
def a_required_input_left_out() -> onnx.ModelProto:
    return one("EyeLike", [""])


@entered
def an_attribute_of_another_type() -> onnx.ModelProto:
    return one("Softmax", ["x"], axis="last")


@entered
def an_attribute_that_is_missing() -> onnx.ModelProto:
    return one("Concat", ["x", "x"])


@entered
def an_axis_that_is_not_there() -> onnx.ModelProto:
    return one("Softmax", ["x"], axis=2**62)


@entered
def a_type_to_cast_to_that_is_not_there() -> onnx.ModelProto:
    return one("Cast", ["x"], to=12345)


@entered
def operators_nobody_knows() -> onnx.ModelProto:
    return model([helper.make_node("Explode", ["x"], ["y"], domain="com.acme")])


@entered
def no_domain_of_that_name() -> onnx.ModelProto:
    return model([helper.make_node("Relu", ["x"], ["y"], domain="nowhere")])


@entered
def a_version_from_the_future() -> onnx.ModelProto:
    made = one("Relu", ["x"])
    made.opset_import[0].version = 10**9
    return made


@entered
def a_version_before_the_first() -> onnx.ModelProto:
    made = one("Relu", ["x"])
    made.opset_import[0].version = -3
    return made


@entered
def no_versions() -> onnx.ModelProto:
    made = one("Relu", ["x"])
    del made.opset_import[:]
    return made


@entered
def no_graph() -> onnx.ModelProto:
    made = one("Relu", ["x"])
    made.ClearField("graph")
    return made


@entered
def no_types() -> onnx.ModelProto:
    return model([helper.make_node("EyeLike", ["x"], ["y"])], inputs=(onnx.ValueInfoProto(name="x"),))


@entered
def a_type_of_types() -> onnx.ModelProto:
    info = onnx.ValueInfoProto(name="x")
    kind = info.type
    for _ in range(40):
        kind = kind.sequence_type.elem_type
    return model([helper.make_node("Identity", ["x"], ["y"])], inputs=(info,))


@entered
def a_split_into_more_than_is_said() -> onnx.ModelProto:
    return model([helper.make_node("Split", ["x"], ["y", "z"], num_outputs=1)])


@entered
def sizes_of_the_first_axis_of_a_trillion() -> onnx.ModelProto:
    nodes = [helper.make_node("Shape", ["x"], ["s"]), helper.make_node("Cast", ["x"], ["y"], to=7)]
    return model(nodes, inputs=(value("x", [HUGE]),))


@entered
def a_constant_without_a_value() -> onnx.ModelProto:
    return model([helper.make_node("Constant", [], ["y"])])


@entered
def a_constant_with_two_values() -> onnx.ModelProto:
    return model([helper.make_node("Constant", [], ["y"], value_int=1, value_float=2.0)])


@entered
def a_pattern_that_takes_forever() -> onnx.ModelProto:
    text = helper.make_tensor("w", 8, [1], [b"a" * 40 + b"!"])
    return one("RegexFullMatch", ["w"], text, pattern="(a+)+$")


@entered
def letters_that_are_no_equation() -> onnx.ModelProto:
    return one("Einsum", ["x"], equation="(((")
