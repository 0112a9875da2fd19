"""Colours of labels, of regions, and of the difference between prediction and truth."""

import numpy as np

from leyden import plot
from leyden.medical import Scheme

__all__ = ["DIFFERENCE", "code_colours", "difference_colours", "region_colours", "rgb_of"]

DIFFERENCE = ("#56B4E9", "#D55E00", "#F0E442", "#CC79A7")
"""Of what `labels.KINDS` names, from 1 on: told apart by brightness too, where hue is not seen.

Source: Okabe and Ito 2008, Color Universal Design, https://jfly.uni-koeln.de/color/.
"""


def code_colours() -> list[str]:
    """The colour of each code from 0 to 255, as masks have it in every panel."""
    return [plot.PALETTE[code % len(plot.PALETTE)] for code in range(256)]


def region_colours(scheme: Scheme) -> list[str]:
    """The colour of each region: that of the code it shares with the fewest others, so that rings look like codes.

    Examples:
        >>> from leyden.medical import scheme
        >>> dict(zip(("TC", "WT", "ET"), region_colours(scheme("brats21"))))
        {'TC': '#D55E00', 'WT': '#009E73', 'ET': '#E69F00'}
    """
    palette, codes = code_colours(), list(scheme.regions.values())
    uses = {code: sum(code in group for group in codes) for group in codes for code in group}
    chosen = [palette[min(group, key=uses.__getitem__)] for group in codes]
    return chosen if len(set(chosen)) == len(chosen) else [palette[place + 1] for place in range(len(codes))]


def difference_colours() -> np.ndarray:
    """Bytes "kind rgb"; the first is not used."""
    return np.array([(0, 0, 0), *map(rgb_of, DIFFERENCE)], np.uint8)


def rgb_of(colour: str) -> tuple[int, int, int]:
    """A colour as bytes.

    Examples:
        >>> rgb_of("#D55E00")
        (213, 94, 0)
    """
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
