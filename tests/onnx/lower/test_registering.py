import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import pytest
import torch
from onnx import helper
from torch import Tensor, nn

from leyden.errors import ExportError, OnnxError, OnnxImportError
from leyden.onnx import export, load, run
from leyden.onnx.lower.registering import is_recorded, recorded_by, register, unregister


@register("com.acme", "Foo")
def foo(x: Tensor, y: Tensor, *, alpha: float = 1.0) -> Tensor:
    """Scale and shift."""
    return x * alpha + y


@pytest.fixture
def clean() -> Iterator[None]:
    yield
    for name in ("Bar", "Pair"):
        try:
            unregister("com.acme", name)
        except OnnxError:
            continue


def acme(op: str = "Foo", *, outputs: tuple[str, ...] = ("z",), version: int = 1, **attributes: Any) -> bytes:
    """A file of one node of the domain, without a body for it."""
    node = helper.make_node(op, ["x", "y"], list(outputs), name="one", domain="com.acme", **attributes)
    values = [helper.make_tensor_value_info(name, 1, ["n"]) for name in ("x", "y", *outputs)]
    graph = helper.make_graph([node], "g", values[:2], values[2:])
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("com.acme", version)]
    return helper.make_model(graph, ir_version=10, opset_imports=opsets).SerializeToString()


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return foo(self.linear(x), x, alpha=2.0).relu()


def test_a_file_that_names_the_operator_calls_the_function():
    net = load(acme(alpha=3.0))
    assert net(torch.ones(2), torch.ones(2)).tolist() == [4, 4]


def test_attributes_that_the_file_leaves_out_have_their_defaults():
    assert load(acme())(torch.ones(2), torch.ones(2)).tolist() == [2, 2]


def test_the_imported_call_is_differentiable():
    x = torch.ones(2, requires_grad=True)
    load(acme(alpha=3.0))(x, torch.ones(2)).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [3, 3]


def test_an_attribute_that_the_function_does_not_know_is_refused():
    with pytest.raises(OnnxImportError, match=r"Foo of version 1 has no attribute beta"):
        load(acme(beta=1.0))


def test_the_function_stays_a_plain_function():
    assert foo.__doc__ == "Scale and shift."
    assert torch.equal(foo(torch.ones(1), torch.ones(1), alpha=2.0), torch.tensor([3.0]))
    assert pickle.loads(pickle.dumps(foo)) is foo


def test_a_network_that_calls_it_compiles_without_a_break():
    net, x = Net(), torch.randn(3, 4)
    assert torch.allclose(torch.compile(net, fullgraph=True, backend="eager")(x), net(x))


def test_several_outputs_are_a_tuple(clean: None):
    @register("com.acme", "Pair", outputs=2)
    def pair(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return x + y, x - y

    both = load(acme("Pair", outputs=("z", "w")))(torch.ones(1), torch.ones(1))
    assert [part.item() for part in both] == [2, 0]
    assert load(acme("Pair"))(torch.ones(1), torch.ones(1)).item() == 2


def test_versions_before_the_first_are_unknown(clean: None):
    @register("com.acme", "Bar", since=3)
    def bar(x: Tensor, y: Tensor) -> Tensor:
        return x + y

    assert load(acme("Bar", version=3))(torch.ones(1), torch.ones(1)).item() == 2
    with pytest.raises(OnnxImportError, match=r"com.acme::Bar of version 2"):
        load(acme("Bar", version=2))


def test_the_same_function_may_be_registered_again(clean: None):
    def cell() -> None:
        @register("com.acme", "Bar")
        def bar(x: Tensor, y: Tensor) -> Tensor:
            return x + y

    cell()
    cell()
    assert load(acme("Bar"))(torch.ones(1), torch.ones(1)).item() == 2


def test_another_function_for_the_same_operator_is_refused():
    def other(x: Tensor) -> Tensor:
        return x

    with pytest.raises(OnnxError, match=r"foo is registered for it; .*unregister\('com.acme', 'Foo'\) first"):
        register("com.acme", "Foo")(other)


def test_the_domain_of_onnx_is_refused():
    with pytest.raises(OnnxError, match=r"the domain 'ai.onnx' is ONNX's; choose one of your own"):
        register("ai.onnx", "Foo")(foo)


def test_all_faults_of_the_parameters_are_named_at_once():
    def wrong(x: Tensor, y: float = 2.0, *, opset: int = 1, **rest: int) -> Tensor:
        return x

    with pytest.raises(OnnxError) as error:
        register("com.acme", "not a name")(wrong)
    for part in ("'not a name'", "y=2.0 is an input by its place", "opset is a word", r"**rest does not say"):
        assert part in str(error.value)


def test_forgetting_what_was_never_registered_says_what_is():
    with pytest.raises(OnnxError, match=r"no com.acme::Baz was registered; registered: .*com.acme::Foo"):
        unregister("com.acme", "Baz")


def test_calls_are_recorded_only_inside_the_block():
    seen = []
    with recorded_by(lambda entry, inputs, attributes: seen.append((entry.name, attributes))):
        foo(torch.ones(1), torch.ones(1), alpha=3.0)
        assert is_recorded()
    assert seen == [("Foo", {"alpha": 3.0})]
    assert not is_recorded()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Net, Path]:
    net, path = Net(), tmp_path_factory.mktemp("acme") / "net.onnx"
    export(net, torch.randn(3, 4), path)
    return net, path


def test_an_exported_call_is_one_node_with_its_attributes_and_a_body(written: tuple[Net, Path]):
    model = onnx.load(written[1])
    nodes = [node for node in model.graph.node if node.domain == "com.acme"]
    assert [(node.op_type, helper.get_node_attr_value(node, "alpha")) for node in nodes] == [("Foo", 2.0)]
    assert [(body.domain, body.name, list(body.input)) for body in model.functions] == [("com.acme", "Foo", ["x", "y"])]


def test_the_exported_file_gives_the_function_back(written: tuple[Net, Path]):
    net, path = written
    again = load(path)
    assert foo in {node.target for node in again.graph.nodes}
    assert again.state_dict().keys() == net.state_dict().keys()
    assert torch.equal(again(torch.ones(5, 4)), net(torch.ones(5, 4)))


def test_an_imported_network_is_exported_with_the_same_node(written: tuple[Net, Path], tmp_path: Path):
    again = load(written[1])
    export(again, torch.randn(2, 4), tmp_path / "again.onnx")
    assert "Foo" in {node.op_type for node in onnx.load(tmp_path / "again.onnx").graph.node}
    x = np.ones((7, 4), np.float32)
    assert np.allclose(run(tmp_path / "again.onnx", x)[0], run(written[1], x)[0])


def test_a_wrong_call_is_an_error_of_the_export_that_names_it(tmp_path: Path, through: type[nn.Module]):
    with pytest.raises(
        ExportError, match=r"a call of com.acme::Foo cannot be written: input 1 is a float, not a tensor"
    ):
        export(through(lambda x: foo(x, cast("Any", 1.0))), torch.ones(2, 2), tmp_path / "net.onnx")
