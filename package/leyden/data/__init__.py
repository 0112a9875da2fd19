"""Data as containers, and pipes of lazy steps on them, read from left to right."""

from typing import TYPE_CHECKING

from leyden.data.algebra import choose
from leyden.data.checking import check
from leyden.data.declared import catalog, driver, reader, uses
from leyden.data.fitted import categorified, categorify, crossvalidate, fill, filled, invert, normalise, normalised
from leyden.data.folder import LabelledImages, check_images, images_in
from leyden.data.homes import found as _found
from leyden.data.keep import cache
from leyden.data.look import duplicates, statistics, timing
from leyden.data.part import kfolds, leave_out, split, time_series_folds
from leyden.data.pipe import (
    Broken, Container, DataLoader, Moment, Operation, Pipe, Step, View, along, as_container, batch, concatenate, guard,
    keyed_generator, map, map_random, move, parallel, shuffle, stack, subset, to_device, traced,
)  # fmt: skip
from leyden.data.read import read_image, read_mask
from leyden.data.select import filter, group, join, oversample, sample, shard, undersample, weighted_sample, window, zip
from leyden.data.source import arrays_in, files_in, hdf5_in, paired, read_sound, table_in, zip_in
from leyden.data.volume import read_volume

if TYPE_CHECKING:
    from leyden.data.module import Module

__all__ = [
    "Broken", "Container", "DataLoader", "LabelledImages", "Module", "Moment", "Operation", "Pipe", "Step", "View",
    "along", "arrays_in", "as_container", "batch", "cache", "catalog", "categorified", "categorify", "check",
    "check_images", "choose", "concatenate", "crossvalidate", "driver", "duplicates", "files_in", "fill", "filled",
    "filter", "group", "guard", "hdf5_in", "images_in", "invert", "join", "keyed_generator", "kfolds", "leave_out",
    "map", "map_random", "move", "normalise", "normalised", "oversample", "paired", "parallel", "read_image",
    "read_mask", "read_sound", "read_volume", "reader", "sample", "shard", "shuffle", "split", "stack", "statistics",
    "subset", "table_in", "time_series_folds", "timing", "to_device", "traced", "undersample", "uses",
    "weighted_sample", "window", "zip", "zip_in",
]  # fmt: skip
__getattr__, __dir__ = _found, __all__.copy  # the latter is what completion offers before anything is loaded
