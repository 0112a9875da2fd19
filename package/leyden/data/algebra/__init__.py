"""The language of pipes: how steps are written, compared, branched and chosen between.

The operations themselves live in `leyden.data.pipe`; the public names in `leyden.data`.
"""

from leyden.data.algebra.choice import choose

__all__ = ["choose"]
