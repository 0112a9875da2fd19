"""Where layers belong: by the scopes of torch, by the names of nodes, and by the structure alone."""

import pytest

from leyden.onnx.lower.naming import Names, family_of, identifier, is_path, parameter_path, scope_of

SCOPES = "pkg.torch.onnx.name_scopes"
CLASSES = "pkg.torch.onnx.class_hierarchy"


def noted(scope: str, kind: str = "Conv2d") -> dict[str, str]:
    return {SCOPES: f"['', '{scope}', 'op']", CLASSES: f"['Net', 'torch.nn.{kind}', 'aten.op']"}


@pytest.mark.parametrize(
    ("name", "metadata", "expected"),
    [
        ("n", {SCOPES: "['', 'a', 'a.0', 'conv']"}, "a.0"),
        ("n", {SCOPES: "['', 'relu']"}, ""),
        ("n", {SCOPES: "['', '_empty_nn_module_stack_from_metadata_hook', 'relu']"}, ""),
        ("/a/a.0/conv/Conv", {}, "a.0.conv"),
        ("/Add_1", {}, ""),
        ("model/dense 1/MatMul", {}, "model.dense_1"),
        ("Conv_12", {}, ""),
        ("m/relu/Relu;m/bn/BatchNorm;m/c1/BiasAdd/ReadVariableOp;m/c1/BiasAdd;m/c2/Conv2D;m/c1/Conv2D", {}, "m.c1"),
        ("m/out/BiasAdd;m/c5/Conv2D;m/out/Conv2D;m/out/BiasAdd/ReadVariableOp/resource", {}, "m.out"),
        ("m/c1/ReadVariableOp;", {}, "m.c1"),
        (";", {}, ""),
    ],
    ids=str,
)
def test_scopes_are_read_from_notes_and_from_names(name: str, metadata: dict[str, str], expected: str):
    assert scope_of(name, metadata) == expected


def test_the_class_of_a_module_is_the_last_before_the_operator():
    assert [family_of(noted("a", "modules.conv.Conv2d")), family_of({})] == ["Conv2d", ""]


def of_weight(names: Names, weight: str, scope: str = "", family: str = "", kind: str = "Linear") -> str | None:
    return names.of_weight(kind, weight, parameter="weight", scope=scope, family=family)


def test_a_module_of_the_class_of_the_layer_is_its_place_whatever_its_weight_is_called():
    names = Names([("n", noted("head", "Linear")), ("m", noted("tokens", "Embedding"))], ["tokens.weight"])
    assert of_weight(names, "tokens.weight", "head", "Linear") == "head"


def test_a_weight_within_another_module_names_the_place():
    names = Names([("n", noted("attention", "Attention"))], ["attention.out.weight"])
    assert of_weight(names, "attention.out.weight", "attention", "Attention") == "attention.out"


@pytest.mark.parametrize("weight", ["attention.in_proj_weight", "weight"])
def test_a_weight_of_torch_that_no_layer_would_call_so_stays_free(weight: str):
    names = Names([("n", noted("attention", "Attention"))], [weight])
    assert of_weight(names, weight, "attention", "Attention") is None


def test_elsewhere_such_a_weight_still_names_its_layer_by_the_scope():
    assert of_weight(Names([("dense/MatMul", {})], ["dense.kernel"]), "dense.kernel", "dense") == "dense"


def test_a_weight_that_another_module_has_too_leaves_the_layer_in_its_scope():
    nodes = [("/a/Conv", {}), ("/b/Conv", {})]
    assert of_weight(Names(nodes, ["a.weight"]), "a.weight", "b") == "b"


def test_a_layer_is_not_put_where_others_live():
    names = Names([("/block/Conv", {}), ("/block/conv/Conv", {})], [])
    assert of_weight(names, "", "block") == ""


def test_layers_without_weights_belong_to_modules_of_their_own():
    names = Names([("/act/Relu", {}), ("/block/Relu", {}), ("/block/conv/Conv", {}), ("/Add", {})], [])
    assert [names.of_scope("ReLU", scope=scope, family="") for scope in ("act", "block", "")] == ["act", None, None]


def test_layers_in_pieces_take_all_nodes_of_their_scope():
    names = Names([("/act/Sigmoid", {}), ("/act/Mul", {})], [])
    assert [names.of_scope("SiLU", scope="act", family="", nodes=count) for count in (1, 2)] == [None, "act"]


def test_the_class_that_is_noted_decides_for_layers_without_weights():
    names = Names([("n", noted("block", "Block")), ("m", noted("act", "ReLU"))], [])
    scopes = (("block", "Block"), ("act", "ReLU"))
    assert [names.of_scope("ReLU", scope=scope, family=family) for scope, family in scopes] == [None, "act"]


def test_without_names_layers_are_numbered_by_kind():
    names = Names([("", {}), ("Conv_1", {})], ["W"])
    kinds = ("Conv2d", "BatchNorm2d", "Conv1d", "ReLU6")
    assert [names.numbered(kind) for kind in kinds] == ["conv1", "bn1", "conv2", "relu6_1"]


def test_layers_without_weights_are_numbered_where_nothing_has_a_name():
    assert Names([("", {})], ["a.weight"]).of_scope("ReLU", scope="", family="") == "relu1"


@pytest.mark.parametrize(
    ("name", "expected"), [("cls", True), ("a.0.w", True), ("val_3", False), ("onnx::Mul_1", False)]
)
def test_paths_are_what_a_network_may_call_its_parameters(name: str, expected: bool):
    assert is_path(name) is expected


@pytest.mark.parametrize(
    ("name", "expected"), [("a.class.w", "a.class_.w"), ("a/b:0", "a_b_0"), ("0.weight", "0.weight"), ("self", "self_")]
)
def test_paths_of_parameters_are_names_of_python(name: str, expected: str):
    assert parameter_path(name) == expected


@pytest.mark.parametrize(("name", "expected"), [("a b", "a_b"), ("", "value"), ("1x", "v_1x"), ("if", "if_")])
def test_any_text_becomes_a_name(name: str, expected: str):
    assert identifier(name) == expected
