"""An ONNX file as a network for windows."""

import platform
from pathlib import Path
from typing import final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from leyden import onnx
from leyden.errors import MedicalError
from leyden.items import Size

__all__ = ["OnnxNetwork"]

_FAST = platform.machine().lower() in ("x86_64", "amd64")
_VOLUME = 5
"""Axes: batch, modality and three of space."""
_REAL = ("float32", "float16", "float64")


@final
class OnnxNetwork:
    """An ONNX file, run by onnxruntime, that takes windows and gives regions as a torch module does.

    A file runs on the CPU; one of volumes, on x86-64, where that is faster, as `leyden.onnx.as_slices` writes it.

    Args:
        source: path of a file, its content, or a `leyden.onnx.Session` that is open already, which stays as it is.
        threads: for onnxruntime within an operator; None leaves it to onnxruntime; not for an open session.

    Raises:
        OnnxError: the file cannot be opened.
        MedicalError: it does not take one array of `batch modality y x` or `batch modality z y x` of real numbers.

    Examples:
        Write a network, and plan windows as the file wants them:

        >>> from tempfile import TemporaryDirectory
        >>> network = torch.nn.Conv2d(2, 3, 3, padding=1).eval()
        >>> with TemporaryDirectory() as folder:
        ...     report = onnx.export(network, torch.randn(1, 2, 8, 8), Path(folder) / "net.onnx")
        ...     served = OnnxNetwork(Path(folder) / "net.onnx")
        >>> served.modalities, served(torch.zeros(1, 2, 8, 8)).shape
        (2, torch.Size([1, 3, 8, 8]))
    """

    def __init__(self, source: "onnx.Session | str | Path | bytes", *, threads: int | None = None) -> None:
        opens = isinstance(source, str | Path | bytes)
        self.session = onnx.Session(source, threads=threads) if opens else source
        takes = self.session.inputs
        shape = takes[0].shape if len(takes) == 1 else None
        if shape is None or len(shape) not in (4, 5) or takes[0].dtype not in _REAL:
            raise MedicalError(
                f"the file takes {'; '.join(map(str, takes))}; wanted one array of real numbers, batch x modality x "
                "(z) x y x x"
            )
        if opens and _FAST and len(shape) == _VOLUME:
            self.session = onnx.Session(onnx.as_slices(source), threads=threads)
        self._dtype = np.dtype(takes[0].dtype)
        self.batch, self.modalities, *window = (axis if isinstance(axis, int) else None for axis in shape)
        self.window = tuple(window)
        """Side of the windows it takes along each axis; None where it takes any."""

    def faults(self, window: Size, modalities: int) -> list[str]:
        """Say why a file of fixed sizes cannot take such windows; nothing if it can.

        Args:
            window: lengths in axis order.
            modalities: channels.
        """
        faults: list[str] = []
        fits = len(window) == len(self.window)
        if not fits or any(own not in (None, side) for own, side in zip(self.window, window, strict=True)):
            wanted = tuple(side or "any" for side in self.window)
            faults.append(
                f"the plan's window is {window}, the ONNX file takes {' x '.join(map(str, wanted))}: the plan's must "
                "equal the file's"
            )
        if self.modalities not in (None, modalities):
            faults.append(f"the plan has {modalities} modalities, the ONNX file takes {self.modalities}")
        return faults

    def __call__(self, windows: Float[Tensor, "batch modality *space"]) -> Float[Tensor, "batch region *space"]:
        """Give the file's first output, in float32 on the CPU.

        A file of a fixed batch is run as often as it takes, filled up with zeros.

        Raises:
            OnnxError: the file does not take such windows.
        """
        given = windows.detach().cpu().numpy().astype(self._dtype, copy=False)
        size = self.batch or max(len(given), 1)
        answers = [self._once(given[first : first + size], size) for first in range(0, len(given), size)]
        return torch.from_numpy(answers[0] if len(answers) == 1 else np.concatenate(answers)).float()

    def _once(self, given: np.ndarray, size: int) -> np.ndarray:
        lacking = size - len(given)
        filled = np.concatenate((given, np.zeros((lacking, *given.shape[1:]), given.dtype))) if lacking else given
        return self.session(filled)[0][: len(given)]
