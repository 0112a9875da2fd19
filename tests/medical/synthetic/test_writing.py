import hashlib
import json

import nibabel
import numpy as np
import pytest
import torch

from leyden.errors import MedicalError
from leyden.medical.labelling import scheme
from leyden.medical.synthetic.generating import phantom
from leyden.medical.synthetic.writing import write_phantoms


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_options_give_the_same_files(tmp_path):
    one, two = (write_phantoms(tmp_path / name, 2, size=32, seed=5) for name in ("one", "two"))
    assert hashes(one) == hashes(two)
    assert list(hashes(one)) == [
        "dataset.json", "imagesTr/BRATS_001.nii.gz", "imagesTr/BRATS_002.nii.gz", "labelsTr/BRATS_001.nii.gz",
        "labelsTr/BRATS_002.nii.gz",
    ]  # fmt: skip


def test_msd_files_hold_what_the_phantom_is(tmp_path):
    folder, scan = write_phantoms(tmp_path, 1, size=32, seed=2), phantom(2, size=32, scheme="msd")
    image = nibabel.load(folder / "imagesTr/BRATS_001.nii.gz")
    assert image.shape == (32, 32, 32, 4)
    assert image.get_data_dtype() == np.int16
    order = [scan.modalities.index(name) for name in ("flair", "t1", "t1ce", "t2")]
    assert np.array_equal(np.asarray(image.dataobj).T, scan.image.data[order].numpy())
    assert np.allclose(image.affine, [[row[2], row[1], row[0], row[3]] for row in scan.image.affine])
    label = nibabel.load(folder / "labelsTr/BRATS_001.nii.gz")
    assert np.array_equal(np.asarray(label.dataobj).T, scan.label.data.numpy())
    assert label.header.get_zooms() == image.header.get_zooms()[:3]


def test_both_layouts_hold_the_same_tumour(tmp_path):
    msd = write_phantoms(tmp_path / "msd", 1, size=32, seed=2)
    brats = write_phantoms(tmp_path / "brats", 1, size=32, seed=2, layout="brats")
    codes = [
        torch.from_numpy(np.asarray(nibabel.load(path).dataobj).copy())
        for path in (msd / "labelsTr/BRATS_001.nii.gz", brats / "BraTS2021_00000/BraTS2021_00000_seg.nii.gz")
    ]
    assert torch.equal(scheme("msd").to_regions(codes[0]), scheme("brats21").to_regions(codes[1]))
    flair = nibabel.load(brats / "BraTS2021_00000/BraTS2021_00000_flair.nii.gz")
    assert flair.shape == (32, 32, 32)
    image = nibabel.load(msd / "imagesTr/BRATS_001.nii.gz")
    assert np.array_equal(np.asarray(flair.dataobj), np.asarray(image.dataobj)[..., 0])


def test_what_is_there_is_not_written_over(tmp_path):
    write_phantoms(tmp_path, 1, size=32)
    before = hashes(tmp_path)
    with pytest.raises(MedicalError, match=r"holds dataset.json, imagesTr/BRATS_001.nii.gz.* already, and nothing is"):
        write_phantoms(tmp_path, 2, size=32, seed=9)
    assert hashes(tmp_path) == before


def test_a_missing_modality_is_missing_in_the_files_too(tmp_path):
    folder = write_phantoms(tmp_path / "msd", 1, size=32, without="t1ce")
    assert json.loads((folder / "dataset.json").read_text())["modality"] == {"0": "FLAIR", "1": "T1w", "2": "T2w"}
    assert nibabel.load(folder / "imagesTr/BRATS_001.nii.gz").shape[-1] == 3
    folder = write_phantoms(tmp_path / "brats", 1, size=32, without="t1ce", layout="brats")
    assert [path.name.split("_")[2] for path in sorted((folder / "BraTS2021_00000").iterdir())] == [
        "flair.nii.gz", "seg.nii.gz", "t1.nii.gz", "t2.nii.gz",
    ]  # fmt: skip


def test_one_modality_alone_is_a_file_all_the_same(tmp_path):
    folder = write_phantoms(tmp_path, 1, size=32, without=("t1", "t1ce", "t2"), layout="brats")
    assert len(list((folder / "BraTS2021_00000").iterdir())) == 2


def test_progress_is_told_after_each_case(tmp_path):
    told = []
    write_phantoms(tmp_path, 2, size=32, progress=lambda *numbers: told.append(numbers))
    assert told == [(1, 2), (2, 2)]


def test_wrong_options_are_refused_before_anything_is_made(tmp_path, unchecked):
    for options, what in (
        ({"layout": "bids"}, "no layout"), ({"kind": "round"}, "no kind"), ({"anatomy": "mouse"}, "no anatomy"),
        ({"count": 0}, "a count of 1 or more"), ({"size": 8}, "a size of"), ({"tilt": 99}, "a tilt"),
    ):  # fmt: skip
        with pytest.raises(MedicalError, match=what):
            write_phantoms(tmp_path / "none", **{"count": 1, **options})
    assert not (tmp_path / "none").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(MedicalError, match=r"cannot be made .*; name another folder"):
        write_phantoms(tmp_path / "file", 1, size=16)
