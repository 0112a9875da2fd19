"""Tumours: which kinds there are, and how one grows in a head."""

from leyden.medical.synthetic.growth.kind import KINDS, Kind, Plan, kind_of, plan_tumour
from leyden.medical.synthetic.growth.spreading import arrival
from leyden.medical.synthetic.growth.tumour import Growth, grow, pushed, seated

__all__ = ["KINDS", "Growth", "Kind", "Plan", "arrival", "grow", "kind_of", "plan_tumour", "pushed", "seated"]
