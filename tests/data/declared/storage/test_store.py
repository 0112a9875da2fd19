import errno
import threading
import time
from pathlib import Path

import pytest

from leyden.data.declared.storage.store import keep, plain_name, store_folder
from leyden.errors import CatalogError, DiskFull


def write(path):
    path.write_text("made")


def test_a_thing_is_made_once(cache):
    made = []

    def make(path):
        made.append(path)
        path.write_text("made")

    first = keep("kind", "key", name="a.txt", make=make)
    assert keep("kind", "key", name="a.txt", make=make) == first
    assert len(made) == 1
    assert first.read_text() == "made"
    assert first.is_relative_to(cache / "datasets" / "kind")
    assert keep("kind", "other", name="a.txt", make=make) != first


def test_many_threads_that_ask_at_once_make_it_once():
    made, found = [], []

    def make(path):
        made.append(1)
        path.mkdir()
        time.sleep(0.05)
        (path / "a").write_text("made")

    threads = [
        threading.Thread(target=lambda: found.append((keep("k", "k", name="f", make=make) / "a").read_text()))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), found) == (1, ["made"] * 8)


def test_what_a_failed_or_killed_maker_left_is_never_seen():
    def half(path):
        path.mkdir()
        (path / "half").write_text("x")
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        keep("k", "k", name="f", make=half)
    folder = next((store_folder() / "k").iterdir())
    assert [path.name for path in folder.iterdir()] == [".lock"]
    (folder / ".fresh").mkdir()
    (folder / ".fresh" / "old").write_text("x")
    assert keep("k", "k", name="f", make=Path.mkdir).is_dir()
    assert list((folder / "f").iterdir()) == []


def test_what_is_not_sound_is_made_again():
    path = keep("k", "k", name="a", make=write)
    path.write_text("spoilt")
    assert keep("k", "k", name="a", make=write).read_text() == "spoilt"
    assert keep("k", "k", name="a", make=write, sound=lambda one: one.read_text() == "made").read_text() == "made"


def test_a_full_disk_and_a_locked_cache_are_told(monkeypatch, tmp_path):
    def full(path):
        path.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFull, match=r"no room for f in .*set LEYDEN_CACHE"):
        keep("k", "k", name="f", make=full)
    (tmp_path / "block").write_text("a file")
    monkeypatch.setenv("LEYDEN_CACHE", str(tmp_path / "block"))
    with pytest.raises(CatalogError, match=r"f cannot be stored in .*set LEYDEN_CACHE to a folder you may write to"):
        keep("k", "k", name="f", make=write)


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a/b", "a\\b", "C:a", "a\n", "a?b"])
def test_a_name_that_leads_elsewhere_is_refused(name):
    with pytest.raises(CatalogError, match="is no plain file name"):
        plain_name(name)


def test_the_cache_is_the_users_unless_one_is_named(monkeypatch):
    monkeypatch.delenv("LEYDEN_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/of/the/user")
    assert store_folder().parts[-1] == "datasets"
    assert "leyden" in str(store_folder())
