"""Mean and spread of what is not background, as z-scores of a whole brain want them."""

from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Real

__all__ = ["Moments", "moments"]

_SMALLEST = 1e-8
"""The least that values are divided by, in the units of the image; as in nnU-Net."""


@final
@dataclass(frozen=True)
class Moments:
    """How the values of one channel that are not 0 lie.

    Args:
        count: how many there are.
        mean: of them; 0 if there are none.
        deviation: the standard deviation, over all of them; 1 if there are none.
    """

    count: int
    mean: float
    deviation: float

    @property
    def factor(self) -> float:
        """What makes a z-score of a distance from the mean."""
        return 1 / max(self.deviation, _SMALLEST)


def moments(values: Real[np.ndarray, "z y x"]) -> Moments:
    """Measure one channel, in double precision.

    Args:
        values: of the channel, or their codes.

    Examples:
        >>> moments(np.array([[[0, 10, 30, 0]]], np.int16))
        Moments(count=2, mean=20.0, deviation=10.0)
    """
    count = int(np.count_nonzero(values))
    if not count:
        return Moments(0, 0.0, 1.0)
    # layer by layer, which stay in the processor's cache
    mean = np.float64(sum(layer.sum(dtype=np.float64) for layer in values) / count)
    spread = 0.0
    for layer in values:
        far = layer - mean
        far *= layer != 0
        spread += float(np.vdot(far, far))
    return Moments(count, float(mean), float(np.sqrt(spread / count)))
