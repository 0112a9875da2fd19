import pickle
from pathlib import Path

import h5py
import nibabel
import numpy as np
import pytest
import torch
from PIL import Image

from leyden.data import batch
from leyden.data.declared import reading
from leyden.data.declared.stack import catalog
from leyden.errors import CatalogError, DataError


def test_arrays_and_hdf5_are_read_row_by_row(declare):
    np.savez("a.npz", x=np.arange(6.0).reshape(3, 2), y=np.array([4, 5, 6]))
    assert catalog(declare(driver="file", type="arrays", path="a.npz"))["it"][2]["x"].tolist() == [4.0, 5.0]
    with h5py.File("a.h5", "w") as file:
        file["x"], file["y"] = [[1, 2], [3, 4]], [5, 6]
    assert catalog(declare(driver="file", type="hdf5", path="a.h5"))["it"][1]["y"] == 6
    assert catalog(declare(driver="file", type="hdf5", path="a.h5", names="x"))["it"][1].tolist() == [3, 4]
    assert list(catalog(declare(driver="file", type="hdf5", path="a.h5", names=["y"]))["it"][0]) == ["y"]


def test_volumes_are_read_one_or_many(declare):
    Path("scans").mkdir()
    for number in (10, 2):
        scan = nibabel.Nifti1Image(np.full((4, 3, 2), number, np.int16), np.eye(4))
        nibabel.save(scan, f"scans/{number}.nii.gz")
    Path("scans/notes.txt").write_text("no scan")
    assert catalog(declare(driver="file", type="volume", path="scans/2.nii.gz"))["it"].data.unique() == 2
    scans = catalog(declare(driver="folder", type="volumes", path="scans"))["it"]
    assert [int(scan.data[0, 0, 0]) for scan in scans] == [2, 10]


def test_images_are_read_with_their_classes(declare):
    for name in ("rose/1.png", "tulip/1.png"):
        Path("flowers", name).parent.mkdir(parents=True)
        Image.new("RGB", (3, 2)).save(Path("flowers", name))
    images = catalog(declare(driver="folder", type="images", path="flowers", check=True))["it"]
    assert images.classes == ("rose", "tulip")
    ((pictures, labels),) = images | batch(2)
    assert (pictures.shape, labels.tolist()) == (torch.Size([2, 3, 2, 3]), [0, 1])
    assert pickle.loads(pickle.dumps(images)).classes == images.classes


def test_files_are_read_by_their_suffixes(declare):
    Path("mixed").mkdir()
    Path("mixed/1.txt").write_text("one")
    Path("mixed/2.json").write_text("[2]")
    files = catalog(declare(driver="folder", type="files", path="mixed"))["it"]
    assert list(files) == list(pickle.loads(pickle.dumps(files))) == ["one", [2]]
    assert list(catalog(declare(driver="folder", type="files", path="mixed", pattern="*.json"))["it"]) == [[2]]
    assert list(catalog(declare(driver="folder", type="bytes", path="mixed"))["it"]) == [b"one", b"[2]"]


def test_text_is_utf_8_with_or_without_a_mark():
    Path("a.txt").write_bytes(b"\xef\xbb\xbfeins\r\nzw\xc3\xb6lf\n")
    assert reading.text(Path("a.txt")) == ["eins", "zwölf"]
    Path("a.txt").write_bytes(b"zw\xf6lf")
    with pytest.raises(DataError, match=r"a\.txt is not UTF-8 \(byte 2\); save it as UTF-8"):
        reading.text(Path("a.txt"))


def test_lines_of_json_are_a_list():
    Path("a.jsonl").write_text('{"a": 1}\n\n[2]\n')
    assert reading.structures(Path("a.jsonl")) == [{"a": 1}, [2]]


def test_a_pattern_for_one_file_is_refused(declare):
    Path("a.txt").write_text("x")
    for kind in ("text", "json", "bytes"):
        with pytest.raises(CatalogError, match="is one file, so there is nothing to choose from; remove `pattern`"):
            catalog(declare(driver="file", type=kind, path="a.txt", pattern="*.txt"))["it"]
