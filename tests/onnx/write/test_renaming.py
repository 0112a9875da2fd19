import onnx
from onnx import helper

from leyden.onnx.write.renaming import rename_values_


def graph() -> onnx.GraphProto:
    """`x` to `a` to `b`, and a branch that takes `a` from outside."""
    value = helper.make_tensor_value_info("b", 1, None)
    inside = helper.make_graph([helper.make_node("Neg", ["a"], ["c"])], "then", [], [value])
    nodes = [
        helper.make_node("Relu", ["x"], ["a"]), helper.make_node("Neg", ["a"], ["b"]),
        helper.make_node("If", ["b"], ["d"], then_branch=inside),
    ]  # fmt: skip
    return helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", 1, None)], [value])


def test_values_are_renamed_wherever_they_are_taken():
    renamed = graph()
    rename_values_(renamed, {"x": "image", "b": "logits"})
    assert [renamed.input[0].name, renamed.output[0].name] == ["image", "logits"]
    assert [list(node.input) + list(node.output) for node in renamed.node[:2]] == [["image", "a"], ["a", "logits"]]


def test_a_value_that_has_the_name_already_gives_way():
    renamed = graph()
    rename_values_(renamed, {"b": "a"})
    assert [node.output[0] for node in renamed.node[:2]] == ["a.0", "a"]
    assert renamed.node[2].attribute[0].g.node[0].input[0] == "a.0"
