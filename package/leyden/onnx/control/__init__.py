"""Branches, loops and scans: operators that hold graphs."""

from leyden.onnx.control import bodies, branch, loops, maps, optionals, scans, tables

__all__ = []
