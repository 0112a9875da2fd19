import re
import subprocess
import sys

import pytest
import torch

from leyden.errors import MedicalError
from leyden.items import Image, Mask
from leyden.medical.packed.header import Source, read_header
from leyden.medical.packed.writing import coded, write_case
from leyden.medical.scan import Scan

# in a process of its own: the limit is one for all files, and what tests print may go into one
SMALL_DISK = """
import resource, sys, torch
from pathlib import Path
from leyden.errors import DiskFull
from leyden.items import Image
from leyden.medical import Scan
from leyden.medical.packed.writing import coded, write_case

scan = Scan(Image(torch.rand(2, 20, 20, 20)), None, ("t1", "flair"), "one")
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))  # no file grows further, as if there were no more room
try:
    write_case(coded(scan), Path(sys.argv[1]))
except DiskFull as error:
    print(error)
"""


def written_on_a_small_disk(path):
    done = subprocess.run([sys.executable, "-c", SMALL_DISK, str(path)], capture_output=True, text=True, check=True)
    return done.stdout


def test_a_scan_is_cut_to_what_it_shows(head):
    header, voxels = coded(head())
    assert (header.start, header.size, header.full) == ((2, 3, 4), (8, 9, 11), (12, 14, 16))
    assert [each.shape for each in voxels] == [(8, 9, 11)] * 3
    assert header.labelled
    assert header.affine is not None
    assert [row[-1] for row in header.affine] == [9.0 - 4, -4 + 1.5 * 3, 3.0 + 2 * 2, 1.0]


def test_equal_scans_give_equal_files(head, tmp_path):
    paths = [write_case(coded(head()), tmp_path / name).path for name in ("a.packed", "b.packed")]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert read_header(paths[0]).name == "one"


def test_what_is_known_of_a_case_goes_with_it(head, tmp_path):
    source = Source("t1.nii", 3, 4)
    case = write_case(coded(head(), subject="her", sources=[source]), tmp_path / "a.packed")
    assert read_header(case.path) == case.header
    assert (case.header.subject, case.header.sources) == ("her", (source,))
    assert coded(head()).header.subject == "one"


def test_a_full_disk_is_told_with_numbers_and_leaves_what_was_there(head, tmp_path):
    assert re.search(
        r"no room for .*new\.packed \(0\.0 MB .* MB free\)", written_on_a_small_disk(tmp_path / "new.packed")
    )
    assert list(tmp_path.iterdir()) == []
    before = write_case(coded(head()), tmp_path / "old.packed").path.read_bytes()
    assert "no room" in written_on_a_small_disk(tmp_path / "old.packed")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before]


def test_all_that_is_wrong_with_a_scan_is_said_at_once(unchecked):
    data = torch.zeros(2, 3, 3, 3)
    data[1, 0, 0, :2] = float("nan")
    scan = Scan(Image(data), Mask(torch.full((3, 3, 4), -2)), ("t1", "flair", "t2"), "odd")
    with pytest.raises(MedicalError) as caught:
        coded(scan)
    told = str(caught.value)
    assert told.startswith(
        "case 'odd' cannot be packed: 2 channels, but the modalities t1, flair, t2; 2 voxels of flair"
    )
    assert "labels of (3, 3, 4) voxels on an image of (3, 3, 3); labels from -2 to -2, where a byte holds" in told


def test_a_picture_is_refused():
    with pytest.raises(MedicalError, match="a picture of 2 axes, where a volume is wanted"):
        coded(Scan(Image(torch.zeros(1, 4, 4)), None, ("t1",), "flat"))
