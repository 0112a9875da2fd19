"""Networks of torch behind ONNX's own interface for backends."""

from collections.abc import Iterable, Sequence
from typing import Any, final

import onnx
import torch
from onnx.backend.base import Backend as OnnxBackend
from onnx.backend.base import BackendRep
from torch import fx

from leyden.errors import OnnxError
from leyden.onnx.conformance.array import to_array, to_torch
from leyden.onnx.loading import load

__all__ = ["Backend", "Network"]


@final
class Network(BackendRep):
    """A file as a network, run on arrays of NumPy.

    Args:
        network: What `leyden.onnx.load` made of it.
        outputs: The outputs that the file declares.
        device: Where the network runs.
    """

    def __init__(self, network: fx.GraphModule, outputs: Iterable[onnx.ValueInfoProto], device: str) -> None:
        self.network = network.to(device)
        self.device = device
        self.types = tuple(output.type for output in outputs)

    def run(self, inputs: Sequence[Any], **kwargs: Any) -> tuple[Any, ...]:
        """Run the network: arrays, lists of arrays and None in, the same out.

        Args:
            inputs: One value for each input of the file that is no initialiser.
            kwargs: ONNX's interface has them; nothing is known of any.

        Raises:
            OnnxError: There are keywords.
        """
        _refuse(kwargs)
        with torch.no_grad():
            given = self.network(*(to_torch(value, self.device) for value in inputs))
        values = (given,) if len(self.types) == 1 else tuple(given)
        return tuple(to_array(value, kind) for value, kind in zip(values, self.types, strict=True))


@final
class Backend(OnnxBackend):
    """What ONNX's tools call to run a file: `leyden.onnx.load`, in torch only.

    Examples:
        >>> import numpy as np
        >>> text = '<ir_version: 10, opset_import: ["" : 20]> g (float[n] x) => (float[n] y) { y = Neg(x) }'
        >>> model = onnx.parser.parse_model(text)
        >>> Backend.prepare(model).run([np.ones(2, np.float32)])
        (array([-1., -1.], dtype=float32),)
    """

    @classmethod
    def prepare(cls, model: onnx.ModelProto, device: str = "CPU", **kwargs: Any) -> Network:
        """Make a network of a model.

        Args:
            model: It is left as it is.
            device: "CPU" or "CUDA", with a number after a colon or without.
            kwargs: ONNX's interface has them; nothing is known of any.

        Raises:
            OnnxImportError: The model is broken, or has operators that nobody knows.
            OnnxError: There are keywords.
        """
        _refuse(kwargs)
        return Network(load(model), model.graph.output, device.lower())

    @classmethod
    def supports_device(cls, device: str) -> bool:
        """Say whether torch has the device here."""
        name = device.partition(":")[0]
        return name == "CPU" or (name == "CUDA" and torch.cuda.is_available())


def _refuse(settings: dict[str, Any]) -> None:
    if settings:
        raise OnnxError(f"unknown settings: {', '.join(sorted(settings))}; there are none")
