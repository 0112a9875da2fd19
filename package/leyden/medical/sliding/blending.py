"""The mean of overlapping windows, made in place."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from leyden.items import Size
from leyden.medical.sliding.places import Places

__all__ = ["ROWS", "Blending"]

ROWS = 16
"""Rows of the first axis that are divided by their weights at once: those weights are all that is kept of them."""


@final
class Blending:
    """Sums windows into a result, weighted, and divides what no later window touches.

    Windows come in the order of `Places`, so that everything above the next window is done with; the sum of the
    weights is made for a few rows at a time, not for the whole grid.

    Args:
        places: the windows.
        weights: of each place of a window, on the device of the result.
        result: zeros to sum into, float32, on the grid of the places.
    """

    def __init__(
        self, places: Places, weights: Float[Tensor, "*window"], result: Float[Tensor, "region *space"]
    ) -> None:
        self._places, self._weights, self._result, self._done = places, weights, result, 0

    def add_(self, start: Size, prediction: Float[Tensor, "region *window"]) -> None:
        """Add what a network says of one window; of any real type, on any device.

        Args:
            start: the window's first pixel.
            prediction: as large as the window; not written to.
        """
        grid, window = self._places.cut(start)
        part = prediction[:, *window].to(self._result.device, torch.float32)
        self._result[:, *grid].addcmul_(part, self._weights[window])

    def finish_(self, row: int) -> None:
        """Divide by the weights, up to a row of the first axis; rows are divided once.

        Args:
            row: the first one that a later window may still touch, counted on the grid.
        """
        while self._done < min(row, self._places.size[0]):
            until = min(self._done + ROWS, row, self._places.size[0])
            self._result[:, self._done : until] /= self._total(self._done, until)
            self._done = until

    def _total(self, low: int, high: int) -> Float[Tensor, "row *rest"]:
        """The sum of the weights over some rows."""
        total = self._weights.new_zeros((high - low, *self._places.size[1:]))
        for start in self._places:
            (rows, *grid), (own, *window) = self._places.cut(start)
            first, last = max(rows.start, low), min(rows.stop, high)
            if first < last:
                shift = own.start - rows.start
                total[first - low : last - low, *grid] += self._weights[first + shift : last + shift, *window]
        return total
