import gzip
import sys

import nibabel
import numpy as np
import pytest
import SimpleITK
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leyden.errors import MedicalError
from leyden.items import Image, Mask
from leyden.medical.volume import read_image, read_labels, write_volume

CODES = torch.tensor([[[0, 1], [2, 4]]])
SCAN = Image(torch.rand(2, 3, 4, 5), spacing=(3.0, 1.0, 1.0))


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz", ".nrrd", ".mha"])
def test_what_is_written_is_read_back(tmp_path, suffix, oblique):
    affine = tuple((z, y, x, shift) for x, y, z, shift in oblique.tolist())
    image, mask = Image(torch.rand(2, 3, 4, 5), affine=affine), Mask(torch.arange(60).view(3, 4, 5), affine=affine)
    write_volume(tmp_path / f"image{suffix}", image)
    write_volume(tmp_path / f"mask{suffix}", mask)
    seen, codes = read_image(tmp_path / f"image{suffix}"), read_labels(tmp_path / f"mask{suffix}")
    assert torch.equal(seen.data, image.data)
    assert torch.equal(codes.data, mask.data.byte())
    np.testing.assert_allclose(seen.affine, affine, atol=1e-6)
    np.testing.assert_allclose(codes.affine, affine, atol=1e-6)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(low=st.integers(-(2**40), 2**40), high=st.integers(-(2**40), 2**40))
def test_codes_are_kept_whatever_they_are(tmp_path, low, high):
    write_volume(tmp_path / "seg.nii", Mask(torch.tensor([[[low, high]]])))
    assert read_labels(tmp_path / "seg.nii").data.flatten().tolist() == [low, high]


@pytest.mark.parametrize(
    ("kind", "stored"),
    [(torch.float16, "float32"), (torch.bfloat16, "float32"), (torch.float64, "float64"), (torch.uint8, "uint8")],
    ids=str,
)
def test_images_are_stored_as_they_are_and_half_precision_wider(tmp_path, kind, stored):
    write_volume(tmp_path / "a.nii", Image(torch.ones(1, 2, 2, 2).to(kind)))
    assert nibabel.load(tmp_path / "a.nii").get_data_dtype() == stored


def test_the_header_of_a_file_is_kept(save, tmp_path, oblique):
    header = {"descrip": b"phantom 7", "intent_name": b"estimate", "cal_max": 900}
    like = save("scan.nii.gz", np.zeros((2, 2, 1), np.float32), oblique, **header)
    opened = nibabel.load(like)
    opened.header.set_xyzt_units("mm", "sec")
    opened.header.set_sform(oblique, code=4)
    opened.header.set_qform(oblique, code=1)
    opened.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", b"kept"))
    nibabel.save(opened, like)
    write_volume(tmp_path / "seg.nii.gz", Mask(CODES), like=like)
    before, after = nibabel.load(like), nibabel.load(tmp_path / "seg.nii.gz")
    for key in ("descrip", "intent_name", "xyzt_units", "sform_code", "qform_code", "srow_x", "srow_y", "srow_z",
                "quatern_b", "quatern_c", "quatern_d", "qoffset_x", "pixdim"):  # fmt: skip
        assert before.header[key].tobytes() == after.header[key].tobytes(), key
    assert after.header.extensions[0].get_content() == b"kept"
    assert after.get_data_dtype() == np.uint8
    assert after.header["cal_max"] == 0  # 900 is no code
    np.testing.assert_array_equal(after.dataobj, CODES.numpy().T)


@pytest.mark.parametrize(
    ("of_file", "written"), [(np.int16, "int16"), (np.uint8, "uint8"), (np.float32, "uint8")], ids=str
)
def test_codes_take_the_integers_of_the_file(save, tmp_path, of_file, written):
    like = save("like.nii", np.zeros((2, 2, 1), of_file))
    write_volume(tmp_path / "seg.nii", Mask(CODES), like=like)
    assert nibabel.load(tmp_path / "seg.nii").get_data_dtype() == written


