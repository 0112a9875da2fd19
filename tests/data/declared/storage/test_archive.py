import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from leyden.data.declared.storage.archive import inner_path, is_archive, unpack
from leyden.errors import CatalogError, DamagedArchive

FILES = {"top/a.txt": b"one", "top/deep/ü b.txt": b"two", "other/c.txt": b"three"}


def zipped(path, files=FILES):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path, files=FILES):
    mode = {".tar": "w", ".tgz": "w:gz"}.get(path.suffix, f"w:{path.suffix[1:]}")
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def content_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.mark.parametrize("name", ["data.zip", "data.whl", "DATA.ZIP", "data.tar.gz", "data.tgz", "data.tar.xz"])
def test_an_archive_becomes_a_folder_all_of_it_or_a_part(tmp_path, name):
    path = (zipped if name.lower().endswith(("zip", "whl")) else tarred)(tmp_path / name)
    assert is_archive(path)
    assert content_of(unpack(path)) == FILES
    assert content_of(unpack(path, inside="top")) == {"a.txt": b"one", "deep/ü b.txt": b"two"}
    assert content_of(unpack(path, inside="top/deep/")) == {"ü b.txt": b"two"}
    file = unpack(path, inside="other/c.txt")
    assert (file.name, file.read_bytes()) == ("c.txt", b"three")


def test_it_is_unpacked_once_and_again_when_the_archive_changes(tmp_path):
    path = zipped(tmp_path / "a.zip")
    first = unpack(path)
    (first / "mark").touch()
    assert unpack(path) == first
    assert (first / "mark").exists()
    zipped(path, {"new.txt": b"newer"})
    assert content_of(unpack(path)) == {"new.txt": b"newer"}


@pytest.mark.parametrize("name", ["../out.txt", "/abs/out.txt", "a/../../out.txt", "..\\out.txt", "C:/out.txt"])
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_nothing_is_written_outside(tmp_path, name, kind, cache):
    path = (zipped if kind == "zip" else tarred)(tmp_path / f"bad.{kind}", {name: b"x"})
    with pytest.raises(DamagedArchive, match="which leads out of it; do not trust this archive"):
        unpack(path)
    assert not list(tmp_path.rglob("out.txt"))
    assert not list(cache.rglob("out.txt"))


def test_links_in_a_tar_are_followed_within_it_and_never_out(tmp_path):
    def linked(target, kind=tarfile.SYMTYPE):
        path = tmp_path / f"{abs(hash((target, kind)))}.tar"
        with tarfile.open(path, "w") as archive:
            entry = tarfile.TarInfo("a.txt")
            entry.size = 3
            archive.addfile(entry, io.BytesIO(b"one"))
            link = tarfile.TarInfo("link.txt")
            link.type, link.linkname = kind, target
            archive.addfile(link)
        return path

    assert content_of(unpack(linked("a.txt"))) == {"a.txt": b"one", "link.txt": b"one"}
    assert content_of(unpack(linked("a.txt", tarfile.LNKTYPE)))["link.txt"] == b"one"
    for path in (linked("/etc/passwd"), linked("../../gone"), linked("", tarfile.FIFOTYPE)):
        with pytest.raises(DamagedArchive, match=r"cannot be unpacked: KeyError|which is no file"):
            unpack(path)


def test_a_link_in_a_zip_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(DamagedArchive, match=r"'link\.txt', which is no file"):
        unpack(tmp_path / "a.zip")


def test_what_macos_adds_is_left_out(tmp_path):
    path = zipped(tmp_path / "a.zip", {"rose/1.txt": b"1", "__MACOSX/rose/._1.txt": b"junk"})
    assert content_of(unpack(path)) == {"rose/1.txt": b"1"}


@pytest.mark.parametrize(
    ("name", "content"), [("a.zip", b"PK\x03\x04broken"), ("a.tar.gz", b"\x1f\x8bno"), ("a.zip", b"")]
)
def test_a_damaged_archive_is_told(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DamagedArchive, match=rf"{name} cannot be unpacked: .*fetch it again"):
        unpack(tmp_path / name)


def test_a_cut_archive_leaves_nothing(tmp_path, cache):
    whole = tarred(tmp_path / "a.tgz", {"big": bytes(range(256)) * 4000, "more": b"x" * 9999}).read_bytes()
    (tmp_path / "a.tgz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DamagedArchive):
        unpack(tmp_path / "a.tgz")
    assert not list(cache.rglob("big"))


def test_what_is_not_inside_is_told_with_what_is(tmp_path):
    path = zipped(tmp_path / "a.zip")
    with pytest.raises(CatalogError, match=r"a\.zip holds no 'tpo'; at its top it has other, top"):
        unpack(path, inside="tpo")
    with pytest.raises(CatalogError, match=r"'\.\./a' leads out of what it should lie in"):
        unpack(path, inside="../a")
    with pytest.raises(CatalogError):
        inner_path("/a")
    assert inner_path("") == Path()


def test_an_empty_archive_has_nothing_to_read(tmp_path):
    with pytest.raises(CatalogError, match=r"holds no '\.'; at its top it has nothing"):
        unpack(zipped(tmp_path / "a.zip", {}))
