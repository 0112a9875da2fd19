"""A directed graph laid out in levels: what comes first stands above, lines keep clear of boxes and of words."""

from leyden.plot.layered.layout import arrange
from leyden.plot.layered.parts import Arrow, ArrowKind, Box, Curve, Layout, Tag, Vertex, VertexKind

__all__ = ["Arrow", "ArrowKind", "Box", "Curve", "Layout", "Tag", "Vertex", "VertexKind", "arrange"]
