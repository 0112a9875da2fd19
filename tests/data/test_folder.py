import io
import os
import pickle
import warnings
import zipfile

import pytest
import torch
from PIL import Image

import leyden as ly
from leyden.errors import DataChanged, DataError, EmptyFolder, TooFewClasses, UnreadableImage


def picture(path, shade=0, size=(3, 2)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (shade, shade, shade)).save(path)
    return path


@pytest.fixture
def flowers(tmp_path):
    """Three classes, five images, and things that are none."""
    root = tmp_path / "flowers"
    for shade, name in enumerate(
        ["tulip/2.png", "tulip/deep/er/1.JPG", "lily of the valley/ä b.bmp", "rosé/1.gif", "rosé/10.png"]
    ):
        picture(root / name, shade)
    for name in ["tulip/Thumbs.db", "tulip/notes.txt", "tulip/.hidden.png", ".git/x.png", "readme.md", "loose.png"]:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(b"x")
    return root


def test_a_folder_of_class_folders_is_a_container_of_pictures_and_labels(flowers):
    images = ly.data.images_in(flowers)
    assert images.classes == ("lily of the valley", "rosé", "tulip")
    names = [path.relative_to(flowers).as_posix() for path in images.paths]
    assert names == ["lily of the valley/ä b.bmp", "rosé/1.gif", "rosé/10.png", "tulip/2.png", "tulip/deep/er/1.JPG"]
    assert images.labels == (0, 1, 1, 2, 2)
    assert [(image[0, 0, 0].item(), label) for image, label in images] == [(2, 0), (3, 1), (4, 1), (0, 2), (1, 2)]
    assert images[-1][0].shape == (3, 2, 3)
    assert repr(images) == f"images_in('{flowers}')"


def test_what_is_no_image_is_listed(flowers):
    ignored = {path.relative_to(flowers).as_posix() for path in ly.data.images_in(flowers).ignored}
    assert ignored == {".git", "loose.png", "readme.md", "tulip/.hidden.png", "tulip/Thumbs.db", "tulip/notes.txt"}


def test_images_are_decoded_when_they_are_asked_for(flowers):
    (flowers / "rosé/1.gif").write_bytes(b"")
    images = ly.data.images_in(flowers)
    assert images[0][1] == 0
    with pytest.raises(UnreadableImage, match=r"1\.gif is empty"):
        images[1]


def test_indices_and_slices_of_images(flowers):
    images = ly.data.images_in(str(flowers))
    assert images[1:3].labels == (1, 1)
    assert [label for _, label in images[::-2]] == [2, 1, 0]
    assert repr(images[1:][::2]) == f"images_in('{flowers}')[1:5:2]"
    assert eval(repr(images[1:][::2]), {"images_in": ly.data.images_in}).paths == images.paths[1::2]
    with pytest.raises(IndexError, match=r"index 5 lies outside images_in.* which has 5 images"):
        images[5]


def test_images_go_through_a_pipe(flowers):
    images = ly.data.images_in(flowers)
    train, test = ly.data.split(images, 0.6, seed=0, stratify=images.labels)
    assert len(train) + len(test) == 5
    pipe = images | ly.data.shuffle(seed=0) | ly.data.batch(5) | ly.data.parallel(2)
    pictures, labels = pipe[0]
    assert (pictures.shape, pictures.dtype) == ((5, 3, 2, 3), torch.uint8)
    assert sorted(labels.tolist()) == [0, 1, 1, 2, 2]


def test_an_error_in_a_batch_names_the_file(flowers):
    (flowers / "rosé/1.gif").write_bytes(b"GIF")
    pipe = ly.data.images_in(flowers) | ly.data.batch(2) | ly.data.parallel(2)
    with pytest.raises(UnreadableImage, match=r"element 0 of images_in\(.*1\.gif is no picture"):
        list(pipe)


