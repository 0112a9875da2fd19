"""Small networks, quantised as onnxruntime does it where ranges are measured at each run."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from leyden.onnx import export

Run = Callable[..., list[np.ndarray]]


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem, self.mid = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1, groups=2, stride=2)
        self.head, self.last = nn.Linear(8, 5), nn.Linear(5, 4, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(torch.relu(self.head(torch.relu(self.mid(torch.relu(self.stem(x)))).mean((2, 3)))))


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.head = nn.LSTM(6, 16, bidirectional=True), nn.Linear(32, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.lstm(x)[0])


@pytest.fixture(scope="session")
def images() -> Tensor:
    return torch.randn(3, 3, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="session")
def sounds() -> Tensor:
    return torch.randn(7, 2, 6, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="session", params=[QuantType.QUInt8, QuantType.QInt8], ids=["u8", "s8"])
def quantised(request: pytest.FixtureRequest, images: Tensor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("dynamic")
    export(Net().eval(), images, folder / "plain.onnx")
    quantize_dynamic(folder / "plain.onnx", folder / "net.onnx", weight_type=request.param)
    return folder / "net.onnx"


@pytest.fixture(scope="session")
def recurrent(sounds: Tensor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("recurrent")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Recurrent().eval(), (sounds,), str(folder / "plain.onnx"), dynamo=False, input_names=["x"],
            dynamic_axes={"x": {0: "time", 1: "batch"}},
        )  # fmt: skip
    quantize_dynamic(folder / "plain.onnx", folder / "net.onnx", weight_type=QuantType.QInt8)
    return folder / "net.onnx"


@pytest.fixture(scope="session")
def run() -> Run:
    """Give what onnxruntime gives without optimisation."""

    def answers(source: Path | bytes, *arrays: Tensor) -> list[np.ndarray]:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(source, options)
        names = [value.name for value in session.get_inputs()]
        given = (array.numpy() for array in arrays)
        return [np.asarray(part) for part in session.run(None, dict(zip(names, given, strict=True)))]

    return answers
