"""The artefacts of MR scanners, and steps on the intensities of scans, for `leyden.augment`."""

from leyden.medical.artefact.bias import BiasField
from leyden.medical.artefact.ghosting import Ghosting, Spike
from leyden.medical.artefact.histogram import HistogramShift, NonzeroZNorm
from leyden.medical.artefact.motion import Motion
from leyden.medical.artefact.noise import RicianNoise
from leyden.medical.artefact.resolution import Anisotropy, Gibbs

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
