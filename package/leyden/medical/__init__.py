"""Medical imaging: the artefacts of MR scanners, and steps on the intensities of scans, for `leyden.augment`."""

from leyden.medical.bias import BiasField
from leyden.medical.ghosting import Ghosting, Spike
from leyden.medical.histogram import HistogramShift, NonzeroZNorm
from leyden.medical.motion import Motion
from leyden.medical.noise import RicianNoise
from leyden.medical.resolution import Anisotropy, Gibbs

__all__ = [
    "Anisotropy",
    "BiasField",
    "Ghosting",
    "Gibbs",
    "HistogramShift",
    "Motion",
    "NonzeroZNorm",
    "RicianNoise",
    "Spike",
]
