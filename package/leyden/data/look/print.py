"""Fingerprints: of what an element holds, bit by bit, and of how its picture looks."""

import hashlib
from collections.abc import Mapping

import numpy as np
import torch
from PIL import Image as Pillow
from scipy.fft import dctn
from torch import Tensor

from leyden.data.look.leaf import Kind, grid_of, tensor_of
from leyden.data.pipe.view import Element
from leyden.data.run.parcel import bytes_in
from leyden.items import Item, Keypoints, Label

__all__ = ["content", "looks", "main_field", "shades"]

_SIDE, _KEPT = 32, 8  # Zauner's: the 8 x 8 lowest waves of a picture of 32 x 32
_CHECKED = 16  # side of the picture kept to check a match by: 256 bytes
_EVEN = 2.0  # grey levels of 255 that a picture's values spread at least; below, what is compared would be noise
_BULK: tuple[Kind, ...] = ("image", "volume", "sound", "tensor")


def main_field(fields: Mapping[str, Element], kinds: Mapping[str, Kind]) -> str | None:
    """The field that an element is about: its first picture, sound or tensor, else the text beside a label.

    Examples:
        >>> main_field({"0": "fine", "1": 1}, {"0": "text", "1": "label"})
        '0'
        >>> main_field({"town": "Leiden", "age": 3}, {"town": "text", "age": "number"}) is None
        True
    """
    bulk = next((name for name, kind in kinds.items() if kind in _BULK), None)
    texts = [name for name, kind in kinds.items() if kind == "text"]
    if bulk is None and len(texts) == 1 and all(kind in ("text", "label") for kind in kinds.values()):
        return texts[0]
    return bulk


def content(fields: Mapping[str, Element]) -> bytes:
    """A hash of all that fields hold, of types and shapes too; 16 bytes, so two differ by chance in no data set.

    Examples:
        >>> content({"x": torch.zeros(2)}) == content({"x": torch.zeros(2)}), content({"x": 1}) == content({"x": 1.0})
        (True, False)
    """
    digest = hashlib.blake2b(digest_size=16)
    for name, value in fields.items():
        digest.update(f"{name}\0".encode())
        numbers = tensor_of(value)
        if numbers is None:
            digest.update(_words(value))
            continue
        digest.update(
            f"{type(value).__name__ if isinstance(value, Item) else ''} {numbers.dtype} {tuple(numbers.shape)}".encode()
        )
        if isinstance(value, Keypoints):
            digest.update(repr((value.size, value.labels)).encode())
        digest.update(bytes_in(numbers).data)
    return digest.digest()


def looks(value: Element) -> tuple[int, np.ndarray] | None:
    """How an image looks: a perceptual hash, few bits of which change when it is saved again, resized or lightened.

    Which of the 8 x 8 slowest waves of the grey picture, the constant apart, are stronger than their median: 63 bits.

    Args:
        value: an image, as `kinds_of` finds it.

    Returns:
        The bits, and the grey picture as 16 x 16 bytes to check against; None of a picture so even that only noise
        would be compared.

    Source:
        C. Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010 (pHash, by the discrete
        cosine transform). On 328 cut-outs of photographs it told copies from others far better than dHash did.
    """
    image = Pillow.fromarray(shades(value)).convert("L")
    small = image.resize((_SIDE, _SIDE), Pillow.Resampling.LANCZOS, reducing_gap=3.0)
    grey = np.asarray(small, dtype=np.float64)
    if grey.std() < _EVEN:
        return None
    waves = np.asarray(dctn(grey, norm="ortho"))[:_KEPT, :_KEPT].ravel()[1:]
    bits = int.from_bytes(np.packbits(waves > np.median(waves)).tobytes(), "big")
    return bits, np.asarray(small.resize((_CHECKED, _CHECKED), Pillow.Resampling.BOX)).copy()


def shades(value: Element, span: tuple[float, float] | None = None) -> np.ndarray:
    """An image as bytes "y x" or "y x 3", grey or RGB; of other channels the first.

    Args:
        value: an image, as `kinds_of` finds it.
        span: the values shown black and white; left out, bytes and what lies in [0, 1] stay as they are, and all else
            is stretched from its least to its greatest finite value.

    Examples:
        >>> shades(torch.tensor([[[0.0, 1.0], [0.5, 2.0]]]), (0.0, 2.0)).tolist()
        [[0, 128], [64, 255]]
    """
    numbers = tensor_of(value)
    assert numbers is not None, "an image holds numbers"
    grid = grid_of(value)
    if numbers.ndim == 3:
        last = tuple(numbers.shape[:2]) == grid and isinstance(value, np.ndarray)
        numbers = numbers.permute(2, 0, 1) if last else numbers
        colours = 3 if numbers.shape[0] == 3 or (numbers.shape[0] == 4 and numbers.dtype == torch.uint8) else 1
        numbers = numbers[:colours].permute(1, 2, 0) if colours == 3 else numbers[0]
    if numbers.dtype == torch.uint8 and span is None:
        return np.ascontiguousarray(numbers.numpy())
    return _stretched(numbers, span)


def _stretched(numbers: Tensor, span: tuple[float, float] | None) -> np.ndarray:
    wide = numbers.float()
    if span is None:
        finite = wide[wide.isfinite()]
        low, high = (float(end) for end in finite.aminmax()) if finite.numel() else (0.0, 1.0)
        whole = numbers.is_floating_point() or numbers.dtype == torch.bool
        span = (0.0, 1.0) if whole and low >= 0 and high <= 1 else (low, high)
    scaled = (wide - span[0]) * (255 / max(span[1] - span[0], 1e-12))
    return scaled.nan_to_num(0.0, 255.0, 0.0).clamp(0, 255).round().to(torch.uint8).contiguous().numpy()


def _words(value: Element) -> bytes:
    if isinstance(value, bytes):
        return b"bytes " + value
    if isinstance(value, Label):
        return f"Label {value.index}".encode()
    return f"{type(value).__name__} {value!r}".encode()
