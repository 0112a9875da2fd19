import hashlib
import os
from pathlib import Path

import pytest

from leyden.data.declared.opening import open_dataset
from leyden.data.declared.stack import catalog
from leyden.errors import CatalogError, DataError, HashMismatch


def test_a_dataset_is_opened_from_its_entry_alone(declare):
    entry = catalog(declare(driver="inline", type="json", text="[1]")).entry("it")
    assert open_dataset(entry) == [1]


def test_the_hash_of_a_folder_is_checked_before_a_part_of_it_is_read(declare):
    Path("lay").mkdir()
    (Path("lay") / "a.json").write_text("[1]")
    lines = f"{hashlib.sha256(b'[1]').hexdigest()}  a.json\n"
    pin = f'sha256 = "{hashlib.sha256(lines.encode()).hexdigest()}"'
    path = declare(pin, driver="folder", type="json", path="lay", inside="a.json")
    assert catalog(path)["it"] == [1]
    (Path("lay") / "b.json").write_text("[2]")
    with pytest.raises(HashMismatch, match="lay has SHA-256"):
        catalog(path)["it"]


def test_what_a_reader_refuses_is_told_with_the_dataset(declare):
    path = declare(driver="inline", type="json", text="[1")
    with pytest.raises(DataError, match=rf"^dataset 'it' \({path}:1\): .*data\.json is not JSON"):
        catalog(path)["it"]


@pytest.mark.parametrize("kind", ["arrays", "hdf5", "table", "volume"])
def test_damaged_files_are_told_whatever_the_type(declare, kind):
    suffix = {"arrays": "npz", "hdf5": "h5", "table": "parquet", "volume": "nii.gz"}[kind]
    Path(f"a.{suffix}").write_bytes(b"nonsense")
    with pytest.raises(DataError, match=r"^dataset 'it' .*a\."):
        len(catalog(declare(driver="file", type=kind, path=f"a.{suffix}"))["it"])


def test_what_the_system_refuses_is_told_with_the_dataset(declare):
    Path("lay").mkdir()
    os.symlink("loop", "lay/loop")  # noqa: PTH211  # a link to itself
    with pytest.raises(CatalogError, match=r"dataset 'it' .*(no file|loop)"):
        catalog(declare(driver="file", type="bytes", path="lay/loop"))["it"]
