import os

from leyden.medical.case.layout.found import dicom_folders, files_below, is_volume


def test_hidden_files_and_those_that_macos_leaves_are_passed_over(tmp_path):
    for name in ("b/2.nii.gz", "a/1.nii.gz", "a/._1.nii.gz", ".git/3.nii", "__MACOSX/a/4.nii.gz"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [path.relative_to(tmp_path).as_posix() for path in files_below(tmp_path)] == ["a/1.nii.gz", "b/2.nii.gz"]


def test_volumes_are_told_by_their_suffix(tmp_path):
    names = ["a.nii", "a.NII.GZ", "a.nrrd", "a.mha", "a.mhd", "a.gz", "a.json", "a.raw"]
    assert [is_volume(tmp_path / name) for name in names] == [True] * 5 + [False] * 3


def test_dicom_is_told_by_its_suffix_or_its_first_bytes(tmp_path):
    contents = {
        "a/1.dcm": b"",
        "b/IM0001": bytes(128) + b"DICM",
        "c/1.2.840.11": bytes(128) + b"DICM",
        "d/README": b"x",
    }
    for name, content in contents.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(content)
    assert [place.name for place in dicom_folders(tmp_path)] == ["a", "b", "c"]


def test_links_are_followed_but_for_those_that_lead_back(tmp_path):
    (tmp_path / "data" / "a").mkdir(parents=True)
    (tmp_path / "data" / "a" / "1.nii.gz").touch()
    (tmp_path / "data" / "b").symlink_to(tmp_path / "data" / "a")
    (tmp_path / "data" / "a" / "back").symlink_to(tmp_path / "data")
    (tmp_path / "data" / "self").symlink_to(tmp_path / "data")
    found = [path.relative_to(tmp_path).as_posix() for path in files_below(tmp_path / "data")]
    assert found == ["data/a/1.nii.gz", "data/b/1.nii.gz"]


def test_links_to_nothing_and_pipes_are_no_dicom(tmp_path):
    (tmp_path / "latest").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "pipe")
    assert dicom_folders(tmp_path) == ()
