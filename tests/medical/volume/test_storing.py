import errno
import os
import shutil
from collections import namedtuple

import pytest

from leyden.errors import DiskFull, MedicalError
from leyden.medical.volume.storing import replacing

Usage = namedtuple("Usage", "total used free")


def test_a_file_takes_its_place_once_it_is_whole(tmp_path):
    goal = tmp_path / "a.nii"
    goal.write_bytes(b"old")
    with replacing(goal, 3) as part:
        part.write_bytes(b"new")
        assert goal.read_bytes() == b"old"
        assert part.suffix == goal.suffix
    assert goal.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [goal]


def interrupt(part):
    part.write_bytes(b"ne")
    raise KeyboardInterrupt


def test_whatever_goes_wrong_leaves_the_old_file_and_no_part(tmp_path):
    goal = tmp_path / "a.nii"
    goal.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), replacing(goal, 3) as part:
        interrupt(part)
    assert goal.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [goal]


def test_a_full_disk_is_told_with_the_numbers(tmp_path, monkeypatch):
    with (
        pytest.raises(DiskFull, match=r"no room for .*a.nii \(5.0 MB before compression, .* MB free\); nothing was"),
        replacing(tmp_path / "a.nii", 5_000_000),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10, 9, 1))
    with pytest.raises(DiskFull, match="no room"), replacing(tmp_path / "a.nrrd", 5):
        raise RuntimeError("could not write")  # all that ITK says
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_to_is_named(tmp_path):
    told = r"cannot be written: .*none is no folder; make it first"
    with pytest.raises(MedicalError, match=told), replacing(tmp_path / "none" / "a.nii", 3) as part:
        part.write_bytes(b"new")
    (tmp_path / "a.nii").mkdir()
    told = r"a.nii cannot be written: .*; check its permissions"
    with pytest.raises(MedicalError, match=told), replacing(tmp_path / "a.nii", 3) as part:
        part.write_bytes(b"new")


def test_what_went_wrong_is_said_where_cleaning_up_goes_wrong_too(tmp_path):
    def stuck(part):
        part.mkdir()  # which cannot be unlinked, like a name on a disk that is only read from
        raise OSError(errno.EROFS, "Read-only file system")

    told = r"a\.nii cannot be written: .*Read-only file system"
    with pytest.raises(MedicalError, match=told), replacing(tmp_path / "a.nii", 3) as part:
        stuck(part)
