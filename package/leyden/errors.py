"""The family of errors: each says what was wrong, what was given and what to do.

Everything leyden raises on purpose derives from `LeydenError`, so one `except` covers the house.
"""

import os
import sys
import sysconfig
from pathlib import Path
from types import TracebackType
from typing import Any

__all__ = [
    "AccessError",
    "AssetError",
    "CatalogError",
    "DamagedArchive",
    "DataChanged",
    "DataError",
    "DiskFull",
    "DrawError",
    "DriverMissing",
    "EmptyFolder",
    "ExportError",
    "GraphError",
    "HashMismatch",
    "ItemError",
    "LeydenError",
    "MedicalError",
    "NetworkMissing",
    "NotFitted",
    "OnnxError",
    "OnnxImportError",
    "PanelError",
    "PlotError",
    "PruneError",
    "SearchError",
    "TooFewClasses",
    "ToolMissing",
    "TrainError",
    "UnknownAsset",
    "UnknownCodes",
    "UnknownDataset",
    "UnknownMember",
    "UnknownModel",
    "UnknownPath",
    "UnreadableImage",
    "VisionError",
    "WorkerDied",
]


_LIBRARIES = (str(Path(__file__).parent), *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")))


class LeydenError(Exception):
    """Base of every error leyden raises on purpose.

    Its message is the whole story, so a notebook shows it under the lines of the user's own code alone. The way
    through leyden and other libraries is shown too where the environment variable `LEYDEN_TRACEBACK` is "full".
    """

    def _render_traceback_(self) -> list[str]:
        """What IPython prints, which asks for it by this name."""
        shell = sys.modules["IPython"].get_ipython()
        if os.environ.get("LEYDEN_TRACEBACK") == "full":
            return shell.InteractiveTB.structured_traceback(type(self), self, self.__traceback__)
        alone = type(self).__new__(type(self), *self.args)  # without what it came of
        alone.__dict__.update(self.__dict__)
        return shell.InteractiveTB.structured_traceback(type(self), alone, _own(self.__traceback__), tb_offset=0)


class AssetError(LeydenError):
    """A named, pinned file could not be had."""


class UnknownAsset(AssetError):
    """No asset of that name is registered."""


class HashMismatch(AssetError):
    """A file is not the one that was pinned: its SHA-256 differs."""


class NetworkMissing(AssetError):
    """A file is not in the cache and its source cannot be reached."""


class DiskFull(AssetError):
    """There is no room left to store a file."""


class DamagedArchive(AssetError):
    """An archive cannot be opened, or lacks a member it should hold."""


class UnknownMember(AssetError):
    """An asset holds no file of that name, or more than one."""


class ToolMissing(AssetError):
    """A program or package that a file comes through (pip, apt-get, scikit-image) is not installed."""


class ItemError(LeydenError):
    """A typed item (image, mask, keypoints, ...) was given data of the wrong shape, type or range."""


class DataError(LeydenError):
    """A container, view or loader was given something it cannot work with."""


class EmptyFolder(DataError):
    """A folder that should hold images holds none."""


class TooFewClasses(DataError):
    """A labelled set needs at least two classes."""


class UnreadableImage(DataError):
    """A file is not an image that can be decoded."""


class DataChanged(DataError):
    """A file is no longer what it was when its container was made."""


class WorkerDied(DataError):
    """A process that made elements ended before it was done."""


class NotFitted(DataError):
    """A step that learns from training data was used before it had seen any."""


class CatalogError(DataError):
    """A file of declared datasets is not as it should be."""


class UnknownDataset(CatalogError):
    """No dataset of that name is declared."""


class DriverMissing(CatalogError):
    """A declared dataset names a driver or a type that is not registered, or whose library is not installed."""


class DrawError(LeydenError):
    """A transform or a stored draw does not fit the sample it is applied to."""


class PlotError(LeydenError):
    """Something was asked to be drawn that cannot be."""


class VisionError(LeydenError):
    """A vision model was asked for something it cannot do."""


class UnknownModel(VisionError):
    """No model of that name is registered, or it has no pretrained weights."""


class TrainError(LeydenError):
    """Training was set up in a way that cannot work."""


class GraphError(TrainError):
    """Callbacks cannot be run together as they are: every reason is named, with the line that would mend it.

    Attributes:
        faults: the reasons one by one, as `leyden.train.Fault`.
    """

    def __init__(self, message: str, faults: tuple[Any, ...] = ()) -> None:
        super().__init__(message, faults)
        self.faults = faults

    def __str__(self) -> str:
        return str(self.args[0])


class UnknownPath(TrainError):
    """A path that a callback declares cannot name any state of a run."""


class AccessError(TrainError):
    """A callback read or wrote state that it did not declare."""


class PruneError(LeydenError):
    """A model, method or optimiser cannot be pruned as asked."""


class SearchError(PruneError):
    """A search for how far a model can be pruned broke off; what it had found by then is kept.

    Attributes:
        search: as far as it came, as `leyden.prune.Search`: the last good model and what was tried.
    """

    def __init__(self, message: str, search: Any = None) -> None:
        super().__init__(message, search)
        self.search = search

    def __str__(self) -> str:
        return str(self.args[0])


class OnnxError(LeydenError):
    """An ONNX file cannot be read or run, or was given arrays that it does not take."""


class ExportError(OnnxError):
    """A network could not be written as ONNX, or the file does not compute what the network computes."""


class OnnxImportError(OnnxError):
    """No network can be made of an ONNX file: it is broken, asks for too much, or has operators nobody knows here."""


class PanelError(LeydenError):
    """A panel was asked for something its present state does not allow."""


class MedicalError(LeydenError):
    """Scans, labels or what is made of them do not fit together."""


class UnknownCodes(MedicalError):
    """A segmentation holds codes that its label scheme does not know."""


def _own(way: TracebackType | None) -> TracebackType | None:
    """The lines of a traceback that are in no library."""
    steps = []
    while way is not None:
        steps.append(way)
        way = way.tb_next
    own = None
    for step in reversed(steps):
        if not step.tb_frame.f_code.co_filename.startswith(_LIBRARIES):
            own = TracebackType(own, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return own