def test_check_reports_every_fault_at_once(flowers):
    assert ly.data.check_images(flowers) == []
    (flowers / "rosé/1.gif").write_bytes(b"")
    (flowers / "tulip/2.png").write_bytes((flowers / "tulip/2.png").read_bytes()[:40])
    (flowers / "tulip/away.png").symlink_to(flowers / "nowhere.png")
    (flowers / "weed").mkdir()
    faults = ly.data.check_images(flowers)
    assert [fault.path.name for fault in faults] == ["1.gif", "2.png", "away.png", "weed"]
    words = ["is empty", "is no picture", "does not exist", "holds no image"]
    assert all(word in fault.problem for word, fault in zip(words, faults, strict=True))
    with pytest.raises(UnreadableImage, match=r"4 of 6 images in .* have a fault:") as caught:
        ly.data.images_in(flowers, check=True)
    assert all(fault.problem in str(caught.value) for fault in faults)
    with pytest.warns(UserWarning, match="are left out: 'weed'"):
        images = ly.data.images_in(flowers)
    assert ly.data.check_images(images) == faults
    assert images.empty == (flowers / "weed",)
    assert "weed" not in images.classes


def test_a_sound_folder_passes_the_check(flowers):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(ly.data.images_in(flowers, check=True)) == 5


def test_a_folder_without_labelled_images_is_refused_with_the_reason(tmp_path):
    cases = {
        "missing": (lambda folder: None, "no folder '.*missing'"),
        "file.zip": (lambda folder: folder.touch(), "is a file; .*unpack"),
        "empty": (lambda folder: folder.mkdir(), "no image in .*one folder a class: folder/rose/1.jpg"),
        "hollow": (lambda folder: (folder / "a").mkdir(parents=True), "no image in"),
        "text": (lambda folder: ((folder / "a").mkdir(parents=True), (folder / "a/b.txt").touch()), "no image in"),
        "flat": (
            lambda folder: picture(folder / "1.png"),
            r"images that lie directly in .* have no class \(1 found, first '1.png'\)",
        ),
    }
    for name, (make, message) in cases.items():
        make(tmp_path / name)
        for reader in (ly.data.images_in, ly.data.check_images):
            with pytest.raises(EmptyFolder, match=message):
                reader(tmp_path / name)


def test_one_class_is_too_few(tmp_path):
    picture(tmp_path / "rose/1.png")
    (tmp_path / "weed").mkdir()
    with pytest.raises(
        TooFewClasses, match=r"only one class, 'rose' \(weed hold no image\); training needs at least two"
    ):
        ly.data.images_in(tmp_path)


def test_one_folder_around_the_class_folders_is_recognised(tmp_path):
    for name in ("rose", "tulip"):
        picture(tmp_path / "photos" / name / "1.png")
    with pytest.raises(TooFewClasses, match=r"did you mean images_in\('.*photos'\)\?"):
        ly.data.images_in(tmp_path)


@pytest.mark.parametrize("target", [".", "..", "../..", "deep", "self"])
def test_links_in_a_circle_end(flowers, target):
    (flowers / "tulip" / "self").symlink_to(target)
    images = ly.data.images_in(flowers)
    assert len(images) == 5
    assert any(path.name in ("self", "deep") for path in images.ignored)


def test_a_link_to_the_folder_itself_is_no_class(flowers):
    (flowers / "again").symlink_to(flowers)
    assert len(ly.data.images_in(flowers).classes) == 3


def test_links_to_files_and_folders_elsewhere_are_followed(flowers, tmp_path):
    picture(tmp_path / "elsewhere/daisies/1.png", 7)
    (flowers / "daisy").symlink_to(tmp_path / "elsewhere/daisies")
    (flowers / "tulip/linked.png").symlink_to(tmp_path / "elsewhere/daisies/1.png")
    images = ly.data.images_in(flowers)
    assert "daisy" in images.classes
    assert len(images) == 7


def test_a_pipe_in_the_file_system_is_not_opened(flowers):
    os.mkfifo(flowers / "tulip" / "waits.png")
    images = ly.data.images_in(flowers, check=True)
    assert (flowers / "tulip" / "waits.png") in images.ignored


def test_pictures_may_be_decoded_as_small_as_a_later_step_needs_them(flowers):
    Image.new("RGB", (80, 60)).save(flowers / "tulip/3.jpg")
    images = ly.data.images_in(flowers, at_least=(30, 20))
    assert {path.name: image.shape[1:] for path, (image, _) in zip(images.paths, images, strict=True)}["3.jpg"] == (
        30,
        40,
    )
    assert images[:2].at_least == (30, 20)
    assert repr(images) == f"images_in('{flowers}', at_least=(30, 20))"
    with pytest.raises(DataError, match="at_least is"):
        ly.data.images_in(flowers, at_least=0)


