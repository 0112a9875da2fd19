"""WAV files as tensors."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import final

import numpy as np
import torch
from jaxtyping import Float
from scipy.io import wavfile
from torch import Tensor

from leyden.data.source.stamp import naming
from leyden.errors import DataError

__all__ = ["Sound", "read_sound"]


@final
@dataclass(frozen=True, eq=False, repr=False)
class Sound:
    """A recording.

    Args:
        data: the waves, -1 to 1 in single precision.
        rate: samples a second.
    """

    data: Float[Tensor, "channel time"]
    rate: int

    def __repr__(self) -> str:
        channels, samples = self.data.shape
        return f"Sound({channels} x {samples}, {self.rate} Hz, {samples / self.rate:.3g} s)"


def read_sound(source: str | Path | bytes) -> Sound:
    """Read a WAV file, whatever its numbers are stored as, with the full range of these at -1 to 1.

    Args:
        source: a file, or the bytes of one.

    Raises:
        DataError: it is missing, cut short, empty, no WAV, or compressed. The message names the file.

    Examples:
        >>> file = BytesIO()
        >>> wavfile.write(file, 8000, np.array([0, 16384, -32768], dtype=np.int16))
        >>> read_sound(file.getvalue()), read_sound(file.getvalue()).data
        (Sound(1 x 3, 8000 Hz, 0.000375 s), tensor([[ 0.0000,  0.5000, -1.0000]]))
    """
    with naming(f"a sound of {len(source)} bytes" if isinstance(source, bytes) else str(source)):
        content = source if isinstance(source, bytes) else Path(source).expanduser().read_bytes()
        # scipy only warns of this, and gives what there is
        if content[:4] == b"RIFF" and len(content) < (wanted := int.from_bytes(content[4:8], "little") + 8):
            raise DataError(f"is cut short: {len(content)} bytes of {wanted}; fetch it again")
        rate, waves = wavfile.read(BytesIO(content))
        if not rate:
            raise DataError("has a rate of 0 samples a second; fetch it again")
        if not waves.size:
            raise DataError("holds no sample; delete it")
    return Sound(torch.from_numpy(_scaled(waves).reshape(len(waves), -1).T.copy()), rate)


def _scaled(waves: np.ndarray) -> np.ndarray:
    if waves.dtype.kind == "f":
        return waves.astype(np.float32)
    if waves.dtype.kind == "u":  # 8 bits are stored from 0 to 255, silence at 128
        return (waves.astype(np.float32) - 128) / 128
    # 24 bits come in the upper three bytes of 32
    return (waves / -float(np.iinfo(waves.dtype).min)).astype(np.float32)
