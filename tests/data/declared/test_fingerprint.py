import hashlib
import os
import subprocess
import time
from pathlib import Path

import pytest

from leyden.data.declared import fingerprint
from leyden.data.declared.fingerprint import content_hash, verify
from leyden.errors import CatalogError, HashMismatch

FILES = {"b.txt": b"two", "a/z.bin": bytes(range(256)), "a b/é.txt": b"", "a-b": b"x", ".hidden": b"h"}


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "tree"
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
        os.utime(root / name, (1e9, 1e9))
    return root


def slow_reference(files):
    lines = [hashlib.sha256(content).hexdigest() + "  " + name + "\n" for name, content in files.items()]
    names = dict(zip(files, lines, strict=True))
    return hashlib.sha256("".join(names[name] for name in sorted(files, key=str.encode)).encode()).hexdigest()


def count_hashing(monkeypatch):
    counted = []
    real = fingerprint.content_hash
    monkeypatch.setattr(fingerprint, "content_hash", lambda path: counted.append(path) or real(path))
    return counted


def test_a_folder_hashes_to_what_coreutils_say(folder):
    command = r"find -L . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum"
    told = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=True).stdout
    assert content_hash(folder) == told.split()[0] == slow_reference(FILES)


def test_a_file_hashes_to_its_own_sha256(folder):
    assert content_hash(str(folder / "b.txt")) == hashlib.sha256(b"two").hexdigest()


def test_names_and_contents_count_and_times_do_not(folder):
    before = content_hash(folder)
    os.utime(folder / "b.txt")
    (folder / "empty").mkdir()
    assert content_hash(folder) == before
    (folder / "b.txt").rename(folder / "c.txt")
    renamed = content_hash(folder)
    (folder / "c.txt").write_bytes(b"owt")
    assert len({before, renamed, content_hash(folder)}) == 3


def test_an_accent_is_one_letter_however_the_file_system_spells_it(tmp_path):
    for place, name in (("one", "\u00e9"), ("two", "e\u0301")):
        (tmp_path / place).mkdir()
        (tmp_path / place / name).write_text("x")
    assert content_hash(tmp_path / "one") == content_hash(tmp_path / "two")


def test_links_are_followed_and_circles_end(folder, tmp_path):
    before = content_hash(folder)
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "b.txt").write_bytes(b"two")
    (folder / "b.txt").unlink()
    (folder / "b.txt").symlink_to(tmp_path / "far" / "b.txt")
    (folder / "a" / "up").symlink_to("..")
    assert content_hash(folder) == before


def test_nothing_has_no_hash(tmp_path):
    with pytest.raises(CatalogError, match=r"no file or folder '.*gone'"):
        content_hash(tmp_path / "gone")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CatalogError, match="holds no file"):
        content_hash(tmp_path / "empty")


def test_what_differs_is_told_with_both_hashes_and_advice(folder):
    expected = "0" * 64
    found = content_hash(folder)
    with pytest.raises(HashMismatch, match=f"tree has SHA-256 {found}, declared is {expected}; go and look"):
        verify(folder, expected, advice="go and look")


@pytest.mark.parametrize("which", [".", "b.txt"])
def test_what_was_found_right_is_not_read_again_until_it_changes(folder, monkeypatch, which):
    now = time.time()
    monkeypatch.setattr(fingerprint.time, "time", lambda: now + 60)  # the files just made count as settled
    place = folder / which
    right = content_hash(place)
    counted = count_hashing(monkeypatch)
    for _ in range(3):
        verify(place, right, advice="")
    assert len(counted) == 1
    times = (folder / "b.txt").stat()
    (folder / "b.txt").write_bytes(b"TWO")
    os.utime(folder / "b.txt", ns=(times.st_atime_ns, times.st_mtime_ns))  # same size, same time
    with pytest.raises(HashMismatch):
        verify(place, right, advice="")


def test_a_file_of_just_now_is_not_remembered(folder, monkeypatch):
    (folder / "b.txt").write_bytes(b"new")
    right = content_hash(folder)
    counted = count_hashing(monkeypatch)
    verify(folder, right, advice="")
    verify(folder, right, advice="")
    assert len(counted) == 2


def test_a_cache_that_cannot_be_written_costs_only_time(folder, monkeypatch, tmp_path):
    (tmp_path / "block").write_text("a file")
    monkeypatch.setenv("LEYDEN_CACHE", str(tmp_path / "block"))
    now = time.time()
    monkeypatch.setattr(fingerprint.time, "time", lambda: now + 60)
    verify(folder, content_hash(folder), advice="")


def test_a_damaged_memory_is_no_memory(folder, monkeypatch, cache):
    now = time.time()
    monkeypatch.setattr(fingerprint.time, "time", lambda: now + 60)
    right = content_hash(folder)
    verify(folder, right, advice="")
    (memory,) = Path(cache / "datasets" / "checked").iterdir()
    memory.write_bytes(b"\xff{")
    counted = count_hashing(monkeypatch)
    verify(folder, right, advice="")
    assert len(counted) == 1
