"""Heads: real templates, the grid they are brought onto, and how people differ."""

from leyden.medical.synthetic.head.bulging import aged, bulged
from leyden.medical.synthetic.head.frame import Frame, Place, Places, chance, frame_of, smooth_noise, squared
from leyden.medical.synthetic.head.person import BrainMaps, subject, tilted
from leyden.medical.synthetic.head.template import Anatomy, Template, check_anatomy, licence_of, load_template

__all__ = [
    "Anatomy", "BrainMaps", "Frame", "Place", "Places", "Template", "aged", "bulged", "chance", "check_anatomy",
    "frame_of", "licence_of", "load_template", "smooth_noise", "squared", "subject", "tilted",
]  # fmt: skip
