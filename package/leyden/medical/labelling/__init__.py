"""Label schemes: what the codes of segmentations mean, and the regions that are scored."""

from leyden.medical.labelling.described import read_scheme
from leyden.medical.labelling.known import fitting_schemes, register_scheme, scheme, schemes
from leyden.medical.labelling.regions import RegionMaps, Scheme

__all__ = ["RegionMaps", "Scheme", "fitting_schemes", "read_scheme", "register_scheme", "scheme", "schemes"]
