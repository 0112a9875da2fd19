"""Another importer of ONNX files in a process of its own, for bench/onnx.py: `python bench/onnx_peer.py NAME`.

It runs in the environment of bench/onnx-peers.txt, and answers as `leyden.onnx.conformance.child` does: of leyden only
the way that questions and arrays go is used.
"""

import sys
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import onnx
import torch
from torch import nn

__all__ = ["IMPORTERS", "Convert", "importer"]

Convert: TypeAlias = Callable[[str | onnx.ModelProto], nn.Module]
"""Makes a network of the path of a file, or of a model."""

PACKAGE = Path(__file__).resolve().parent.parent / "package"


def _onnx2torch() -> Convert:
    _torchvision()
    return import_module("onnx2torch").convert


def _onnx2pytorch() -> Convert:
    _torchvision()
    convert = import_module("onnx2pytorch").ConvertModel
    return lambda source: convert(onnx.load(source) if isinstance(source, str) else source)


def _leyden() -> Convert:
    return import_module("leyden.onnx").load


def _torchvision() -> None:
    import_module("onnx_torchvision").provide()


IMPORTERS: dict[str, Callable[[], Convert]] = {
    "leyden": _leyden, "onnx2torch": _onnx2torch, "onnx2pytorch": _onnx2pytorch,
}  # fmt: skip
"""By name: what gives a model's importer, once what it needs is imported."""


def importer(name: str) -> Convert:
    """The importer of a library."""
    warnings.simplefilter("ignore")
    return IMPORTERS[name]()


def main() -> None:
    """Answers questions from standard input until it ends."""
    torch.set_num_threads(1)
    sys.path.insert(0, str(PACKAGE))
    load = importer(sys.argv[1])
    arrays, serving = import_module("leyden.onnx.conformance.array"), import_module("leyden.onnx.conformance.serving")

    def run(content: bytes, sets: Sequence[Sequence[Any]]) -> list[Any]:
        model = onnx.ModelProto.FromString(content)
        network = load(model).eval()
        types = [output.type for output in model.graph.output]
        answers = []
        for inputs in sets:
            with torch.no_grad():
                given = network(*map(arrays.to_torch, inputs))
            values = [given] if len(types) == 1 else list(given)
            answers.append([arrays.to_array(value, kind) for value, kind in zip(values, types, strict=True)])
        return answers

    serving.serve(run)


if __name__ == "__main__":
    main()
