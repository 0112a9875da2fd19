"""Noise: every value by chance, all of it from one stored seed."""

from leyden.augment.noise.impulse import SaltPepper
from leyden.augment.noise.normal import GaussianNoise, add_normal_
from leyden.augment.noise.photon import ISONoise, ShotNoise

__all__ = ["GaussianNoise", "ISONoise", "SaltPepper", "ShotNoise", "add_normal_"]
