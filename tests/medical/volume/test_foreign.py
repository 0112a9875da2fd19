import sys

import nibabel
import numpy as np
import pytest
import SimpleITK

from leyden.errors import DriverMissing, UnreadableImage
from leyden.medical.volume.foreign import is_foreign, read_foreign, write_foreign

DATA = np.arange(24, dtype=np.int16).reshape(1, 2, 3, 4)  # channel z y x


def in_axis_order(affine):
    return tuple((z, y, x, shift) for x, y, z, shift in affine.tolist())


def test_formats_of_itk_are_told_by_their_suffix(tmp_path):
    assert [is_foreign(tmp_path / name) for name in ("a.nrrd", "a.MHA", "a.mhd", "a.nii.gz")] == [True] * 3 + [False]


@pytest.mark.parametrize("suffix", [".nrrd", ".mha"])
def test_what_is_written_for_itk_lies_where_nibabel_sees_its_nifti_copy(tmp_path, oblique, suffix):
    path = tmp_path / f"a{suffix}"
    write_foreign(path, DATA, affine=in_axis_order(oblique))
    SimpleITK.WriteImage(SimpleITK.ReadImage(path), tmp_path / "copy.nii")
    copy = nibabel.load(tmp_path / "copy.nii")
    np.testing.assert_allclose(copy.affine, oblique, atol=1e-4)
    np.testing.assert_array_equal(copy.dataobj, DATA[0].T)
    data, affine = read_foreign(path)
    np.testing.assert_array_equal(data, DATA)
    np.testing.assert_allclose(affine, in_axis_order(oblique), atol=1e-9)


def test_several_values_a_voxel_are_channels(tmp_path, oblique):
    several = np.concatenate((DATA, DATA * 2, DATA * 3))
    write_foreign(tmp_path / "a.nrrd", several, affine=in_axis_order(oblique))
    np.testing.assert_array_equal(read_foreign(tmp_path / "a.nrrd")[0], several)


def test_a_fourth_axis_is_channels_and_a_picture_a_slice(tmp_path):
    SimpleITK.WriteImage(
        SimpleITK.GetImageFromArray(np.zeros((5, 2, 3, 4), np.uint8), isVector=False), tmp_path / "four.mha"
    )
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(np.zeros((3, 4), np.uint8)), tmp_path / "two.mha")
    assert read_foreign(tmp_path / "four.mha")[0].shape == (5, 2, 3, 4)
    data, affine = read_foreign(tmp_path / "two.mha")
    assert data.shape == (1, 1, 3, 4)
    assert affine == ((0, 0, -1, 0), (0, -1, 0, 0), (1, 0, 0, 0), (0, 0, 0, 1))


def test_notes_of_a_file_are_kept(tmp_path, oblique):
    image = SimpleITK.GetImageFromArray(DATA[0])
    image.SetMetaData("Study", "one")
    SimpleITK.WriteImage(image, tmp_path / "like.nrrd")
    write_foreign(tmp_path / "a.nrrd", DATA, affine=in_axis_order(oblique), like=tmp_path / "like.nrrd")
    assert SimpleITK.ReadImage(tmp_path / "a.nrrd").GetMetaData("Study") == "one"


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(UnreadableImage, match=r"none.nrrd does not exist; check the path"):
        read_foreign(tmp_path / "none.nrrd")
    (tmp_path / "bad.nrrd").write_bytes(b"NRRD0004\ntype: short\n")
    with pytest.raises(UnreadableImage, match=r"bad.nrrd cannot be decoded \(.*\); delete it or fetch it again"):
        read_foreign(tmp_path / "bad.nrrd")
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(np.zeros((2, 3, 4), np.complex64)), tmp_path / "waves.nrrd")
    with pytest.raises(UnreadableImage, match="holds complex64; convert it to real numbers"):
        read_foreign(tmp_path / "waves.nrrd")


def test_without_simpleitk_what_to_install_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "SimpleITK", None)
    with pytest.raises(
        DriverMissing, match=r"a.nrrd needs SimpleITK, .* pip install SimpleITK .*or convert it to .nii"
    ):
        read_foreign(tmp_path / "a.nrrd")
