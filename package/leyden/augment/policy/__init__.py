"""Policies: how many of which transforms, how strong, as published."""

from leyden.augment.policy.published import RandAugment, TrivialAugment
from leyden.augment.policy.table import Scenery

__all__ = ["RandAugment", "Scenery", "TrivialAugment"]
