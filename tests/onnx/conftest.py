"""Small networks of many kinds, each exported once for all tests of the room."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import onnx
import pytest
import torch
from torch import Tensor, nn

from leyden.onnx import Report, export

Written = Callable[..., onnx.ModelProto]


class Exported(NamedTuple):
    net: nn.Module
    example: object
    report: Report


class Residual(nn.Module):
    """Convolution, batch normalisation, a skip, dropout, a head."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU())
        self.block = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(inplace=True))
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(8, 4)

    def forward(self, image: Tensor) -> Tensor:
        image = self.stem(image)
        return self.head(self.drop((image + self.block(image)).mean((2, 3))))


def warmed(net: nn.Module) -> nn.Module:
    """Give batch normalisation statistics that are not the identity."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean = torch.randn_like(module.running_mean)
            module.running_var = torch.rand_like(module.running_var) + 0.5
    return net


@pytest.fixture(scope="session")
def residual(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    torch.manual_seed(0)
    net, example = warmed(Residual()), torch.rand(1, 3, 16, 16)
    path = tmp_path_factory.mktemp("residual") / "residual.onnx"
    return Exported(net, example, export(net, example, path, metadata={"classes": '["cat", "dog"]'}))


@pytest.fixture(scope="session")
def recurrent(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    torch.manual_seed(0)
    net, example = nn.LSTM(4, 8, batch_first=True), torch.randn(1, 5, 4)
    path = tmp_path_factory.mktemp("recurrent") / "recurrent.onnx"
    return Exported(net, example, export(net, example, path, dynamic={"input": {0: "batch", 1: "time"}}))


@pytest.fixture(scope="session")
def plus_one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that adds one to `x` of two named axes, made by hand."""
    node = onnx.helper.make_node("Add", ["x", "one"], ["y"], name="add")
    one = onnx.numpy_helper.from_array(torch.ones(1).numpy(), "one")
    declare = onnx.helper.make_tensor_value_info
    inputs = [declare("x", onnx.TensorProto.FLOAT, ["batch", 3])]
    outputs = [declare("y", onnx.TensorProto.FLOAT, ["batch", 3])]
    graph = onnx.helper.make_graph([node], "g", inputs, outputs, [one])
    path = tmp_path_factory.mktemp("plus_one") / "plus_one.onnx"
    onnx.save(onnx.helper.make_model(graph, ir_version=10, opset_imports=[onnx.helper.make_opsetid("", 20)]), path)
    return path


class Through(nn.Module):
    """A network of one function."""

    def __init__(self, function: Callable[[Tensor], object]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> object:
        return self.function(x)


@pytest.fixture(scope="session")
def through() -> type[Through]:
    return Through


@pytest.fixture(scope="session")
def written() -> Written:
    """Write a model as text."""

    def write(text: str, *, opset: int = 20, more: str = "", functions: str = "") -> onnx.ModelProto:
        return onnx.parser.parse_model(f'<ir_version: 10, opset_import: ["" : {opset}{more}]> {text} {functions}')

    return write
