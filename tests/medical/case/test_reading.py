from dataclasses import replace

import numpy as np
import pytest
import torch

from leyden.errors import MedicalError, UnknownCodes, UnreadableImage
from leyden.medical.case.finding import cases_in
from leyden.medical.case.reading import lacking, read_case, strange_numbers
from leyden.medical.case.study import Case, Series
from leyden.medical.labelling import scheme


@pytest.fixture
def case(files, tmp_path):
    files.brats(tmp_path, "BraTS2021_00000")
    return cases_in(tmp_path).cases[0]


def path_of(case, modality):
    return case.series(modality).path


def test_a_scan_has_its_channels_in_the_order_asked_for_and_its_label_on_their_grid(files, case):
    scan = read_case(case, ("t2", "flair"), scheme=scheme("brats21"))
    assert scan.modalities == ("t2", "flair")
    assert scan.name == "BraTS2021_00000"
    assert scan.image.data.dtype == torch.float32
    for channel, name in enumerate(scan.modalities):
        np.testing.assert_array_equal(scan.image.data[channel], files.shade(files.shades[name]).T)
    np.testing.assert_array_equal(scan.label.data, files.drawn(1, 2, 4).T)
    assert scan.label.affine == scan.image.affine
    np.testing.assert_array_equal(np.array(scan.image.affine)[:, [2, 1, 0, 3]], files.affine)
    assert scan.image.spacing == (1.5, 1.0, 1.0)


def test_a_case_without_a_segmentation_is_read_without(case):
    assert read_case(replace(case, label=None), ("t1",), scheme=None).label is None


def test_a_missing_modality_is_told_with_what_there_is(case):
    less = replace(case, images=case.images[:2])
    told = r"case BraTS2021_00000: lacks t1ce, t2; it has flair, t1: leave the case out, or train without"
    with pytest.raises(MedicalError, match=told):
        read_case(less, ("t1", "t1ce", "t2"), scheme=None)
    assert lacking(case, ("t1",)) == ""
    assert "convert it to NIfTI with dcm2niix" in lacking(Case("one", (Series("DICOM", path_of(case, "t1")),)), ("t1",))


def test_grids_that_disagree_are_told_in_mm_with_the_files(files, case):
    shifted = files.affine.copy()
    shifted[0, 3] += 3
    files.save(path_of(case, "t2"), files.shade(5), shifted)
    with pytest.raises(MedicalError, match=r"case .*: t2 lies up to 3 mm off t1 \(.*_t1.nii.gz.*\); bring them onto"):
        read_case(case, ("t1", "t2"), scheme=None)
    files.save(case.label, files.drawn(1), shifted)
    with pytest.raises(MedicalError, match="the segmentation lies up to 3 mm off t1"):
        read_case(case, ("t1",), scheme=None)
    files.save(path_of(case, "flair"), files.shade(5, (6, 5, 3)))
    with pytest.raises(MedicalError, match="flair is 3 x 5 x 6 voxels, t1 4 x 5 x 6, the segmentation lies"):
        read_case(case, ("t1", "flair"), scheme=None)


def test_voxels_that_are_no_number_are_refused(files, case):
    data = files.shade(5).astype(np.float32)
    data[1, 1, :2] = np.nan, np.inf
    files.save(path_of(case, "t1"), data)
    with pytest.raises(MedicalError, match=r"_t1.nii.gz has NaN or infinity in 2 of its voxels; set them to 0"):
        read_case(case, ("t1",), scheme=None)


def test_numbers_so_large_that_their_sum_is_no_number_are_numbers(files):
    assert strange_numbers(np.full(9, 3e38, np.float32)) == 0
    assert strange_numbers(np.full(9, -3e38)) == 0
    assert strange_numbers(np.full(9, 1e308)) == 9  # scans are read in single precision
    assert strange_numbers(np.array([1, np.nan, -np.inf])) == 2
    assert strange_numbers(np.ones(3, np.int16)) == 0


def test_unknown_codes_are_refused_with_the_file(files, case):
    with pytest.raises(UnknownCodes, match=r"case .*: .*_seg.nii.gz: scheme 'msd' knows the codes 0, 1, 2, 3; found"):
        read_case(case, ("t1",), scheme=scheme("msd"))


def test_files_that_cannot_be_read_keep_the_kind_of_their_error(files, case):
    path = path_of(case, "t1")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UnreadableImage, match=r"^case BraTS2021_00000: .*_t1.nii.gz .*cut short"):
        read_case(case, ("t1",), scheme=None)
    with pytest.raises(MedicalError, match=r"no frame 1; it holds 1 volume \(3-D against 4-D\)"):
        read_case(Case("one", (Series("t2", path_of(case, "t2"), 1),)), ("t2",), scheme=None)
    files.save(path, np.stack([files.shade(1)] * 2, -1))
    with pytest.raises(MedicalError, match=r"holds 2 volumes where one is wanted \(4-D against 3-D\)"):
        read_case(case, ("t1",), scheme=None)
