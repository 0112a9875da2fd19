import pytest

from leyden import data
from leyden.medical.evaluation import subject_of
from leyden.medical.evaluation.subject import subjects_of


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("BraTS-GLI-00012-001", "BraTS-GLI-00012"),
        ("BraTS-MEN-01234-000", "BraTS-MEN-01234"),
        ("BraTS-GLI-00012", "BraTS-GLI-00012"),
        ("BraTS20_Training_001", "BraTS20_Training_001"),
        ("phantom-000", "phantom-000"),
        ("", ""),
    ],
)
def test_only_the_visit_of_a_challenge_name_is_left_off(name, subject):
    assert subject_of(name) == subject


@pytest.mark.parametrize("seed", range(5))
def test_no_subject_is_on_two_sides_of_a_split(seed):
    names = [f"BraTS-GLI-{subject:05}-{visit:03}" for subject in range(12) for visit in range(1 + subject % 3)]
    parts = data.split(names, (0.6, 0.2), seed=seed, groups=[subject_of(name) for name in names])
    sides = [{subject_of(name) for name in part} for part in parts]
    assert len(parts) == 3
    assert sum(map(len, sides)) == len(set().union(*sides)) == 12


def test_visits_are_told_whatever_the_case_of_their_letters():
    assert subject_of("brats-gli-00012-001") == "brats-gli-00012"


def test_parts_know_whose_each_case_is_and_lists_do_not():
    class Two(list):
        subjects = ("ann", "bob")

    cases = Two(["b1", "a1"])
    assert subjects_of(cases) == ("ann", "bob")
    assert subjects_of(data.subset(cases, [1, 0, 1])) == ("bob", "ann", "bob")
    assert subjects_of(["b1", "a1"]) is None
    assert subjects_of(Two(["b1"])) is None
