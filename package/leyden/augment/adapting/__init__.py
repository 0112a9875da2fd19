"""Transforms of torchvision, albumentations and MONAI as steps; none of those libraries is needed here."""

from leyden.augment.adapting.foreign import Adapted, Library, adapt
from leyden.augment.adapting.relay import Relay

__all__ = ["Adapted", "Library", "Relay", "adapt"]
