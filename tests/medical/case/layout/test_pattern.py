import pytest

from leyden.errors import MedicalError
from leyden.medical.case.layout.pattern import find_by_pattern


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def found(folder, images, label=None, frames=None):
    return find_by_pattern(folder, images, label=label, frames=frames)


def test_a_folder_a_case(tmp_path):
    touch(
        tmp_path, "p1/T1w.nii.gz", "p1/FLAIR.nii.gz", "p1/seg.nii.gz", "p2/T1w.nii.gz", "p2/notes.txt", "loose.nii.gz"
    )
    result = found(tmp_path, "{case}/{modality}.nii.gz", "{case}/seg.nii.gz")
    first, second = result.cases
    assert (first.name, first.modalities, first.label) == ("p1", ("flair", "t1"), tmp_path / "p1/seg.nii.gz")
    assert (second.modalities, second.label) == (("t1",), None)
    assert result.modalities == ("t1", "flair")


def test_a_field_used_twice_stands_for_the_same(tmp_path):
    touch(tmp_path, "p1/p1_t1.nii", "p1/p2_t2.nii")
    (case,) = found(tmp_path, "{case}/{case}_{modality}.nii").cases
    assert case.modalities == ("t1",)


def test_the_case_takes_as_much_of_a_name_as_it_can(tmp_path):
    touch(tmp_path, "sub_01_a_t1.nii.gz", "sub_01_a_t1ce.nii.gz")
    (case,) = found(tmp_path, "{case}_{modality}.nii.gz").cases
    assert (case.name, case.modalities) == ("sub_01_a", ("t1", "t1ce"))


def test_stars_stand_for_any_part_of_a_name_and_any_folders(tmp_path):
    touch(tmp_path, "images/a/b/p1_v2_t1.nii", "images/p2_v1_t1.nii", "labels/p1.nii")
    result = found(tmp_path, "images/**/{case}_v*_{modality}.nii", "labels/{case}.nii")
    assert [(case.name, case.label is None) for case in result.cases] == [("p1", False), ("p2", True)]


def test_subjects_hold_their_time_points_together(tmp_path):
    touch(tmp_path, "p1/ses1/t1.nii", "p1/ses2/t1.nii", "p2/p2x/t1.nii")
    cases = found(tmp_path, "{subject}/{case}/{modality}.nii").cases
    assert [(case.name, case.subject) for case in cases] == [("p1_ses1", "p1"), ("p1_ses2", "p1"), ("p2x", "p2")]


def test_files_without_a_modality_in_their_name_hold_those_that_are_told(tmp_path):
    touch(tmp_path, "p1.nii")
    one, two = (found(tmp_path, "{case}.nii", frames=names).cases[0].images for names in (("t1",), ("t1", "flair")))
    assert [(series.modality, series.frame) for series in one] == [("t1", None)]
    assert [(series.modality, series.frame) for series in two] == [("t1", 0), ("flair", 1)]
    with pytest.raises(MedicalError, match=r"has no \{modality\}; say what the files show with modalities="):
        found(tmp_path, "{case}.nii")


def test_signs_of_regular_expressions_mean_themselves(tmp_path):
    touch(tmp_path, "p1 (a+b)/t1.nii", "p1 (aab)/t1.nii")
    assert [case.name for case in found(tmp_path, "{case} (a+b)/{modality}.nii").cases] == ["p1"]


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("{modality}.nii", r"layout='\{modality\}.nii' needs \{case\}; such as '\{case\}/\{modality\}.nii.gz'"),
        ("/{case}/{mod}.nii", r"knows no \{mod\}; there are \{case\}, .*; is seen from the folder"),
    ],
    ids=["no case", "two faults"],
)
def test_a_pattern_that_cannot_be_one_is_refused(tmp_path, pattern, told):
    with pytest.raises(MedicalError, match=told):
        found(tmp_path, pattern, frames=("t1",))
    with pytest.raises(MedicalError, match=r"label='.*' has no \{modality\}: one segmentation is of all"):
        found(tmp_path, "{case}/{modality}.nii", "{case}/{modality}.nii")


def test_two_files_for_the_same_are_refused(tmp_path):
    touch(tmp_path, "p1/t1.nii", "p1/t1n.nii", "p1/seg_a.nii", "p1/seg_b.nii")
    with pytest.raises(
        MedicalError, match=r"seg_a.nii and .*seg_b.nii; .*t1.nii and .*t1n.nii; make the pattern narrower"
    ):
        found(tmp_path, "{case}/{modality}.nii", "{case}/seg_*.nii")


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["1/11/t1", "1/11/t2", "11/11/t1", "11/11/t2"], ["11_11", "1_11"]),
        (["1/11/t1", "1/11/t2", "11/11/t1ce", "11/11/flair"], ["11_11", "1_11"]),
        (["a/b_c/t1", "a_b/c/t1"], ["a__b_c", "a_b__c"]),
        (["a/a_1/t1", "b/a_1/t1"], ["a_1", "b_a_1"]),
    ],
)
def test_patients_stay_apart_however_their_cases_are_called(tmp_path, files, names):
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{name}.nii.gz").touch()
    found = find_by_pattern(tmp_path, "{subject}/{case}/{modality}.nii.gz", label=None, frames=None)
    assert [case.name for case in found.cases] == names
    for case in found.cases:
        assert len({(series.path.parts[-3], series.path.parts[-2]) for series in case.images}) == 1
        assert case.subject == case.images[0].path.parts[-3]
