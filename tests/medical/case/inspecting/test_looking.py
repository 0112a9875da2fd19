import json

import nibabel
import numpy as np
import pytest

from leyden.medical.case.finding import cases_in
from leyden.medical.case.inspecting.looking import look
from leyden.medical.case.study import Case, Series
from leyden.medical.labelling import scheme

NAMES = ("t1", "t1ce", "t2", "flair")


@pytest.fixture
def case(files, tmp_path):
    files.brats(tmp_path, "BraTS2021_00000")
    return cases_in(tmp_path).cases[0]


def path_of(case, modality):
    return case.series(modality).path


def told(case, names=NAMES, known="brats21"):
    return [str(fault).removeprefix(f"{case.name}: ") for fault in look(case, names, scheme(known)).faults]


def test_a_sound_case_has_no_fault_and_a_full_row(case):
    row = look(case, NAMES, scheme("brats21"))
    assert row.faults == ()
    assert (row.case, row.subject, row.modalities) == ("BraTS2021_00000", "BraTS2021_00000", NAMES)
    assert (row.size, row.spacing, row.orientation) == ((4, 5, 6), (1.5, 1.0, 1.0), "LPS")
    assert row.codes == pytest.approx({1: 0.003, 2: 0.003, 4: 0.003})  # two voxels of 1.5 mm3 each
    assert row.intensity["flair"] == (0, 10 + 4 * 3 * 3 - 1)


def test_files_of_msd_are_looked_at_frame_by_frame(files, tmp_path):
    cases = cases_in(files.msd(tmp_path, "BRATS_001"))
    row = look(cases.cases[0], cases.modalities, cases.scheme)
    assert row.faults == ()
    assert [row.intensity[name][1] for name in NAMES] == [55, 65, 75, 45]


def test_a_file_cut_short_leaves_the_others_to_be_looked_at(case):
    path = path_of(case, "t1")
    path.write_bytes(path.read_bytes()[:90])
    row = look(case, NAMES, scheme("brats21"))
    assert row.modalities == ("t1ce", "t2", "flair")
    (fault,) = row.faults
    assert "cut short" in fault.problem
    assert fault.advice == "fetch it again"


def test_every_fault_of_a_case_is_told_and_not_the_first(files, case):
    noise = files.shade(5).astype(np.float32)
    noise[1, 1, 1] = np.nan
    files.save(path_of(case, "t1"), noise)
    files.save(path_of(case, "t2"), np.full(files.size, 7, np.int16))
    shifted = files.affine.copy()
    shifted[1, 3] += 2
    files.save(path_of(case, "flair"), files.shade(5), shifted)
    path_of(case, "t1ce").unlink()
    files.save(case.label, files.drawn())
    faults = told(case)
    for one in (
        "t1 has NaN or infinity in 1 of its voxels; set them to 0",
        "t2 is 7 everywhere; leave the case out, or fetch the file again",
        "flair lies up to 2 mm off t1; bring them onto one grid, or take the files of one visit",
        "the segmentation is empty: no tumour; keep it if that is meant, metrics have conventions for it",
    ):
        assert one in faults
    assert any("_t1ce.nii.gz does not exist; check the path" in fault for fault in faults)
    assert len(faults) == 5


def test_codes_of_another_scheme_are_told_with_those_that_fit(case):
    (fault,) = look(case, NAMES, scheme("msd")).faults
    assert fault.problem == "codes 0, 1, 2, 4 under scheme msd, which knows 0, 1, 2, 3"
    assert fault.advice == "these codes fit brats17, brats18, brats19, brats20, brats21, brats24"


def test_a_tumour_outside_the_brain_is_told(files, case):
    wrong = files.drawn(1, 2, 4)
    wrong[1:3, 0, 0] = 2  # two of eight voxels
    files.save(case.label, wrong)
    (fault,) = told(case)
    assert fault.startswith("2 voxels of the segmentation (25%) lie outside the brain, where every image is 0; look")


