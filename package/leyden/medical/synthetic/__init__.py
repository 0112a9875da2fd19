"""Phantoms: simulated tumours in real heads, for tests and lessons that need no patient."""

from leyden.medical.synthetic.declared import phantoms
from leyden.medical.synthetic.generating import phantom
from leyden.medical.synthetic.growth import KINDS, Kind
from leyden.medical.synthetic.head import Anatomy
from leyden.medical.synthetic.layouts import Layout
from leyden.medical.synthetic.writing import write_phantoms

__all__ = ["KINDS", "Anatomy", "Kind", "Layout", "phantom", "phantoms", "write_phantoms"]
