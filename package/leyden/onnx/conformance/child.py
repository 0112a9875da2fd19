"""`python -m leyden.onnx.conformance.child` loads and runs models for another process, in torch only."""

from collections.abc import Sequence
from typing import Any

import onnx
import torch

from leyden.errors import OnnxError
from leyden.onnx.conformance.backend import Backend
from leyden.onnx.conformance.barrier import Barrier
from leyden.onnx.conformance.serving import serve

__all__ = ["BARRED", "answer", "main"]

BARRED = Barrier(("onnxruntime", "onnx.reference"))
"""What could compute a model instead of torch."""


def answer(model: bytes, sets: Sequence[Sequence[Any]]) -> list[Any]:
    """Load a model and run it on each list of inputs.

    Raises:
        OnnxError: Something that could compute the model instead of torch is imported in this process.
    """
    network = Backend.prepare(onnx.ModelProto.FromString(model))
    outputs = [network.run(inputs) for inputs in sets]
    if BARRED.intruders():
        raise OnnxError(f"imported beside torch: {', '.join(BARRED.intruders())}")
    return outputs


def main() -> None:
    """Answer questions from standard input until it ends."""
    torch.set_num_threads(1)
    with BARRED:
        serve(answer)


if __name__ == "__main__":
    main()
