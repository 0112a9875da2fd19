import json

import nibabel
import numpy as np
import pytest
import torch
from PIL import Image
from scipy.io import wavfile

from leyden.data.source.suffix import check_readable, read_by_suffix
from leyden.errors import DataError


@pytest.fixture
def files(tmp_path):
    """One file of every kind."""
    Image.new("RGB", (3, 2), (1, 2, 3)).save(tmp_path / "a.PNG")
    nibabel.save(nibabel.Nifti1Image(np.ones((4, 3, 2), np.int16), np.eye(4)), tmp_path / "b.nii.gz")
    wavfile.write(tmp_path / "c.wav", 8000, np.zeros(5, np.int16))
    np.save(tmp_path / "d.npy", np.arange(3))
    (tmp_path / "e.json").write_text(json.dumps({"ä": [1]}), encoding="utf-8")
    (tmp_path / "f.txt").write_text("ä", encoding="utf-8-sig")
    return sorted(tmp_path.iterdir())


@pytest.mark.parametrize("given", ["path", "bytes"])
def test_every_kind_is_read_from_a_path_and_from_bytes(files, given):
    image, volume, sound, array, value, text = [
        read_by_suffix(path.name, path if given == "path" else path.read_bytes()) for path in files
    ]
    assert image[:, 0, 0].tolist() == [1, 2, 3]
    assert volume.data.shape == (2, 3, 4)
    assert (sound.rate, sound.data.shape) == (8000, (1, 5))
    assert torch.equal(array, torch.arange(3))
    assert (value, text) == ({"ä": [1]}, "ä")


def test_unknown_suffixes_are_named_all_at_once_with_what_to_do():
    check_readable(["a.png", "b.NII.GZ"], where="x")
    with pytest.raises(
        DataError, match=r"4 of 5 files in x: no reader is known for 'b.gz', 'c', 'd.xyz', \.\.\.; give read="
    ) as caught:
        check_readable(["a.png", "b.gz", "c", "d.xyz", "e.db"], where="x")
    assert ".nii.gz .wav .npy" in str(caught.value)
    with pytest.raises(DataError, match=r"no reader is known for 'a\.pt'"):
        read_by_suffix("a.pt", b"")


def test_arrays_of_objects_are_not_unpickled(tmp_path):
    np.save(tmp_path / "o.npy", np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        read_by_suffix("o.npy", tmp_path / "o.npy")
