import struct

import nibabel
import numpy as np
import pytest
import SimpleITK
import torch

from leyden.errors import MedicalError, UnreadableImage
from leyden.medical.volume.reading import read_image, read_labels

GRID = np.arange(24, dtype=np.int16).reshape(4, 3, 2)  # x y z


def test_an_image_holds_what_nibabel_reads_in_the_order_of_memory(save, oblique):
    image = read_image(save("a.nii.gz", GRID, oblique))
    assert image.data.dtype == torch.float32
    assert torch.equal(image.data[0], torch.from_numpy(GRID.T.astype(np.float32)))
    columns = np.array(image.affine)[:3]
    np.testing.assert_array_equal(columns[:, [2, 1, 0, 3]], oblique[:3])
    assert image.spacing == pytest.approx((3.5, 0.9, 0.9))


@pytest.mark.parametrize("name", ["four.nii", "four.nii.gz"])
def test_a_file_of_several_volumes_gives_a_channel_each(save, name):
    path = save(name, np.stack([GRID, GRID * 10, GRID * 100], -1))
    image = read_image(path)
    assert image.data.shape == (3, 2, 3, 4)
    assert torch.equal(image.data[2], 100 * image.data[0])
    assert torch.equal(read_image(path, frame=1).data[0], image.data[1])


def test_a_frame_that_is_not_there_is_told(save):
    path = save("four.nii.gz", np.stack([GRID, GRID], -1))
    with pytest.raises(MedicalError, match=r"four.nii.gz has no frame 2; it holds 2 volumes, counted from 0"):
        read_image(path, frame=2)
    with pytest.raises(MedicalError, match=r"has no frame 1; it holds 1 volume \(3-D against 4-D\)"):
        read_image(save("three.nii.gz", GRID), frame=1)


def test_scaled_numbers_are_those_that_are_meant(save):
    path = save("scaled.nii", GRID)
    content = bytearray(path.read_bytes())
    struct.pack_into("<ff", content, 112, 0.5, 3)  # slope and intercept
    path.write_bytes(content)
    assert read_image(path).data[0, 0, 0].tolist() == [3.0, 6.0, 9.0, 12.0]


@pytest.mark.parametrize("several", [False, True])
def test_a_file_cut_short_is_named(save, several):
    data = np.random.default_rng(0).integers(0, 999, (16, 16, 16)).astype(np.int16)
    path = save("cut.nii.gz", np.stack([data, data], -1) if several else data)
    path.write_bytes(path.read_bytes()[:4000])
    with pytest.raises(UnreadableImage, match=r"cut.nii.gz .*cut short"):
        read_image(path)
    with pytest.raises(UnreadableImage, match="cut short"):
        read_image(path, frame=0)


def test_what_is_no_volume_is_told(tmp_path):
    (tmp_path / "slice.dcm").write_bytes(bytes(128) + b"DICM" + bytes(500))
    with pytest.raises(UnreadableImage, match="dcm2niix"):
        read_image(tmp_path / "slice.dcm")
    with pytest.raises(UnreadableImage, match="does not exist"):
        read_labels(tmp_path / "none.nii.gz")


def test_a_header_without_a_place_is_told(save):
    path = save("flat.nii", GRID)
    content = bytearray(path.read_bytes())
    content[280:328] = bytes(48)  # the rows of the sform
    path.write_bytes(content)
    for read in (read_image, read_labels):
        with pytest.raises(MedicalError, match=r"flat.nii does not say where its voxels lie .*; mend its header"):
            read(path)


def test_complex_numbers_are_refused(save):
    path = save("waves.nii", GRID.astype(np.complex64))
    with pytest.raises(MedicalError, match="complex numbers; write their magnitude"):
        read_image(path)


@pytest.mark.parametrize(
    ("stored", "kind"),
    [(np.uint8, torch.uint8), (np.int16, torch.uint8), (np.float32, torch.uint8), (np.float64, torch.uint8),
     (np.int64, torch.uint8), (np.uint16, torch.uint8)],
)  # fmt: skip
def test_codes_come_in_bytes_whatever_the_file_stores(save, stored, kind):
    mask = read_labels(save("seg.nii.gz", GRID.astype(stored)))
    assert mask.data.dtype == kind
    assert torch.equal(mask.data, torch.from_numpy(GRID.T.astype(np.uint8)))


