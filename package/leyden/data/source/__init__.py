"""Containers that read files: folders, archives, tables, arrays.

`indexed` holds what they share; every other file is one kind of source. The public names live in `leyden.data`.
"""

from leyden.data.source.arrays import Arrays, arrays_in
from leyden.data.source.files import Files, files_in, paired
from leyden.data.source.hdf5 import Hdf5, hdf5_in
from leyden.data.source.indexed import Source
from leyden.data.source.sound import Sound, read_sound
from leyden.data.source.table import Table, table_in
from leyden.data.source.zipped import ZippedFiles, zip_in

__all__ = [
    "Arrays",
    "Files",
    "Hdf5",
    "Sound",
    "Source",
    "Table",
    "ZippedFiles",
    "arrays_in",
    "files_in",
    "hdf5_in",
    "paired",
    "read_sound",
    "table_in",
    "zip_in",
]
