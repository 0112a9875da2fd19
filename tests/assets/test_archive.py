import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leyden.assets.archive import contents, extract
from leyden.errors import DamagedArchive, UnknownMember

SUFFIX = {"zip": ".whl", "tar.gz": ".tar.gz", "tar.xz": ".tar.xz", "deb": ".deb"}
FILES = {"pack-1.0/data/a.txt": b"alpha", "pack-1.0/b.bin": bytes(range(256)), "pack-1.0/empty": b""}


@pytest.fixture(params=SUFFIX)
def kind(request):
    return request.param


def test_every_kind_lists_its_files_and_gives_their_bytes(kind, pack, tmp_path):
    path = tmp_path / f"pack{SUFFIX[kind]}"
    path.write_bytes(pack(kind, FILES))
    assert contents(path) == sorted(FILES)
    assert {name: extract(path, name) for name in FILES} == FILES


names = st.text("abcdefgh!", min_size=1, max_size=6)


@settings(max_examples=25)
@given(files=st.dictionaries(names, st.binary(max_size=300), max_size=5), kind=st.sampled_from(sorted(SUFFIX)))
def test_what_was_packed_is_what_is_read(files, kind, pack, tmp_path_factory):
    path = tmp_path_factory.mktemp("packed") / f"pack{SUFFIX[kind]}"
    path.write_bytes(pack(kind, files))
    assert contents(path) == sorted(files)
    assert {name: extract(path, name) for name in files} == files


def test_archives_inside_archives_are_read_in_place(pack, tmp_path):
    inner = pack("tar.gz", {"data/table.tsv": b"1\t2", "deeper.zip": pack("zip", {"leaf": b"!"})})
    path = tmp_path / "release.tar.gz"
    path.write_bytes(pack("tar.gz", {"r/extra.tar.gz": inner, "r/setup.py": b"raise SystemExit"}))
    assert contents(path) == [
        "r/extra.tar.gz",
        "r/extra.tar.gz!data/table.tsv",
        "r/extra.tar.gz!deeper.zip",
        "r/extra.tar.gz!deeper.zip!leaf",
        "r/setup.py",
    ]
    assert extract(path, "r/extra.tar.gz!data/table.tsv") == b"1\t2"
    assert extract(path, "r/extra.tar.gz!deeper.zip!leaf") == b"!"
    assert extract(path, "r/extra.tar.gz") == inner
    assert [entry.name for entry in tmp_path.iterdir()] == ["release.tar.gz"]


def test_the_end_of_a_name_will_do_if_only_one_ends_so(pack, tmp_path):
    path = tmp_path / "pack.zip"
    path.write_bytes(
        pack("zip", {"a/x.txt": b"1", "b/x.txt": b"2", "b/y.txt": b"3", "b/c.zip": pack("zip", {"z": b"4"})})
    )
    assert extract(path, "y.txt") == b"3"
    assert extract(path, "b/x.txt") == b"2"
    assert extract(path, "z") == b"4"
    with pytest.raises(UnknownMember, match=r"'x.txt' may be any of a/x.txt, b/x.txt in pack.zip; write more"):
        extract(path, "x.txt")
    with pytest.raises(UnknownMember, match=r"holds no '.txt'"):
        extract(path, ".txt")


def test_a_full_name_wins_over_an_end(pack, tmp_path):
    path = tmp_path / "pack.zip"
    path.write_bytes(pack("zip", {"x.txt": b"1", "b/x.txt": b"2"}))
    assert extract(path, "x.txt") == b"1"


def test_an_unknown_member_is_answered_with_the_closest(pack, tmp_path):
    path = tmp_path / "pack.zip"
    path.write_bytes(pack("zip", {"models/lite0.pth": b"", "README": b""}))
    with pytest.raises(UnknownMember, match=r"holds no 'lite1.pth'; closest: models/lite0.pth"):
        extract(path, "lite1.pth")
    with pytest.raises(UnknownMember, match="it has 2 others"):
        extract(path, "")


def test_a_file_that_is_no_archive_is_its_own_only_member(tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(b"PK\x03\x04 looks like a zip")
    assert contents(path) == ["net.onnx"]
    assert extract(path, "net.onnx") == b"PK\x03\x04 looks like a zip"


def test_a_truncated_archive_of_any_kind_is_damaged(kind, pack, tmp_path):
    path = tmp_path / f"pack{SUFFIX[kind]}"
    whole = pack(kind, {"noise": bytes((i * i + i // 7) % 251 for i in range(20_000))})
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DamagedArchive, match=r"cannot be read as an archive.*fetch it again"):
        extract(path, "noise")


@pytest.mark.parametrize("data", [b"", b"no archive at all" * 100, b"!<arch>\nshort", b"PK\x03\x04" + bytes(50)])
def test_bytes_that_are_no_archive_are_damaged(data, kind, tmp_path):
    path = tmp_path / f"pack{SUFFIX[kind]}"
    path.write_bytes(data)
    with pytest.raises(DamagedArchive):
        contents(path)


def test_a_flipped_byte_in_a_member_is_found(pack, tmp_path):
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", b"0123456789")
    path.write_bytes(path.read_bytes().replace(b"0123456789", b"0123456780"))
    assert contents(path) == ["a"]
    with pytest.raises(DamagedArchive, match="CRC"):
        extract(path, "a")


def test_a_broken_archive_inside_is_listed_as_a_file_and_damaged_when_opened(pack, tmp_path):
    path = tmp_path / "sdist.tar.gz"
    path.write_bytes(pack("tar.gz", {"tests/bad.zip": b"broken on purpose", "a": b"1"}))
    assert contents(path) == ["a", "tests/bad.zip"]
    assert extract(path, "a") == b"1"
    with pytest.raises(DamagedArchive):
        extract(path, "tests/bad.zip!x")


def test_links_and_folders_are_not_files(tmp_path):
    import tarfile

    path = tmp_path / "pack.tar"
    with tarfile.open(path, "w") as archive:
        for name, kind in [("folder", tarfile.DIRTYPE), ("link", tarfile.SYMTYPE)]:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
    assert contents(path) == []
    with pytest.raises(UnknownMember):
        extract(path, "link")


def test_debian_packages_python_cannot_read_are_said_to_be_so(pack_ar, tmp_path):
    path = tmp_path / "a.deb"
    path.write_bytes(pack_ar({"debian-binary": b"2.0\n", "data.tar.zst": b"\x28\xb5\x2f\xfd"}))
    with pytest.raises(DamagedArchive, match="zstd"):
        contents(path)
    path.write_bytes(pack_ar({"debian-binary": b"2.0\n"}))
    with pytest.raises(DamagedArchive, match="no data"):
        contents(path)


def test_names_in_debian_packages_do_not_begin_with_a_dot(pack, tmp_path):
    path = tmp_path / "a.deb"
    path.write_bytes(pack("deb", {"./usr/share/a": b"odd"}))
    assert contents(path) == ["usr/share/a"]
    assert extract(path, "usr/share/a") == b"odd"
