import pickle
from pathlib import Path

import pytest
import torch

import leyden as ly
from leyden.augment import Flip
from leyden.errors import MedicalError
from leyden.medical.case.container import Cases, as_cases
from leyden.medical.case.finding import cases_in
from leyden.medical.case.study import Case, Series
from leyden.medical.scan import Scan


@pytest.fixture
def cases(files, tmp_path):
    for name in ("BraTS-GLI-00000-000", "BraTS-GLI-00000-001", "BraTS-GLI-00001-000", "BraTS-GLI-00002-000"):
        files.brats(tmp_path, name, ends=("t2f", "t1n", "t1c", "t2w"), codes=(1, 2, 3), join="-")
    return cases_in(tmp_path)


def test_cases_are_a_container_of_scans(cases):
    assert len(cases) == 4
    assert isinstance(cases[0], Scan)
    assert cases[-1].name == cases.names[3] == "BraTS-GLI-00002-000"
    assert [scan.name for scan in cases] == list(cases.names)
    with pytest.raises(IndexError, match=r"index 4 lies outside Cases\("):
        cases[4]


def test_parts_of_them_are_cases_again(cases):
    assert cases[1:3].names == cases.names[1:3]
    assert cases.chosen([3, 0]).names == (cases.names[3], cases.names[0])
    assert cases.chosen([3]).scheme is cases.scheme


def test_time_points_of_one_patient_stay_together(cases):
    assert cases.subjects[:2] == ("BraTS-GLI-00000",) * 2
    for seed in range(8):
        parts = ly.data.split(range(len(cases)), 0.5, seed=seed, groups=cases.subjects)
        first, second = ({cases.subjects[index] for index in part} for part in parts)
        assert not first & second
    train, held_out = ly.data.split(cases, 0.75, seed=0, groups=cases.subjects)
    assert len(train) + len(held_out) == 4


def test_pipes_read_them_with_workers(cases):
    flipped = ly.data.subset(cases, [2, 0]) | ly.data.map(lambda scan: Flip("x")(torch.Generator(), scan))
    whole = list(flipped | ly.data.parallel(2))
    assert [scan.name for scan in whole] == ["BraTS-GLI-00001-000", "BraTS-GLI-00000-000"]
    assert torch.equal(whole[1].image.data, cases[0].image.data.flip(-1))
    assert pickle.loads(pickle.dumps(cases)).names == cases.names


def test_they_print_in_one_line_without_an_address(cases, tmp_path):
    assert repr(cases) == f"Cases({str(tmp_path)!r}, brats, 4 of 3 subjects: t1 t1ce t2 flair, scheme brats23)"


def test_cases_need_names_of_their_own_and_a_modality():
    one = Case("one", (Series("t1", Path("a.nii")),))
    with pytest.raises(MedicalError, match="cases share the names one; each needs its own"):
        Cases(Path("data"), "msd", (one, one), ("t1",), None)
    with pytest.raises(MedicalError, match="no modality was found or asked for"):
        Cases(Path("data"), "msd", (one,), (), None)


def test_parts_of_cases_are_cases_and_anything_else_is_none(files, tmp_path):
    for number in range(4):
        files.brats(tmp_path, f"BraTS-GLI-0000{number // 2}-00{number % 2}", codes=(1, 2, 3))
    cases = cases_in(tmp_path)
    first, second = (as_cases(part) for part in ly.data.split(cases, 0.5, seed=0, groups=cases.subjects))
    assert {*first.names, *second.names} == {*cases.names}
    assert set(first.subjects).isdisjoint(second.subjects)
    assert (first.scheme, first.modalities) == (cases.scheme, cases.modalities)
    assert as_cases(cases) is cases
    assert as_cases([cases[0]]) is None
    assert as_cases(cases | ly.data.map(str)) is None
