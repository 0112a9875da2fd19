"""An ONNX file as a network of torch, which can be trained, pruned, edited and exported again."""

from pathlib import Path

import onnx
from torch import fx

from leyden.onnx.lower.builder import Builder, Shared
from leyden.onnx.lower.preparing import prepare
from leyden.onnx.reader import read_model

__all__ = ["load"]


def load(source: str | Path | bytes | onnx.ModelProto) -> fx.GraphModule:
    """Make a network of an ONNX file.

    Args:
        source: Path of a file, its content, or a model that was read already.

    Raises:
        OnnxImportError: The file is broken, or has operators that nobody knows; all of them are named.
    """
    model = source if isinstance(source, onnx.ModelProto) else read_model(source)[0]
    ready = prepare(model)
    opsets = {"" if domain == "ai.onnx" else domain: version for domain, version in ready.opset_imports.items()}
    return Builder(ready.graph, Shared(opsets)).build().eval()
