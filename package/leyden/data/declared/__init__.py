"""Datasets declared in TOML: what there is and where it lies, apart from what is done with it."""

from leyden.data.declared.entry import DatasetEntry
from leyden.data.declared.fingerprint import content_hash
from leyden.data.declared.injection import datasets_of, uses
from leyden.data.declared.registry import driver, reader
from leyden.data.declared.stack import Catalog, catalog

__all__ = [
    "Catalog",
    "DatasetEntry",
    "catalog",
    "content_hash",
    "datasets_of",
    "driver",
    "reader",
    "uses",
]
