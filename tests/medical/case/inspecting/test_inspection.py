import re

import numpy as np
import pytest

import leyden as ly
from leyden.errors import MedicalError
from leyden.medical.case.finding import cases_in
from leyden.medical.case.inspecting import inspect
from leyden.medical.case.inspecting.inspection import Inspection
from leyden.medical.case.inspecting.row import CaseRow, Fault


@pytest.fixture
def cases(files, tmp_path):
    for number in range(3):
        files.brats(tmp_path, f"BraTS2021_0000{number}")
    return cases_in(tmp_path)


def test_sound_data_give_a_table_without_faults(cases, tmp_path):
    found = inspect(cases, workers=2)
    assert found.faults == ()
    assert [row.case for row in found.rows] == list(cases.names)
    lines = repr(found).splitlines()
    assert lines[0] == f"{cases!r}: 3 cases, 0 faults"
    assert lines[1].split() == [
        "case",
        "voxels",
        "z",
        "y",
        "x",
        "mm",
        "axes",
        "codes:",
        "ml",
        "t1",
        "t1ce",
        "t2",
        "flair",
        "faults",
    ]
    assert lines[2].startswith("BraTS2021_00000  4 x 5 x 6     1.5 x 1 x 1  LPS   1: 0.003, 2: 0.003, 4: 0.003  0..55")
    assert len(lines) == 5


@pytest.mark.parametrize("workers", [0, 3, None])
def test_rows_are_the_same_for_any_number_of_workers(cases, workers):
    assert inspect(cases, workers=workers).rows == inspect(cases, workers=1).rows


def test_cases_that_differ_from_the_others_are_named(files, cases):
    thick = np.diag([1.0, 1.0, 3.0, 1.0])
    files.brats(cases.folder, "BraTS2021_00002", affine=thick)
    spacing, orientation = inspect(cases).faults
    assert spacing.case == orientation.case == "dataset"
    assert spacing.problem == "spacing differs: 1.5 x 1 x 1 mm of 2 cases, 3 x 1 x 1 mm of BraTS2021_00002"
    assert spacing.advice == "put all on one grid, such as with to_grid(1.0)"
    assert orientation.problem == "orientation differs: LPS of 2 cases, RAS of BraTS2021_00002"


def test_a_missing_segmentation_is_told_of_the_case_or_of_all(files, cases):
    cases.cases[1].label.unlink()
    (fault,) = inspect(cases_in(cases.folder)).faults
    assert (fault.case, fault.problem) == ("BraTS2021_00001", "has no segmentation")
    for case in (cases.cases[0], cases.cases[2]):
        case.label.unlink()
    (fault,) = inspect(cases_in(cases.folder)).faults
    assert (fault.case, fault.problem) == ("dataset", "no case has a segmentation")


def test_codes_that_nobody_explains_are_told(files, tmp_path):
    files.brats(tmp_path, "ours_1")
    (fault,) = inspect(cases_in(tmp_path)).faults
    assert str(fault) == "dataset: nothing says what the codes 0, 1, 2, 4 mean; give cases_in(..., scheme=...)"


def test_a_folder_full_of_faults_is_read_to_its_end(files, cases, tmp_path):
    cut = cases.cases[0].series("t1").path
    cut.write_bytes(cut.read_bytes()[:50])
    (tmp_path / "P9").mkdir()
    (tmp_path / "P9" / "1.dcm").touch()
    found = inspect(cases_in(tmp_path, scheme="msd"))
    assert len(found.rows) == 4
    text = repr(found)
    for told in ("cut short", "codes 0, 1, 2, 4 under scheme msd", "P9: ", "dcm2niix"):
        assert told in text
    assert found.rows[0].modalities == ("t1ce", "t2", "flair")


def test_the_table_is_html_with_everything_escaped(cases):
    html = inspect(cases)._repr_html_()
    assert html.count("<tr>") == 4
    assert "<ul>" not in html
    row = CaseRow("<p1>", "p1", faults=(Fault("<p1>", "a < b", ""),))
    html = Inspection("data", ("t1",), (row,), ())._repr_html_()
    assert "<td>&lt;p1&gt;</td>" in html
    assert "<li>&lt;p1&gt;: a &lt; b</li>" in html
    assert not re.search(r"0x[0-9a-f]{6}", html)


def test_of_many_cases_the_first_are_printed():
    rows = tuple(CaseRow(f"p{number}", "", faults=(Fault(f"p{number}", "bad", ""),)) for number in range(50))
    text = repr(Inspection("data", (), rows, ()))
    assert "and 10 more cases, see rows" in text
    assert "and 10 more faults, see faults" in text
    assert "p39" in text
    assert "p40" not in text


def test_a_scheme_that_contradicts_the_folder_is_told(files, tmp_path):
    folder = files.msd(tmp_path, "BRATS_001")
    (fault,) = inspect(cases_in(folder, scheme="brats23")).faults
    assert fault.case == "dataset"
    assert "another scheme than was given: 1 is 'necrotic and non-enhancing core' by brats23 and 'oedema' by" in str(
        fault
    )
    assert inspect(cases_in(folder, scheme="msd")).faults == ()


def test_a_part_of_the_cases_is_looked_at_alone(cases):
    part, _ = ly.data.split(cases, 0.67, seed=None)
    assert [row.case for row in inspect(part).rows] == list(cases.names[:2])


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("given", [[], "folder", 3])
def test_what_has_no_files_is_refused(given):
    with pytest.raises(
        MedicalError, match=r"inspect looks at the files of cases, as cases_in\(folder\) gives them; given"
    ):
        inspect(given)


def test_the_table_counts_every_fault_of_a_case(files, tmp_path):
    for number, codes in enumerate([(1, 2, 4), None, (1, 2, 3)]):
        files.brats(tmp_path, f"BraTS2021_0000{number}", codes=codes)
    found = inspect(cases_in(tmp_path))
    assert [row[-1] for row in found.table()] == ["faults", "0", "1", "1"]
    assert "3 cases, 2 faults" in repr(found)
