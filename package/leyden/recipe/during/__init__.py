"""Pruning in the midst of training: a Lightning callback, its timetable, and masks small enough for checkpoints."""

from leyden.recipe.during.callback import Pruning
from leyden.recipe.during.packing import Packed, pack, unpack
from leyden.recipe.during.timetable import Timetable, Unit

__all__ = ["Packed", "Pruning", "Timetable", "Unit", "pack", "unpack"]
