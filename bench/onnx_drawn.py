"""Inputs of the kind that a network was made for, where noise saturates it: what the package computes itself."""

import io
import wave
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch.nn import functional

from leyden import assets

__all__ = ["DRAWN"]

_RATE = 16000
_MOST = 0.99  # what ICLabel's three features are scaled to


def _log_power(shape: Sequence[int], generator: np.random.Generator) -> np.ndarray:
    """Logarithm of the power of speech: batch, frame, frequency; windows overlap by half, as DNSMOS has them."""
    del generator
    wide = 2 * (shape[2] - 1)
    return np.log10(np.maximum(_powers(shape, window=np.hanning(wide), hop=wide // 2), 1e-12))


def _log_mel(shape: Sequence[int], generator: np.random.Generator) -> np.ndarray:
    """Logarithm of the mel bands of speech: batch, frame, band; frames of 25 ms and 512 points, every 10 ms."""
    del generator
    window = np.pad(np.hamming(400), 56)
    return np.log10(_powers(shape, window=window, hop=160) @ _bands(shape[2], 512).T + 1e-10)


def _powers(shape: Sequence[int], *, window: np.ndarray, hop: int) -> np.ndarray:
    """Give power spectra of pieces of speech that begin half a second after each other."""
    spoken, long = _speech(), (shape[1] - 1) * hop + len(window)
    pieces = [np.roll(spoken, -index * _RATE // 2)[:long] for index in range(shape[0])]
    frames = [np.lib.stride_tricks.sliding_window_view(piece, len(window))[::hop] for piece in pieces]
    return np.abs(np.fft.rfft(np.stack(frames) * window)) ** 2


def _speech() -> np.ndarray:
    """Give five sentences, read aloud, one after the other: numbers from -1 to 1, at 16 kHz."""
    names = [name for name in assets.members("librivox-5") if "librivox/" in name and name.endswith(".wav")]
    parts = []
    for name in sorted(names):
        with wave.open(io.BytesIO(assets.read("librivox-5", name))) as sound:
            parts.append(np.frombuffer(sound.readframes(sound.getnframes()), np.int16) / 2**15)
    return np.concatenate(parts)


def _bands(count: int, points: int) -> np.ndarray:
    """Give triangular mel filters of equal area."""
    top = 2595 * np.log10(1 + _RATE / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, count + 2) / 2595) - 1)
    low, middle, high = (edges[start : start + count, None] for start in range(3))
    places = np.fft.rfftfreq(points, 1 / _RATE)
    rising, falling = (places - low) / (middle - low), (high - places) / (high - middle)
    return np.maximum(np.minimum(rising, falling), 0) * 2 / (high - low)


def _topography(shape: Sequence[int], generator: np.random.Generator) -> np.ndarray:
    """A smooth map inside a circle, as a component of EEG has it on the head."""
    coarse = torch.from_numpy(generator.standard_normal((*shape[:2], 4, 4)))
    smooth = functional.interpolate(coarse, tuple(shape[2:]), mode="bicubic").numpy()
    down, right = np.mgrid[-1 : 1 : shape[2] * 1j, -1 : 1 : shape[3] * 1j]
    return _scaled(smooth * (down**2 + right**2 <= 1))


def _spectrum(shape: Sequence[int], generator: np.random.Generator) -> np.ndarray:
    """Decibels of a power that falls with the square of the frequency, from 1 Hz on."""
    return _scaled(generator.standard_normal(shape) - 20 * np.log10(np.arange(1, shape[-1] + 1)))


def _autocorrelation(shape: Sequence[int], generator: np.random.Generator) -> np.ndarray:
    """That of a rhythm between 4 and 20 Hz which is lost within a second."""
    lag = np.arange(shape[-1]) / shape[-1]
    rate = generator.uniform(4, 20, (*shape[:-1], 1))
    return _scaled(np.exp(-5 * lag) * np.cos(2 * np.pi * rate * lag))


def _scaled(array: np.ndarray) -> np.ndarray:
    """Scale each item so that its largest absolute value is what ICLabel takes."""
    return array / np.abs(array).max(tuple(range(1, array.ndim)), keepdims=True) * _MOST


DRAWN: dict[str, Callable[[Sequence[int], np.random.Generator], np.ndarray]] = {
    "autocorrelation": _autocorrelation, "log mel of speech": _log_mel, "log power of speech": _log_power,
    "spectrum": _spectrum, "topography": _topography,
}  # fmt: skip
"""What makes an input of a shape, by the word for it in onnx-files.toml."""
