"""Operators that networks are made of: convolutions, pools, products, normalisations, losses."""

from leyden.onnx.ops.network import (
    average,
    batch,
    chances,
    convolution,
    deformed,
    dropping,
    loss,
    maximum,
    normalisation,
    product,
    windows,
)

__all__ = []
