"""Transforms in a row and by chance."""

from leyden.augment.chain.chance import Range
from leyden.augment.chain.choice import Identity, Maybe, OneOf
from leyden.augment.chain.several import Order, SomeOf
from leyden.augment.chain.transform import Chain, Transform

__all__ = ["Chain", "Identity", "Maybe", "OneOf", "Order", "Range", "SomeOf", "Transform"]
