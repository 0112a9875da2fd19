from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onnx
import pytest
import torch
from onnx import helper
from torch import Tensor, nn

from leyden.errors import ExportError
from leyden.onnx import export, load
from leyden.onnx.lower.registering import Registered, register, unregister
from leyden.onnx.write.functions import Calls


def scale(x: Tensor, bias: Tensor | None = None, *, by: float = 1.0, axes: tuple[int, ...] = ()) -> Tensor:
    return x * by if bias is None else x * by + bias


def pair(*parts: Tensor, mode: str = "sum") -> tuple[Tensor, Tensor]:
    return Net.scale(parts[0], by=4.0), torch.cat(parts) if mode == "join" else parts[0] + parts[1]


class Net(nn.Module):
    """Two calls that are alike, one with other attributes, and one that calls another and gives two tensors."""

    scale = staticmethod(scale)
    pair = staticmethod(pair)

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(4, 4), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = Net.scale(Net.scale(self.first(x), by=2.0).relu(), by=2.0)
        x = Net.scale(x, self.first.bias, by=3.0, axes=(1, 2))
        one, two = Net.pair(x, x + 1, mode="join")
        return self.last(one), two


@pytest.fixture(scope="module")
def operators() -> Iterator[None]:
    Net.scale = staticmethod(register("com.acme", "Scale")(scale))
    Net.pair = staticmethod(register("com.acme", "Pair", outputs=2)(pair))
    yield
    for name in ("Scale", "Pair"):
        unregister("com.acme", name)


@pytest.fixture(scope="module")
def written(operators: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Net, Path]:
    net, path = Net(), tmp_path_factory.mktemp("functions") / "net.onnx"
    export(net, torch.randn(3, 4), path)
    return net, path


def bodies(path: Path) -> dict[tuple[str, str], set[str]]:
    """Domains that each body calls, by name and overload."""
    return {(body.name, body.overload): {node.domain for node in body.node} for body in onnx.load(path).functions}


def test_each_call_is_a_node_with_its_attributes(written: tuple[Net, Path]):
    nodes = [node for node in onnx.load(written[1]).graph.node if node.domain == "com.acme"]
    attributes = [{a.name: helper.get_attribute_value(a) for a in node.attribute} for node in nodes]
    assert [node.op_type for node in nodes] == ["Scale", "Scale", "Scale", "Pair"]
    assert attributes == [{"by": 2.0}, {"by": 2.0}, {"by": 3.0, "axes": [1, 2]}, {"mode": b"join"}]


def test_equal_bodies_are_written_once_and_others_are_overloads(written: tuple[Net, Path]):
    assert bodies(written[1]).keys() == {("Scale", ""), ("Scale", "1"), ("Pair", "")}


def test_a_call_inside_another_is_part_of_its_body(written: tuple[Net, Path]):
    assert bodies(written[1])["Pair", ""] == {""}


def test_free_axes_and_names_of_weights_survive(written: tuple[Net, Path]):
    net, path = written
    again = load(path)
    assert again.state_dict().keys() == net.state_dict().keys()
    assert [tuple(part.shape) for part in again(torch.ones(5, 4))] == [(5, 2), (10, 4)]


def test_where_the_functions_are_unknown_the_bodies_run(written: tuple[Net, Path]):
    net, path = written
    for name in ("Scale", "Pair"):
        unregister("com.acme", name)
    try:
        again = load(path)
    finally:
        register("com.acme", "Scale")(scale)
        register("com.acme", "Pair", outputs=2)(pair)
    x = torch.randn(5, 4)
    assert all(torch.allclose(a, b) for a, b in zip(again(x), net(x), strict=True))


@pytest.mark.parametrize(
    ("inputs", "attributes", "message"),
    [
        ((torch.ones(1),), {"by": 1j}, "attribute by is 1j; ONNX has numbers, texts, and tuples of them"),
        ((2.0,), {}, "input 0 is a float, not a tensor: write torch.tensor"),
        ((torch.ones(1),), {"colour": 1}, "com.acme::Scale is called wrongly: .*'colour'"),
    ],
    ids=["odd attribute", "number as input", "unknown attribute"],
)
def test_a_call_that_cannot_be_written_is_an_error(inputs: tuple[Any, ...], attributes: dict[str, Any], message: str):
    calls = Calls()
    with pytest.raises(ExportError, match=message):
        calls(Registered("com.acme", "Scale", scale, 1, 1), inputs, attributes)
    assert calls.fault is not None


def test_a_function_that_gives_no_tensor_is_refused():
    entry = Registered("com.acme", "Shape", lambda x: tuple(x.shape), 1, 1)
    with pytest.raises(ExportError, match=r"the function of com.acme::Shape gives 2 values; it must give one tensor"):
        Calls()(entry, (torch.ones(2, 2),), {})
