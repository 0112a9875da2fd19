import pickle
from unicodedata import normalize

import nibabel
import numpy as np
import pytest
import torch
from PIL import Image

import leyden as ly
from leyden.data.source.files import files_in, paired
from leyden.errors import DataChanged, DataError, EmptyFolder, UnreadableImage


@pytest.fixture
def notes(tmp_path):
    """Four notes in two folders, and what is hidden."""
    root = tmp_path / "my nötes"
    for name in [
        "10.txt",
        "2.txt",
        "dêep er/1.txt",
        "dêep er/still/3 4.TXT",
        ".hidden.txt",
        ".git/x.txt",
        "a/.b/c.txt",
    ]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


def names(files):
    return [path.relative_to(files.folder).as_posix() for path in files.paths]


def test_a_folder_of_files_is_a_container_in_the_order_people_count(notes):
    files = files_in(notes)
    assert names(files) == ["2.txt", "10.txt", "dêep er/1.txt", "dêep er/still/3 4.TXT"]
    assert list(files) == names(files)
    assert (len(files), files[-1], files[1:][0]) == (4, "dêep er/still/3 4.TXT", "10.txt")
    assert names(files[::-2]) == ["dêep er/still/3 4.TXT", "10.txt"]
    assert repr(files) == f"files_in('{notes}')"


def size_of(path):
    return path.stat().st_size


def test_patterns_and_readers_of_ones_own(notes):
    files = files_in(str(notes), size_of, pattern="**/[13]*.txt")
    assert list(files) == [6, 14, 22]
    assert repr(files) == f"files_in('{notes}', size_of, pattern='**/[13]*.txt')"


def test_nothing_is_read_before_it_is_asked_for(notes):
    read = []
    files = files_in(notes, lambda path: read.append(path.name))
    view = files | ly.data.map(lambda element: element) | ly.data.shuffle(seed=0)
    assert len(view) == 4
    assert read == []
    files[0]
    assert read == ["2.txt"]


def test_files_are_read_on_threads_and_after_pickling(notes):
    files = files_in(notes)
    assert list(files | ly.data.parallel(2)) == list(files)
    assert list(pickle.loads(pickle.dumps(files[1:3]))) == list(files)[1:3]


def test_a_file_changed_or_removed_after_the_container_was_made_is_named(notes):
    files = files_in(notes)
    (notes / "2.txt").write_text("other")
    (notes / "10.txt").unlink()
    with pytest.raises(DataChanged, match=r"2\.txt was written to since"):
        files[0]
    with pytest.raises(DataChanged, match=r"10\.txt is gone"):
        files[1]
    assert files[2] == "dêep er/1.txt"
    assert len(files_in(notes)) == 3


def test_what_a_reader_raises_names_the_file_and_never_ends_a_loop_early(notes):
    def broken(path):
        raise IndexError("out of luck")

    with pytest.raises(DataError, match=r"2\.txt cannot be read \(IndexError: out of luck\)"):
        list(files_in(notes, broken))
    (notes / "x.png").write_bytes(b"no picture")
    with pytest.raises(UnreadableImage, match=r"x\.png is no picture that PIL can decode"):
        list(files_in(notes, pattern="*.png") | ly.data.batch(1))
    (notes / "y.json").write_text("{")
    with pytest.raises(DataError, match=r"y\.json cannot be read \(JSONDecodeError"):
        files_in(notes, pattern="*.json")[0]
    (notes / "z.txt").write_bytes(b"\xff")
    with pytest.raises(DataError, match=r"z\.txt cannot be read \(UnicodeDecodeError"):
        files_in(notes, pattern="z.txt")[0]


