"""Label schemes: what the codes of segmentations mean, and the regions that are scored."""

from leyden.medical.labelling.described import contradictions, read_scheme
from leyden.medical.labelling.known import as_scheme, fitting_schemes, register_scheme, scheme, schemes
from leyden.medical.labelling.regions import RegionMaps, Scheme

__all__ = [
    "RegionMaps", "Scheme", "as_scheme", "contradictions", "fitting_schemes", "read_scheme", "register_scheme",
    "scheme", "schemes",
]  # fmt: skip
