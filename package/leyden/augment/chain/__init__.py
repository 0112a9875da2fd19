"""Transforms in a row and by chance."""

from leyden.augment.chain.chance import Range
from leyden.augment.chain.choice import Identity, Maybe, OneOf
from leyden.augment.chain.transform import Chain, Transform

__all__ = ["Chain", "Identity", "Maybe", "OneOf", "Range", "Transform"]
