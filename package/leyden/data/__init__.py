"""Data as containers, and pipes of lazy steps on them, read from left to right.

Examples:
    >>> import leyden as ly
    >>> pipe = [1.0, 2.0, 3.0] | ly.data.map(lambda x: 2 * x) | ly.data.batch(2) | ly.data.parallel(2)
    >>> pipe
    list[3] | map(lambda) | batch(2) | parallel(2)
    >>> list(pipe)
    [tensor([2., 4.]), tensor([6.])]
"""

from leyden.data.folder import ImageFault, LabelledImages, check_images, images_in
from leyden.data.pipe.collate import batch, stack
from leyden.data.pipe.device import move, to_device
from leyden.data.pipe.element import cache, map, map_random
from leyden.data.pipe.loader import DataLoader, parallel
from leyden.data.pipe.order import concatenate, shuffle, subset
from leyden.data.pipe.partition import kfolds, split
from leyden.data.pipe.seed import Moment, keyed_generator
from leyden.data.pipe.source import as_container
from leyden.data.pipe.step import Operation, Pipe, Step
from leyden.data.pipe.view import Container, View, describe, stream, take
from leyden.data.read import read_image

__all__ = [
    "Container", "DataLoader", "ImageFault", "LabelledImages", "Moment", "Operation", "Pipe", "Step", "View",
    "as_container", "batch", "cache", "check_images", "concatenate", "describe", "images_in", "keyed_generator",
    "kfolds", "map", "map_random", "move", "parallel", "read_image", "shuffle", "split", "stack", "stream",
    "subset", "take", "to_device",
]  # fmt: skip
