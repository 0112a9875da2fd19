from pathlib import Path

import nibabel
import numpy as np
import pytest
import torch

from leyden.errors import MedicalError
from leyden.items import Image, Mask
from leyden.medical.case import Case, Cases, Series
from leyden.medical.packed.sizing import PackedSize, predict_size
from leyden.medical.packed.writing import coded
from leyden.medical.scan import Scan

HEADER = 4096


def test_cases_that_are_looked_at_are_foretold_exactly(head):
    cases = [head(), head("two", seed=1)]
    found = predict_size(cases)
    assert found.bytes == sum(coded(case).header.bytes for case in cases) == 2 * (8 * 9 * 11 * 5 + HEADER)
    assert found.at_most == 2 * (12 * 14 * 16 * 5 + HEADER)
    assert found.sampled == ("one", "two")
    assert found.per_case == found.bytes // 2


def test_scans_that_are_not_looked_at_count_as_large_as_the_others(head):
    found = predict_size([head(str(place)) for place in range(5)], samples=3)
    assert found.sampled == ("0", "2", "4")
    assert found.bytes == 5 * (8 * 9 * 11 * 5 + HEADER)


def write(folder, name, size):
    data = np.zeros(size, np.int16)
    data[: size[0] // 2] = 5
    path = folder / f"{name}.nii.gz"
    nibabel.save(nibabel.Nifti1Image(data, np.eye(4)), path)
    return Case(name, (Series("t1", path),))


def test_cases_in_files_count_by_the_grids_in_their_headers(tmp_path):
    entries = (write(tmp_path, "a", (8, 6, 4)), write(tmp_path, "b", (80, 6, 4)), write(tmp_path, "c", (8, 6, 4)))
    cases = Cases(tmp_path, "own", entries, ("t1",))
    found = predict_size(cases)
    assert found.sampled == ("a", "c")
    assert found.bytes == 2 * (8 + 80 + 8) // 2 * 6 * 4 + 3 * HEADER
    assert found.at_most == 2 * (8 + 80 + 8) * 6 * 4 + 3 * HEADER


def test_a_header_that_cannot_be_read_counts_as_usual(tmp_path):
    entries = (
        write(tmp_path, "a", (8, 6, 4)),
        Case("b", (Series("t1", Path("none.nii")),)),
        write(tmp_path, "c", (8, 6, 4)),
    )
    assert predict_size(Cases(tmp_path, "own", entries, ("t1",))).bytes == 3 * (8 * 6 * 4 + HEADER)


def test_a_case_of_brats_takes_less_than_forty_megabytes():
    # the box of a brain in a BraTS case is about 140 x 175 x 140 of 155 x 240 x 240 voxels
    image = torch.zeros(1, 155, 240, 240)
    image[:, :142, 30:206, 50:190] = 1.0
    one = predict_size([Scan(Image(image), None, ("t1",), "one")])
    four_and_label = (one.bytes - HEADER) // 2 * 9
    assert four_and_label < 40e6


def test_it_says_how_it_was_found():
    told = str(PackedSize(484, 14_500_000_000, 38_900_000_000, ("a", "b")))
    assert told == "484 cases in about 14,500.0 MB, 30.0 MB each (as a, b can be cut; at most 38,900.0 MB)"


@pytest.mark.parametrize(("count", "samples"), [(0, 2), (1, 0)])
def test_nothing_to_look_at_is_refused(head, count, samples):
    with pytest.raises(MedicalError, match=rf"looks at 1 case or more; given {count} cases, {samples} to look at"):
        predict_size([head()] * count, samples=samples)


@pytest.mark.parametrize(
    ("image", "label", "told"),
    [
        (torch.rand(1, 4, 4), None, "a picture of 2 axes, where a volume is wanted"),
        (torch.rand(1, 6, 6, 6), Mask(torch.ones(5, 6, 6).byte()), r"labels of \(5, 6, 6\) voxels on an image of"),
    ],
)
def test_what_cannot_be_packed_is_told_by_name(image, label, told):
    with pytest.raises(MedicalError, match=f"^case 'odd' cannot be packed: {told}"):
        predict_size([Scan(Image(image), label, ("t1",), "odd")])
