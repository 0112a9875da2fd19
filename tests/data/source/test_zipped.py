import io
import pickle
import zipfile
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
import torch
from PIL import Image

import leyden as ly
from leyden.data.source.zipped import Archive, zip_in
from leyden.errors import DataChanged, DataError, UnreadableImage


def png(shade):
    file = io.BytesIO()
    Image.new("RGB", (3, 2), (shade, 0, 0)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def photos(tmp_path):
    """Three pictures, one stored as it is, and what a Mac adds."""
    path = tmp_path / "my phötos.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("rose")
        archive.writestr("rose/10 ä.png", png(10))
        archive.writestr("rose/2.png", png(2), zipfile.ZIP_STORED)
        archive.writestr("tulip/1.PNG", png(1))
        archive.writestr("__MACOSX/rose/._2.png", b"x")
        archive.writestr("rose/.DS_Store", b"x")
    return path


def shade(element):
    return int(element[0, 0, 0])


def test_the_files_of_an_archive_are_a_container(photos):
    files = zip_in(photos)
    assert files.names == ("rose/2.png", "rose/10 ä.png", "tulip/1.PNG")
    assert [shade(image) for image in files] == [2, 10, 1]
    assert files[1:].names == files.names[1:]
    assert shade(files[-1]) == 1
    assert repr(files) == f"zip_in('{photos}')"
    assert list(photos.parent.iterdir()) == [photos]


def test_patterns_and_readers_of_ones_own(photos):
    files = zip_in(str(photos), len, pattern="rose/*")
    assert list(files) == [len(png(2)), len(png(10))]
    assert repr(files) == f"zip_in('{photos}', len, pattern='rose/*')"


def test_members_are_read_on_many_threads_and_after_pickling(tmp_path):
    contents = [np.random.default_rng(place).bytes(20_000 + place) for place in range(40)]
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for place, content in enumerate(contents):
            archive.writestr(f"{place}.bin", content)
    files = zip_in(tmp_path / "x.zip", bytes)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(files.__getitem__, [*range(40)] * 5)) == contents * 5
    assert list(files | ly.data.parallel(2)) == contents
    assert pickle.loads(pickle.dumps(files[5:7]))[-1] == contents[6]


def test_a_forked_process_reads_from_a_file_of_its_own(photos):
    files = zip_in(photos, len)
    expected = list(files)
    with get_context("fork").Pool(1) as pool:
        assert pool.map(files.__getitem__, range(3)) == expected


def test_a_changed_archive_is_noticed(photos):
    files = zip_in(photos)
    files[0]
    with zipfile.ZipFile(photos, "a") as archive:
        archive.writestr("new.txt", "x")
    with pytest.raises(DataChanged, match=r"phötos\.zip was written to since"):
        files[0]
    photos.unlink()
    with pytest.raises(DataChanged, match=r"phötos\.zip is gone"):
        files[0]


def test_damaged_and_encrypted_members_are_named_with_their_archive(photos):
    content = bytearray(photos.read_bytes())
    content[content.index(png(2)) + 30] ^= 255
    flag = content.index(b"tulip/1.PNG", content.index(b"PK\1\2")) - 46 + 8  # its flags in the central directory
    content[flag] |= 1
    photos.write_bytes(content)
    files = zip_in(photos)
    with pytest.raises(DataError, match=r"phötos\.zip/rose/2\.png cannot be read \(BadZipFile: Bad CRC-32"):
        files[0]
    assert shade(files[1]) == 10
    with pytest.raises(DataError, match=r"phötos\.zip/tulip/1\.PNG: is encrypted; unpack"):
        files[2]


def test_a_member_that_cannot_be_decoded_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.png", b"no picture")
    with pytest.raises(UnreadableImage, match=r"x\.zip/a\.png: 10 bytes is no picture that PIL can decode"):
        zip_in(tmp_path / "x.zip")[0]


def test_what_is_no_archive_or_holds_nothing_is_refused(photos, tmp_path):
    whole = photos.read_bytes()
    for name, content, message in [
        ("cut.zip", whole[:-40], "is no zip archive, or damaged"),
        ("text.zip", b"text", "is no zip archive, or damaged"),
        ("empty.zip", b"", r"is empty \(0 bytes\)"),
    ]:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=f"{name} {message}"):
            zip_in(tmp_path / name)
    with pytest.raises(DataError, match=r"no zip archive '.*gone.zip', seen from"):
        zip_in(tmp_path / "gone.zip")
    with pytest.raises(DataError, match=r"none of the 5 files in .* fits the pattern '\*\.jpg'"):
        zip_in(photos, pattern="*.jpg")
    with pytest.raises(DataError, match=r"zip/x cannot be read \(KeyError"):
        Archive(photos).content("x")


def test_a_default_reader_gives_tensors(photos):
    batches = zip_in(photos, pattern="rose/*") | ly.data.batch(2)
    assert torch.equal(batches[0][:, 0, 0, 0], torch.tensor([2, 10], dtype=torch.uint8))
