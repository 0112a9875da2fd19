import gzip
import sys

import nibabel
import numpy as np
import pytest

from leyden.medical.volume.frames import frames_in, says_directions, stored_frames

DATA = np.arange(48, dtype=np.int16).reshape(4, 3, 2, 2)  # x y z t


@pytest.mark.parametrize("fast", [True, False], ids=["isal", "zlib"])
def test_frames_are_what_the_file_stores_in_the_order_asked_for(save, monkeypatch, fast):
    path = save("four.nii.gz", DATA)
    if not fast:
        monkeypatch.setitem(sys.modules, "isal", None)
        monkeypatch.setitem(sys.modules, "isal.igzip_lib", None)
    (second, affine), (first, _) = stored_frames(path, (1, 0))
    assert second.dtype == np.int16
    np.testing.assert_array_equal(second, DATA[..., 1].T)
    np.testing.assert_array_equal(first, DATA[..., 0].T)
    assert affine == ((0, 0, 1, 0), (0, 1, 0, 0), (1, 0, 0, 0), (0, 0, 0, 1))


def test_a_file_of_several_gzip_members_is_read_whole(save):
    path = save("four.nii.gz", DATA)
    content = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(content[:400]) + gzip.compress(content[400:]) + bytes(16))
    np.testing.assert_array_equal(list(stored_frames(path, (0, 1)))[1][0], DATA[..., 1].T)


def test_frames_are_counted_by_the_header(save, tmp_path):
    assert frames_in(save("four.nii.gz", DATA)) == 2
    assert frames_in(save("three.nii.gz", DATA[..., 0])) == 1
    assert frames_in(save("two.nii.gz", DATA[..., 0, 0])) == 1
    (tmp_path / "none.nii").write_bytes(b"no volume")
    assert frames_in(tmp_path / "none.nii") == 0


def test_directions_are_what_the_codes_of_a_header_say(save, tmp_path):
    path = save("three.nii.gz", DATA[..., 0])
    assert says_directions(path)
    image = nibabel.load(path)
    for qform, sform in ((0, 0), (1, 0), (0, 2)):
        header = image.header.copy()
        header["qform_code"], header["sform_code"] = qform, sform
        nibabel.save(nibabel.Nifti1Image(np.asarray(image.dataobj), None, header), path)
        assert says_directions(path) == bool(qform or sform)
    (tmp_path / "none.nii").write_bytes(b"no volume")
    assert says_directions(tmp_path / "none.nii")  # reading it says what it is