def test_codes_too_large_for_the_file_take_larger_integers(save, tmp_path):
    like = save("like.nii", np.zeros((2, 2, 1), np.uint8))
    write_volume(tmp_path / "seg.nii", Mask(CODES * 1000), like=like)
    assert nibabel.load(tmp_path / "seg.nii").get_data_dtype() == np.int16
    assert read_labels(tmp_path / "seg.nii").data.max() == 4000


def test_an_item_on_another_grid_keeps_its_own_place_and_the_codes_of_the_file(save, tmp_path, oblique):
    like = save("like.nii", np.zeros((2, 2, 1), np.uint8), oblique, sform_code=3)
    here = ((0.0, 0.0, 1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    write_volume(tmp_path / "seg.nii", Mask(torch.zeros(4, 4, 4).byte(), affine=here), like=like)
    written = nibabel.load(tmp_path / "seg.nii")
    np.testing.assert_array_equal(written.affine, np.eye(4))
    assert written.header["sform_code"] == 3


def test_a_mask_like_a_file_of_itk_lies_on_its_grid(tmp_path):
    like = SimpleITK.GetImageFromArray(np.zeros((1, 2, 2), np.float32))
    like.SetOrigin((3.0, 4.0, 5.0))
    SimpleITK.WriteImage(like, tmp_path / "like.mha")
    write_volume(tmp_path / "seg.mha", Mask(CODES), like=tmp_path / "like.mha")
    assert SimpleITK.ReadImage(tmp_path / "seg.mha").GetOrigin() == (3.0, 4.0, 5.0)
    with pytest.raises(MedicalError, match=r"an item of 1 x 1 x 2 voxels that says not where .* has 1 x 2 x 2; bring"):
        write_volume(tmp_path / "seg.mha", Mask(CODES[:, :1]), like=tmp_path / "like.mha")


def test_equal_items_give_equal_bytes_with_and_without_isal(tmp_path, monkeypatch):
    write_volume(tmp_path / "a.nii.gz", SCAN)
    write_volume(tmp_path / "b.nii.gz", SCAN)
    assert (tmp_path / "a.nii.gz").read_bytes() == (tmp_path / "b.nii.gz").read_bytes()
    monkeypatch.setitem(sys.modules, "isal", None)
    monkeypatch.setitem(sys.modules, "isal.igzip", None)
    write_volume(tmp_path / "c.nii.gz", SCAN)
    plain = [gzip.decompress((tmp_path / f"{name}.nii.gz").read_bytes()) for name in "ac"]
    assert plain[0] == plain[1]


def test_everything_that_is_wrong_is_told_at_once(tmp_path, save):
    with pytest.raises(MedicalError) as error:
        write_volume(tmp_path / "a.png", Image(torch.rand(1, 4, 4)), like=tmp_path / "none.nii")
    for told in ("a picture of 2 axes", "the suffix is .nii, .nii.gz, .nrrd or .mha", "none.nii' is no file"):
        assert told in str(error.value)
    with pytest.raises(MedicalError, match="in one file"):
        write_volume(tmp_path / "a.mhd", SCAN)
    with pytest.raises(MedicalError, match="is of another format"):
        write_volume(tmp_path / "a.nrrd", SCAN, like=save("like.nii", np.zeros((2, 2, 1), np.uint8)))
    with pytest.raises(MedicalError, match="is no folder; make it first"):
        write_volume(tmp_path / "none" / "a.nii.gz", SCAN)
    assert [path.name for path in tmp_path.iterdir()] == ["like.nii"]


@pytest.mark.usefixtures("unchecked")
def test_a_bare_tensor_is_told_what_would_say_where_it_lies(tmp_path):
    with pytest.raises(MedicalError, match=r"a Tensor does not; give Mask\(scheme\.from_regions\(regions\), affine="):
        write_volume(tmp_path / "seg.nii.gz", torch.ones(3, 4, 5, dtype=torch.uint8))
    assert not list(tmp_path.iterdir())