def test_folders_without_fitting_files_are_refused(notes, tmp_path):
    with pytest.raises(EmptyFolder, match=r"fits the pattern '\*\.png'"):
        files_in(notes, pattern="*.png")
    with pytest.raises(EmptyFolder, match="is not there, from"):
        files_in(tmp_path / "gone")
    with pytest.raises(EmptyFolder, match=r"is a file; for a zip archive see zip_in"):
        files_in(notes / "2.txt")
    (notes / "a.xyz").touch()
    with pytest.raises(DataError, match=r"1 of 5 files in .*nötes: no reader is known for 'a\.xyz'; give read="):
        files_in(notes)


def test_links_are_followed_once_and_dead_ones_are_named(notes, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/5.txt").write_text("five")
    (notes / "linked").symlink_to(tmp_path / "elsewhere")
    (notes / "dêep er/circle").symlink_to(notes)
    (notes / "dead.txt").symlink_to(tmp_path / "nowhere")
    files = files_in(notes)
    assert names(files) == ["2.txt", "10.txt", "dead.txt", "dêep er/1.txt", "dêep er/still/3 4.TXT", "linked/5.txt"]
    assert files[-1] == "five"
    with pytest.raises(DataError, match=r"dead\.txt cannot be read \(FileNotFoundError"):
        files[2]


@pytest.fixture
def scans(tmp_path):
    """Pictures and their masks, in other orders and formats."""
    for place, name in enumerate(["a/10", "a/2", "b/2"]):
        for folder, suffix in (("images", ".png"), ("masks", ".nii.gz")):
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            path = tmp_path / folder / (name + suffix)
            if folder == "images":
                Image.new("L", (2, 2), place).save(path)
            else:
                nibabel.save(nibabel.Nifti1Image(np.full((2, 2, 1), place, np.uint8), np.eye(4)), path)
    return tmp_path


def test_images_and_masks_meet_by_their_names(scans):
    pairs = paired(files_in(scans / "images"), files_in(scans / "masks"))
    assert [(int(image[0, 0, 0]), int(mask.data[0, 0, 0])) for image, mask in pairs] == [(1, 1), (0, 0), (2, 2)]
    assert repr(pairs) == f"(files_in('{scans}/images'), files_in('{scans}/masks'))"
    assert torch.equal((pairs | ly.data.parallel(2))[0][0], pairs[0][0])


def test_files_without_a_partner_are_all_named(scans):
    (scans / "masks/a/2.nii.gz").rename(scans / "masks/a/3.nii.gz")
    images, masks = files_in(scans / "images"), files_in(scans / "masks")
    with pytest.raises(DataError, match=r"2 files have no partner: .*images/a/2\.png, .*masks/a/3\.nii\.gz; add them"):
        paired(images, masks)
    with pytest.warns(UserWarning, match=r"2 files have no partner: .* they are left out"):
        pairs = paired(images, masks, unmatched="warn")
    assert [(int(image[0, 0, 0]), int(mask.data[0, 0, 0])) for image, mask in pairs] == [(0, 0), (2, 2)]
    assert repr(pairs).startswith(f"(files_in('{scans}/images') | subset([1, 2]), ")
    with pytest.raises(DataError, match="6 files have no partner"):
        paired(images, masks, by=str, unmatched="warn")


def test_keys_must_be_unique_and_slices_keep_their_files(scans):
    images, masks = files_in(scans / "images"), files_in(scans / "masks")
    with pytest.raises(DataError, match=r"several files of files_in\(.*images'\) have one key: \['2'\]"):
        paired(images, masks, by=lambda name: name.split("/")[1].split(".")[0])
    part = paired(images[1:], masks[1:])
    assert [(int(image[0, 0, 0]), int(mask.data[0, 0, 0])) for image, mask in part] == [(0, 0), (2, 2)]


def test_names_meet_however_their_accents_are_written(tmp_path):
    for folder, form in (("images", "NFC"), ("masks", "NFD")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / normalize(form, "é1.txt")).write_text(folder)
    assert list(paired(files_in(tmp_path / "images"), files_in(tmp_path / "masks"))) == [("images", "masks")]