@pytest.mark.parametrize(
    ("top", "bottom", "kind"),
    [(255, 0, torch.uint8), (256, 0, torch.int16), (4, -1, torch.int8), (40_000, 0, torch.int32),
     (2**40, 0, torch.int64)],
)  # fmt: skip
def test_codes_that_do_not_fit_in_bytes_come_in_the_smallest_integers(save, top, bottom, kind):
    codes = np.array([bottom, top], np.int64).reshape(2, 1, 1)
    mask = read_labels(save("seg.nii", codes))
    assert mask.data.dtype == kind
    assert mask.data.flatten().tolist() == [bottom, top]


def test_values_between_whole_numbers_are_no_codes(save):
    data = GRID.astype(np.float32)
    data[0, 0, 0] = 1.5
    with pytest.raises(MedicalError, match=r"holds 1 values between whole numbers, such as 1.5, .*nearest neighbours"):
        read_labels(save("seg.nii.gz", data))
    data[0, 0, 0] = np.nan
    with pytest.raises(MedicalError, match=r"has NaN or infinity in 1 of its voxels; set them to a code"):
        read_labels(save("seg.nii.gz", data))
    data[0, 0, 0] = 1e30
    with pytest.raises(MedicalError, match=r"codes from 1 to 1e\+30, more than 64-bit integers hold"):
        read_labels(save("seg.nii.gz", data + 1 - (data < 9e29)))


def test_a_segmentation_is_one_volume(save, tmp_path):
    with pytest.raises(MedicalError, match=r"holds 2 volumes where one is wanted \(4-D against 3-D\)"):
        read_labels(save("seg.nii.gz", np.stack([GRID, GRID], -1)))
    SimpleITK.WriteImage(
        SimpleITK.GetImageFromArray(np.zeros((2, 3, 4, 2), np.uint8), isVector=True), tmp_path / "seg.nrrd"
    )
    with pytest.raises(MedicalError, match="holds 2 volumes where one is wanted"):
        read_labels(tmp_path / "seg.nrrd")


def test_a_nifti_and_a_copy_in_a_format_of_itk_are_one(save, oblique, tmp_path):
    nifti = save("a.nii.gz", GRID, oblique)
    for suffix in (".nrrd", ".mha", ".mhd"):
        SimpleITK.WriteImage(SimpleITK.ReadImage(nifti), tmp_path / f"a{suffix}")
        ours, theirs = read_image(tmp_path / f"a{suffix}"), read_image(nifti)
        assert torch.equal(ours.data, theirs.data)
        np.testing.assert_allclose(ours.affine, theirs.affine, atol=1e-5)
        assert torch.equal(read_labels(tmp_path / f"a{suffix}").data, theirs.data[0].byte())


@pytest.mark.parametrize("kind", [np.uint8, np.int16], ids=["bytes", "shorts"])
def test_codes_that_a_file_scales_are_those_that_were_written(tmp_path, kind):
    codes = np.repeat(np.array([0.0, 1, 2, 4]), 6).reshape(4, 3, 2)
    image = nibabel.Nifti1Image(codes, np.eye(4))
    image.set_data_dtype(kind)  # nibabel scales real numbers to the whole range of integers
    nibabel.save(image, tmp_path / "seg.nii.gz")
    assert not np.array_equal(nibabel.load(tmp_path / "seg.nii.gz").get_fdata(), codes)
    np.testing.assert_array_equal(read_labels(tmp_path / "seg.nii.gz").data, codes.T)


def test_codes_a_rounding_error_off_are_codes(save):
    mask = read_labels(save("seg.nii", np.array([0.0, 2.0000001, 0.9999999]).reshape(3, 1, 1)))
    assert (mask.data.dtype, mask.data.flatten().tolist()) == (torch.uint8, [0, 2, 1])


def test_a_cut_file_of_several_volumes_is_named(save):
    path = save("four.nii", np.stack([GRID] * 3, -1))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UnreadableImage, match=r"four\.nii is cut short"):
        read_image(path)
