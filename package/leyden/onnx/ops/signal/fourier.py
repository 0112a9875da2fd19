"""Fourier transforms; complex numbers have an axis of their own, the last one: real part, imaginary part."""

from typing import Any

import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["dft", "dft_17", "stft"]


@operator("DFT", since=20, numbers=("dft_length", "axis"))
def dft(input: Tensor, dft_length: Any = None, axis: Any = None, *, inverse: int = 0, onesided: int = 0) -> Tensor:
    """Compute the discrete Fourier transform along one axis.

    Args:
        input: Its last axis has one element for real numbers, two for complex ones.
        dft_length: What the axis is cut or filled up to with zeros; None for what it has.
        axis: Which one; None for the last one of the signal.
        inverse: 1 for the transform back.
        onesided: 1 for the first half of the spectrum of real numbers; with `inverse`, for real numbers of it.

    Examples:
        >>> dft(torch.tensor([[1.0], [0.0], [-1.0], [0.0]]), onesided=1).tolist()
        [[0.0, 0.0], [2.0, 0.0], [0.0, 0.0]]
    """
    length, place = _single(dft_length), -2 if axis is None else int(_single(axis))
    return _transform(input, length, place % input.ndim, inverse=bool(inverse), onesided=bool(onesided))


@operator("DFT", since=17, until=19, numbers=("dft_length",))
def dft_17(input: Tensor, dft_length: Any = None, *, axis: int = 1, inverse: int = 0, onesided: int = 0) -> Tensor:
    """Compute the discrete Fourier transform along an axis that is an attribute; see `dft`."""
    return dft(input, dft_length, axis, inverse=inverse, onesided=onesided)


@operator("STFT", since=17, numbers=("frame_step", "frame_length"))
def stft(
    signal: Tensor, frame_step: Any, window: Tensor | None = None, frame_length: Any = None, *, onesided: int = 1
) -> Tensor:
    """Compute the Fourier transforms of frames of a signal.

    Args:
        signal: Batch, time, and one element for real numbers or two for complex ones.
        frame_step: From the start of one frame to that of the next.
        window: What the elements of each frame are multiplied with.
        frame_length: Elements in a frame; as many as in the window if it is left out, else the whole signal.
        onesided: 1 for the first half of the spectrum.

    Returns:
        Batch, frame, frequency, real and imaginary part.
    """
    length = _single(frame_length)
    if length is None:
        length = signal.shape[1] if window is None else window.shape[0]
    frames = signal.unfold(1, length, _single(frame_step)).transpose(2, 3)
    if window is not None:
        frames = frames * window[:, None]
    return _transform(frames, None, 2, inverse=False, onesided=bool(onesided))


def _single(number: Any) -> Any:
    return number[0] if isinstance(number, tuple) else number


def _transform(data: Tensor, length: Any, axis: int, *, inverse: bool, onesided: bool) -> Tensor:
    dtype = data.dtype
    wide = data if dtype == torch.float64 else data.float()
    real = wide.shape[-1] == 1
    signal = wide[..., 0] if real else torch.view_as_complex(wide.contiguous())
    if inverse and onesided:
        return torch.fft.irfft(signal, length, axis)[..., None].to(dtype)
    if inverse:
        result = torch.fft.ifft(signal, length, axis)
    elif onesided and real:
        result = torch.fft.rfft(signal, length, axis)
    else:
        result = torch.fft.fft(signal, length, axis)
        result = result.narrow(axis, 0, result.shape[axis] // 2 + 1) if onesided else result
    return torch.view_as_real(result).to(dtype)
