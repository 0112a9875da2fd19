"""How fast a network computes on the CPU: precisions, the kernels behind them, and which of them wins."""

from leyden.train.speed.convolution import OneDnnConvolution
from leyden.train.speed.normalisation import ChannelsLastNorm, channels_last
from leyden.train.speed.precision import Kernels, Precision, bfloat16_pays
from leyden.train.speed.timing import PRECISIONS, Timed, Timings, fastest

__all__ = [
    "PRECISIONS", "ChannelsLastNorm", "Kernels", "OneDnnConvolution", "Precision", "Timed", "Timings", "bfloat16_pays",
    "channels_last", "fastest",
]  # fmt: skip
