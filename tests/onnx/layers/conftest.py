"""Small files with known weights, and networks written by both of torch's exporters."""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import helper, numpy_helper
from torch import Tensor, fx, nn

import leyden as ly
from leyden.onnx.lower.constant import Constant

Build = Callable[..., onnx.ModelProto]
Written = Callable[..., Path]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


@pytest.fixture
def build() -> Build:
    """Give what makes a file of nodes and weights; the input is `x`, the output `y`."""

    def make(
        nodes: list[tuple[Any, ...]], weights: Mapping[str, Tensor], shape: tuple[Any, ...], *, opset: int = 21,
        dtype: int = 1,
    ) -> onnx.ModelProto:  # fmt: skip
        parts = [helper.make_node(op, inputs, outputs, name=name, **said) for op, inputs, outputs, name, said in nodes]
        held = [numpy_helper.from_array(value.numpy(), name) for name, value in weights.items()]
        given = [helper.make_tensor_value_info("x", dtype, shape)]
        graph = helper.make_graph(parts, "g", given, [helper.make_tensor_value_info("y", 1, None)], held)
        return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", opset)])

    return make


@pytest.fixture
def agrees() -> Callable[..., None]:
    """Give what asserts that a file and the network made of it compute the same."""

    def check(model: onnx.ModelProto, *inputs: Tensor) -> None:
        (right,) = ly.onnx.run(model.SerializeToString(), *(part.numpy() for part in inputs))
        with torch.no_grad():
            got = ly.onnx.load(model)(*inputs)
        np.testing.assert_allclose(got.numpy(), right, rtol=1e-4, atol=1e-5)

    return check


@pytest.fixture
def kinds() -> Callable[[fx.GraphModule], dict[str, str]]:
    """Give what lists the layers of a network: class by path."""

    def listed(net: fx.GraphModule) -> dict[str, str]:
        others = (nn.Module, type(net), Constant)
        return {name: type(layer).__name__ for name, layer in net.named_modules() if type(layer) not in others}

    return listed


@pytest.fixture(params=["ours", "torchscript"])
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Written:
    """Give what writes a network as a file: our export, and torch's older exporter."""

    def written(net: nn.Module, example: Tensor, **settings: Any) -> Path:
        path = tmp_path / "net.onnx"
        if request.param == "ours":
            ly.onnx.export(net, example, path, batchnorm="keep")
            return path
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                net.eval(), (example,), str(path), dynamo=False, training=torch.onnx.TrainingMode.PRESERVE,
                do_constant_folding=False, **settings,
            )  # fmt: skip
        return path

    return written
