"""The pipe: containers, the lazy views on them, and the steps that make one view of another.

`view` and `step` hold the two ideas; every other file is one kind of step. The public names live in `leyden.data`.
"""

from leyden.data.pipe.axis import along
from leyden.data.pipe.broken import Broken
from leyden.data.pipe.collate import batch, stack
from leyden.data.pipe.device import move, to_device
from leyden.data.pipe.element import guard, map, map_random
from leyden.data.pipe.loader import DataLoader, parallel
from leyden.data.pipe.order import concatenate, shuffle, subset, traced
from leyden.data.pipe.seed import Moment, keyed_generator
from leyden.data.pipe.source import as_container
from leyden.data.pipe.step import Operation, Pipe, Step
from leyden.data.pipe.view import Container, View, describe, stream, take

__all__ = [
    "Broken", "Container", "DataLoader", "Moment", "Operation", "Pipe", "Step", "View", "along", "as_container",
    "batch", "concatenate", "describe", "guard", "keyed_generator", "map", "map_random", "move", "parallel", "shuffle",
    "stack", "stream", "subset", "take", "to_device", "traced",
]  # fmt: skip
