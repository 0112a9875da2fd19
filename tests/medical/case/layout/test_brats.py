import pytest

from leyden.errors import MedicalError
from leyden.medical.case.layout.brats import find_brats

OLD, NEW = ("flair", "t1", "t1ce", "t2"), ("t2f", "t1n", "t1c", "t2w")
ORDER = ["flair", "t1", "t1ce", "t2"]


@pytest.mark.parametrize(
    ("name", "ends", "join", "scheme", "subject"),
    [
        ("Brats17_2013_2_1", OLD, "_", "brats17", "Brats17_2013_2_1"),
        ("Brats18_CBICA_AAB_1", OLD, "_", "brats18", "Brats18_CBICA_AAB_1"),
        ("BraTS19_TMC_06290_1", OLD, "_", "brats19", "BraTS19_TMC_06290_1"),
        ("BraTS20_Training_001", OLD, "_", "brats20", "BraTS20_Training_001"),
        ("BraTS2021_00000", OLD, "_", "brats21", "BraTS2021_00000"),
        ("BraTS-GLI-00000-000", NEW, "-", "brats23", "BraTS-GLI-00000"),
        ("BraTS-MET-00086-000", NEW, "-", "brats23", "BraTS-MET-00086"),
        ("BraTS-GLI-02062-101", NEW, "-", "brats24", "BraTS-GLI-02062"),
    ],
)
def test_names_tell_modality_year_and_subject(files, tmp_path, name, ends, join, scheme, subject):
    files.brats(tmp_path / "any" / "depth", name, ends=ends, join=join)
    found = find_brats(tmp_path)
    (case,) = found.cases
    assert (case.name, case.subject, found.scheme.name) == (name, subject, scheme)
    paths = {series.modality: series.path.name for series in case.images}
    assert paths == {modality: f"{name}{join}{end}.nii.gz" for modality, end in zip(ORDER, ends, strict=True)}
    assert case.label.name == f"{name}{join}seg.nii.gz"
    assert found.modalities == ("t1", "t1ce", "t2", "flair")


def test_a_flair_may_be_called_after_t2(files, tmp_path):
    files.brats(tmp_path, "BraTS2021_00000", ends=("T2-FLAIR", "T1", "T1ce", "T2"))
    (case,) = find_brats(tmp_path).cases
    assert sorted(case.modalities) == ["flair", "t1", "t1ce", "t2"]


def test_both_grades_are_read_in_the_order_of_their_names(files, tmp_path):
    files.brats(tmp_path / "LGG", "Brats18_B_1")
    files.brats(tmp_path / "HGG", "Brats18_C_1")
    files.brats(tmp_path / "HGG", "Brats18_A_1")
    assert [case.name for case in find_brats(tmp_path).cases] == ["Brats18_A_1", "Brats18_B_1", "Brats18_C_1"]


def test_all_files_may_lie_in_one_folder(files, tmp_path):
    for name in ("BraTS2021_00000", "BraTS2021_00001"):
        for path in files.brats(tmp_path / "cases", name).iterdir():
            path.rename(tmp_path / path.name)
    assert [(case.name, len(case.images)) for case in find_brats(tmp_path).cases] == [
        ("BraTS2021_00000", 4), ("BraTS2021_00001", 4),
    ]  # fmt: skip


def test_the_segmentation_that_brats_2020_calls_otherwise_belongs_to_its_folder(files, tmp_path):
    folder = files.brats(tmp_path, "BraTS20_Training_355", codes=None)
    files.save(folder / "W39_1998.09.19_Segm.nii", files.drawn(1))
    (case,) = find_brats(tmp_path).cases
    assert case.label.name == "W39_1998.09.19_Segm.nii"


def test_what_is_missing_stays_missing(files, tmp_path):
    files.brats(tmp_path, "BraTS2021_00000", ends=("flair", "t1"), codes=None)
    (case,) = find_brats(tmp_path).cases
    assert case.modalities == ("flair", "t1")
    assert case.label is None


def test_a_case_of_dicom_is_a_case_without_images(files, tmp_path):
    files.brats(tmp_path, "BraTS2021_00000")
    (tmp_path / "P7" / "t1").mkdir(parents=True)
    (tmp_path / "P7" / "t1" / "1.dcm").touch()
    (tmp_path / "BraTS2021_00000" / "1.dcm").touch()  # beside its NIfTI: the source of it
    first, second = find_brats(tmp_path).cases
    assert (first.name, second.name) == ("BraTS2021_00000", "P7/t1")
    assert second.images[0].modality == "DICOM"


@pytest.mark.parametrize(
    ("names", "scheme"),
    [
        (("BraTS20_A", "BraTS2021_00000"), "brats21"),
        (("BraTS2021_00000", "BraTS-GLI-00000-000"), None),
        (("BraTS2021_00000", "ours_7"), None),
        (("BraTS-PED-00001-000",), None),
    ],
    ids=["same codes", "other codes", "no year", "codes that changed"],
)
def test_the_scheme_is_told_where_all_names_tell_the_same(files, tmp_path, names, scheme):
    for name in names:
        files.brats(tmp_path, name, ends=("t2f",))
    told = find_brats(tmp_path).scheme
    assert (told and told.name) == scheme


def test_a_modality_twice_is_refused(files, tmp_path):
    files.brats(tmp_path, "BraTS2021_00000", ends=("flair", "t1", "t1ce", "t1gd"))
    with pytest.raises(MedicalError, match=r"00000 has t1ce twice: .*_t1ce.nii.gz, .*_t1gd.nii.gz; remove one of each"):
        find_brats(tmp_path)


@pytest.mark.parametrize("other", ["seg.nii", "segm.nii.gz"])
def test_two_segmentations_of_one_case_are_refused(files, tmp_path, other):
    place = files.brats(tmp_path, "BraTS2021_00000")
    (place / f"BraTS2021_00000_{other}").touch()
    with pytest.raises(MedicalError, match=r"00000 has several segmentations: .*; remove one of each"):
        find_brats(tmp_path)


def test_lower_case_names_tell_visits_and_years_too(files, tmp_path):
    for visit in ("000", "001"):
        files.brats(tmp_path, f"brats-gli-00007-{visit}", ends=NEW, join="-")
    found = find_brats(tmp_path)
    assert [case.subject for case in found.cases] == ["brats-gli-00007"] * 2
    assert found.scheme.name == "brats23"
    files.brats(tmp_path / "children", "brats-ped-00001-000", ends=NEW, join="-")
    assert find_brats(tmp_path / "children").scheme is None
