import nibabel
import numpy as np
import pytest

from leyden.errors import MedicalError
from leyden.medical.volume.header import nifti_like, nifti_of

DATA = np.arange(24, dtype=np.int16).reshape(1, 2, 3, 4)  # channel z y x
HERE = ((0.0, 0.0, 1.0, 5.0), (0.0, 2.0, 0.0, 6.0), (3.0, 0.0, 0.0, 7.0), (0.0, 0.0, 0.0, 1.0))


def read(content):
    return nibabel.Nifti1Image.from_bytes(content)


def test_a_new_file_lies_where_the_item_does():
    image = read(nifti_of(DATA, affine=HERE, spacing=None))
    np.testing.assert_array_equal(image.affine, [[1, 0, 0, 5], [0, 2, 0, 6], [0, 0, 3, 7], [0, 0, 0, 1]])
    np.testing.assert_array_equal(image.dataobj, DATA[0].T)
    assert image.header.get_xyzt_units() == ("mm", "sec")
    assert image.header.get_zooms() == (1, 2, 3)
    spaced = read(nifti_of(DATA, affine=None, spacing=(3.0, 2.0, 1.0)))
    np.testing.assert_array_equal(spaced.affine, np.diag([1, 2, 3, 1]))


def test_channels_become_frames():
    image = read(nifti_of(np.concatenate((DATA, DATA)), affine=HERE, spacing=None))
    assert image.shape == (4, 3, 2, 2)


def test_a_long_axis_makes_a_second_version():
    content = nifti_of(np.zeros((1, 1, 1, 40_000), np.uint8), affine=None, spacing=None)
    assert nibabel.Nifti2Image.from_bytes(content).shape == (40_000, 1, 1)


def test_units_of_the_file_are_kept(save):
    path = save("micron.nii", DATA[0].T, np.diag([1000.0, 2000.0, 3000.0, 1.0]), xyzt_units=3)
    like = nifti_like(path)
    moved = ((0.0, 0.0, 1.0, 9.0), (0.0, 2.0, 0.0, 0.0), (3.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    image = read(nifti_of(DATA, affine=moved, spacing=None, like=like))
    assert image.header.get_xyzt_units()[0] == "micron"
    np.testing.assert_allclose(image.affine[:3, 3], [9000, 0, 0])


def test_a_file_without_any_affine_keeps_its_silence_only_on_its_own_grid(tmp_path):
    nibabel.save(nibabel.Nifti1Image(DATA[0].T, None), tmp_path / "analyze.nii")
    like = nifti_like(tmp_path / "analyze.nii")
    assert read(nifti_of(DATA, affine=None, spacing=None, like=like)).header["sform_code"] == 0
    moved = read(nifti_of(DATA, affine=HERE, spacing=None, like=like))
    np.testing.assert_array_equal(moved.affine[:3, 3], [5, 6, 7])


def test_what_is_no_nifti_cannot_be_like_one(tmp_path):
    (tmp_path / "a.nii").write_bytes(b"none")
    with pytest.raises(MedicalError, match=r"like='.*a.nii' cannot be read"):
        nifti_like(tmp_path / "a.nii")
    nibabel.save(nibabel.MGHImage(np.zeros((2, 2, 2), np.float32), np.eye(4)), tmp_path / "a.mgz")
    with pytest.raises(MedicalError, match=r"is MGHImage, no NIfTI; leave it out"):
        nifti_like(tmp_path / "a.mgz")


def test_an_item_without_a_place_must_have_the_size_of_the_file(save):
    like = nifti_like(save("a.nii", DATA[0].T))
    with pytest.raises(
        MedicalError, match=r"item of 2 x 3 x 2 voxels .* it is to be like has 2 x 3 x 4; bring it back"
    ):
        nifti_of(DATA[..., :2], affine=None, spacing=None, like=like)


@pytest.mark.parametrize("sheared", [False, True])
def test_a_file_that_lies_by_its_qform_alone_takes_an_sform_where_a_shear_wants_one(tmp_path, sheared):
    like = nibabel.Nifti1Image(DATA[0].T, None)
    like.header.set_sform(None, 0)
    like.header.set_qform(np.diag([2.0, 2, 2, 1]), 1)
    nibabel.save(like, tmp_path / "like.nii")
    there = ((0.0, 0.4 * sheared, 1.0, 5.0), *HERE[1:])
    image = read(nifti_of(DATA, affine=there, spacing=None, like=nifti_like(tmp_path / "like.nii")))
    np.testing.assert_allclose(image.affine[:3], np.array(there)[:3, [2, 1, 0, 3]], atol=1e-6)
    assert (int(image.header["sform_code"]), int(image.header["qform_code"])) == (int(sheared), 1)
