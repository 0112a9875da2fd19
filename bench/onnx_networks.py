"""Networks that bench/onnx_import.py exports and has imported again, and the files of them."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

import leyden as ly
from mask_network import large, resnet18

__all__ = ["LARGE", "NETWORKS", "Subject", "write", "write_huge"]

OPSET = 17
"""Of the files that all are timed on."""


@dataclass(frozen=True)
class Subject:
    """A network and what it is run on.

    Args:
        make: the network, weights drawn from seed 0.
        shape: of its input.
        calls: how many inferences make a round.
    """

    make: Callable[[], nn.Module]
    shape: tuple[int, ...]
    calls: int

    def network(self) -> nn.Module:
        """A new one, ready for inference; no two of its layers normalise alike, lest files hold them once."""
        with torch.random.fork_rng():
            torch.manual_seed(0)
            network = self.make()
            norms = (layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d | nn.LayerNorm))
            for name, value in (pair for layer in norms for pair in layer.state_dict().items()):
                if value.is_floating_point():
                    value.uniform_(0.8, 1.2) if name in ("weight", "running_var") else value.normal_(std=0.1)
        return network.eval()

    def example(self) -> Tensor:
        """The input."""
        return torch.randn(self.shape, generator=torch.Generator().manual_seed(1))


class Recurrent(nn.Module):
    """Two layers of LSTM and a head on the last step."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(64, 128, num_layers=2, batch_first=True)
        self.head = nn.Linear(128, 10)

    def forward(self, series: Tensor) -> Tensor:
        """Scores of a series of features."""
        return self.head(self.lstm(series)[0][:, -1])


class Attention(nn.Module):
    """A layer of a transformer, written out: attention and two linear maps, each normalised before.

    Args:
        width: of a token.
        heads: of attention.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.after = nn.LayerNorm(width), nn.LayerNorm(width)
        self.project, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens of the same shape."""
        batch, length, width = tokens.shape
        parts = self.project(self.before(tokens)).reshape(batch, length, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        weights = (query @ key.transpose(-2, -1) * (width // self.heads) ** -0.5).softmax(-1)
        tokens = tokens + self.out((weights @ value).transpose(1, 2).reshape(batch, length, width))
        return tokens + self.narrow(nn.functional.gelu(self.widen(self.after(tokens))))


NETWORKS: Mapping[str, Subject] = {
    "ResNet-18": Subject(resnet18, (1, 3, 224, 224), 3),
    "EfficientNet-Lite0": Subject(lambda: ly.vision.create("efficientnet_lite0")[0], (1, 3, 224, 224), 3),
    "transformer": Subject(lambda: nn.Sequential(*(Attention(192, 6) for _ in range(4))), (1, 128, 192), 10),
    "LSTM": Subject(Recurrent, (1, 50, 64), 20),
}
"""By name."""

LARGE = Subject(large, (1, 2048), 1)
"""Of 102 million weights."""


def write(name: str, folder: Path) -> dict[str, Path]:
    """Files of a network: `plain`, which all importers were made for, and torch's `default`.

    The plain one is of torch's older exporter, in a version that all know, without folding layers into each other.
    """
    subject = LARGE if name == "large" else NETWORKS[name]
    paths = {kind: folder / f"{name}-{kind}.onnx" for kind in ("plain", "default")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's, of what it will not keep
        torch.onnx.export(
            subject.network(), (subject.example(),), paths["plain"], dynamo=False, opset_version=OPSET,
            training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=True, input_names=["x"],
        )  # fmt: skip
        _tidy(paths["plain"])
        if name != "large":
            torch.onnx.export(
                subject.network(), (subject.example(),), paths["default"], dynamo=True, external_data=False,
                verbose=False,
            )  # fmt: skip
    return {kind: path for kind, path in paths.items() if path.exists()}


def write_huge(folder: Path, *, count: int = 24, width: int = 4_896) -> Path:
    """A row of products with matrices that lie in a file beside it: 2.3 GB of them."""
    path, generator = folder / "huge.onnx", np.random.default_rng(0)
    nodes, weights = [], []
    with (folder / "huge.bin").open("wb") as file:
        for index in range(count):
            weight = onnx.TensorProto(name=f"w{index}", data_type=onnx.TensorProto.FLOAT, dims=[width, width])
            weight.data_location = onnx.TensorProto.EXTERNAL
            place = {"location": "huge.bin", "offset": file.tell(), "length": 4 * width**2}
            weight.external_data.extend(onnx.StringStringEntryProto(key=k, value=str(v)) for k, v in place.items())
            file.write(generator.standard_normal((width, width), dtype=np.float32).tobytes())
            weights.append(weight)
            nodes.append(onnx.helper.make_node("MatMul", [f"v{index}", weight.name], [f"v{index + 1}"]))
    ends = [onnx.helper.make_tensor_value_info(name, 1, ["batch", width]) for name in ("v0", f"v{count}")]
    graph = onnx.helper.make_graph(nodes, "huge", ends[:1], ends[1:], weights)
    onnx.save(onnx.helper.make_model(graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid("", OPSET)]), path)
    return path


def _tidy(path: Path) -> None:
    """Leaves out an attribute that says what is said without it: one of the peers stumbles over it."""
    model = onnx.load(path)
    for node in model.graph.node:
        kept = [attribute for attribute in node.attribute if attribute.name != "training_mode" or attribute.i]
        del node.attribute[:]
        node.attribute.extend(kept)
    onnx.save(model, path)