def test_a_picture_four_axes_and_thick_slices_are_told(files, case):
    for modality in NAMES:
        files.save(path_of(case, modality), files.shade(5)[:, :, 2])
    files.save(case.label, files.drawn(1)[:, :, 1])
    assert any(one.startswith("is 2-D: its grid is 1 x 5 x 6 voxels; leave it out") for one in told(case))
    files.save(path_of(case, "t1"), np.stack([files.shade(5)] * 2, -1))
    assert any("holds 2 volumes where one is wanted (4-D against 3-D); split it" in one for one in told(case, ("t1",)))
    thick = np.diag([1.0, 1.0, 5.0, 1.0])
    files.save(path_of(case, "t1"), files.shade(5), thick)
    files.save(case.label, files.drawn(1), thick)
    assert told(case, ("t1",)) == [
        "has thick slices: 5 x 1 x 1 mm; judge it apart, and put all on one grid with to_grid(1.0)"
    ]
    for path, data in ((path_of(case, "t1"), files.shade(5)), (case.label, files.drawn(1))):
        files.save(path, data, np.diag([5.0, 5.0, 5.0, 1.0]))
    assert told(case, ("t1",)) == []  # coarse, but no slices


def test_a_three_dimensional_file_for_four_modalities_is_told_once(files, tmp_path):
    cases = cases_in(files.msd(tmp_path, "BRATS_001"))
    files.save(tmp_path / "imagesTr" / "BRATS_001.nii.gz", files.shade(5))
    row = look(cases.cases[0], cases.modalities, cases.scheme)
    assert [str(fault).count("it holds 1 volume (3-D against 4-D)") for fault in row.faults] == [1]


def test_missing_modalities_and_dicom_are_told(case, tmp_path):
    assert told(Case("one", case.images[:2]))[0].startswith("lacks t1ce, t2; it has flair, t1: leave the case out")
    foreign = Case("one", (Series("DICOM", tmp_path / "one"),))
    assert told(foreign) == [f"{tmp_path / 'one'} is a folder of DICOM; convert it to NIfTI with dcm2niix"]


def test_values_that_are_no_codes_and_headers_without_a_place_are_told(files, case):
    files.save(case.label, files.drawn(1) + np.float32(0.5))
    assert any("values between whole numbers, such as 0.5" in one for one in told(case))
    flat = files.save(case.label.with_name("flat.nii"), files.shade(5))
    content = bytearray(flat.read_bytes())
    content[280:328] = bytes(48)
    flat.write_bytes(content)
    assert any("does not say where its voxels lie" in one for one in told(Case("one", (Series("t1", flat),)), ("t1",)))


def test_more_volumes_than_modalities_are_told(files, tmp_path):
    files.msd(tmp_path, "BRATS_001")
    told = files.told | {"modality": {"0": "T1w", "1": "T2w"}}
    (tmp_path / "dataset.json").write_text(json.dumps(told))
    cases = cases_in(tmp_path)
    faults = [str(fault) for fault in look(cases.cases[0], cases.modalities, cases.scheme).faults]
    assert any(
        "holds 4 volumes, and modalities are told of 2; look which they are, and name all" in one for one in faults
    )


def test_a_header_without_directions_is_told_of_each_file(files, case):
    path = path_of(case, "t1")
    image = nibabel.load(path)
    data, header = np.asarray(image.dataobj), image.header.copy()
    header.set_sform(None, code=0)
    header.set_qform(None, code=0)
    nibabel.save(nibabel.Nifti1Image(data, None, header), path)
    assert any(
        "t1.nii.gz says nothing of directions (sform and qform codes 0), so left" in fault for fault in told(case)
    )


def test_a_number_beyond_single_precision_is_infinity(files, case):
    data = files.shade(5).astype(np.float64)
    data[1, 1, 1] = 1e39
    files.save(path_of(case, "t1"), data)
    assert told(case) == ["t1 has NaN or infinity in 1 of its voxels; set them to 0"]
