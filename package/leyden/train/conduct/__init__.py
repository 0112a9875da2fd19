"""A callback graph at work in a Trainer: the sequence it is given, the callback that conducts, seats with stand-ins."""

from leyden.train.conduct.callbacks import CallbackGraph
from leyden.train.conduct.conductor import Conductor

__all__ = ["CallbackGraph", "Conductor"]