def test_a_picture_changed_or_removed_since_is_named(flowers):
    images = ly.data.images_in(flowers)
    picture(flowers / "rosé/1.gif", 100, size=(30, 20))
    (flowers / "tulip/2.png").unlink()
    with pytest.raises(DataChanged, match=r"1\.gif was written to since"):
        images[1:][0]
    with pytest.raises(DataChanged, match=r"2\.png is gone"):
        images[-2]
    assert [fault.path.name for fault in ly.data.check_images(images)] == ["1.gif", "2.png"]
    assert ly.data.images_in(flowers)[1][0].shape == (3, 20, 30)


@pytest.fixture
def zipped(flowers, tmp_path):
    path = tmp_path / "zipped flöwers.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(flowers.rglob("*")):
            archive.write(file, file.relative_to(flowers))
        archive.write(flowers / "rosé/1.gif", "__MACOSX/rosé/1.gif")
    return path


def test_an_archive_is_read_as_its_folder(flowers, zipped):
    folder, archive = ly.data.images_in(flowers), ly.data.images_in(zipped, check=True)
    assert (archive.classes, archive.labels) == (folder.classes, folder.labels)
    assert [path.relative_to(zipped) for path in archive.paths] == [path.relative_to(flowers) for path in folder.paths]
    assert all(torch.equal(one[0], other[0]) for one, other in zip(folder, archive, strict=True))
    assert repr(archive) == f"images_in('{zipped}')"
    assert list(pickle.loads(pickle.dumps(archive[1:3])))[1][1] == 1
    assert "1.gif" in {path.name for path in archive.ignored}
    assert [label for _, label in archive | ly.data.parallel(2)] == list(archive.labels)


def test_a_folder_within_an_archive_is_named_by_its_path(flowers, tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in flowers.rglob("*.*"):
            archive.write(file, "one/photos" / file.relative_to(flowers))
    with pytest.raises(TooFewClasses, match=r"x\.zip has only one class, 'one'"):
        ly.data.images_in(path)
    with pytest.raises(TooFewClasses, match=r"did you mean images_in\('.*x\.zip/one/photos'\)\?"):
        ly.data.images_in(path / "one")
    images = ly.data.images_in(f"{path}/one/photos")
    assert images.classes == ("lily of the valley", "rosé", "tulip")
    assert images[0][0].shape == (3, 2, 3)
    with pytest.raises(EmptyFolder, match="no image in"):
        ly.data.images_in(path / "two")


def test_faults_in_an_archive_are_named(flowers, zipped, tmp_path):
    with zipfile.ZipFile(zipped, "a") as archive:
        archive.writestr("tulip/broken.png", b"x")
    [fault] = ly.data.check_images(zipped)
    assert fault.path == zipped / "tulip/broken.png"
    assert f"{fault.path}: 1 bytes is no picture that PIL can decode" in fault.problem
    with pytest.raises(UnreadableImage, match=r"1 of 6 images in .*flöwers\.zip have a fault"):
        ly.data.images_in(zipped, check=True)
    images = ly.data.images_in(zipped)
    zipped.write_bytes(zipped.read_bytes() + b"\0")
    with pytest.raises(DataChanged, match=r"flöwers\.zip was written to since"):
        images[0]
    with zipfile.ZipFile(tmp_path / "flat.zip", "w") as archive:
        archive.write(flowers / "tulip/2.png", "2.png")
    with pytest.raises(EmptyFolder, match=r"images that lie directly in .*flat\.zip have no class \(1 found, first '2"):
        ly.data.images_in(tmp_path / "flat.zip")


def test_a_zip_with_a_folder_at_its_top_is_told_how_it_is_declared(tmp_path):
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    with zipfile.ZipFile(tmp_path / "flowers.zip", "w") as archive:
        for kind in ("daisy", "tulip"):
            for number in range(2):
                archive.writestr(f"flowers/{kind}/{number}.png", picture.getvalue())
    with pytest.raises(
        TooFewClasses, match=r"did you mean images_in\(.*\)\? In a declaration, inside = 'flowers' says so"
    ):
        ly.data.images_in(tmp_path / "flowers.zip")
    storage = '{driver = "zip", type = "images", path = "flowers.zip", inside = "flowers"}'
    (tmp_path / "Data.toml").write_text(f'[[datasets]]\nname = "f"\nstorage = {storage}\n')
    assert ly.data.catalog(tmp_path / "Data.toml")["f"].classes == ("daisy", "tulip")
