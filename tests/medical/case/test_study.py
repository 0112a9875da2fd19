from pathlib import Path

from leyden.medical.case.study import Case, Series


def test_a_case_is_its_own_subject_unless_told():
    case = Case("one", (Series("t1", Path("a.nii"), 2),))
    assert (case.subject, Case("one", (), None, "p1").subject) == ("one", "p1")
    assert case.modalities == ("t1",)


def test_a_modality_is_found_by_name():
    case = Case("one", (Series("t2", Path("b.nii")), Series("t1", Path("a.nii"))))
    assert case.series("t1") == Series("t1", Path("a.nii"), None)
    assert case.series("flair") is None
