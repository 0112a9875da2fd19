import errno
import os
import threading
from pathlib import Path

import pytest

from leyden.data.keep.store import FolderStore, MemoryStore
from leyden.errors import DataError, DiskFull


@pytest.mark.parametrize("kind", ["memory", "folder"])
def test_a_store_finds_what_it_keeps(tmp_path, kind):
    store = MemoryStore() if kind == "memory" else FolderStore(tmp_path, ())
    assert store.found(3) is None
    assert store.keep(3, None) is None
    assert store.keep(123_456, [1]) == [1]
    assert (store.found(3), store.found(123_456), store.found(4)) == ((None,), ([1],), None)


def test_a_full_disk_is_named_as_such_and_leaves_no_part(tmp_path, monkeypatch):
    store = FolderStore(tmp_path, ())
    store.keep(0, 1)

    def refuse(self, content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(DiskFull, match=r"no room left in .* \(No space left on device\); what is there stays valid"):
        store.keep(1, 2)
    assert store.found(0) == (1,)
    assert not list(tmp_path.rglob("*.part"))


def test_a_place_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match=r"cannot write to the cache .*file/kept"):
        FolderStore(tmp_path / "file" / "kept", ())


def test_two_that_begin_one_folder_at_once_both_have_it(tmp_path):
    traits = (("list[2]", "0" * 32),)
    for number in range(20):
        folder, together, faults = tmp_path / str(number), threading.Barrier(4), []

        def begin(folder=folder, together=together, faults=faults):
            together.wait(timeout=10)
            try:
                FolderStore(folder, traits).keep(0, "x")
            except DataError as error:
                faults.append(error)

        threads = [threading.Thread(target=begin) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not faults
        assert FolderStore(folder, traits).found(0) == ("x",)
        assert not list(folder.rglob("*.part"))


def test_of_two_pipes_that_begin_one_folder_the_second_is_refused(tmp_path, monkeypatch):
    exists = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: path.name == tmp_path.name and exists(path))  # looked too early
    (tmp_path / "leyden-cache.json").write_text('{"traits": [["list[2]", "0"]]}')
    FolderStore(tmp_path, (("list[2]", "0"),))
    with pytest.raises(DataError, match=r"was filled by list\[2\]; the parameters, code or data .* changed"):
        FolderStore(tmp_path, (("list[2]", "1"),))


@pytest.mark.parametrize("linked", [True, False])
def test_a_folder_that_was_only_begun_is_taken(tmp_path, monkeypatch, linked):
    def refuse(*_):
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    if not linked:  # as on a memory stick
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    (tmp_path / "leyden-cache.json.1234-5.part").write_text("{")
    assert FolderStore(tmp_path, ()).keep(0, 1) == 1
    assert FolderStore(tmp_path, ()).found(0) == (1,)


def test_a_folder_of_other_files_is_refused(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"")
    with pytest.raises(DataError, match=r"holds something else than a cache; give cache\(folder=\.\.\.\) its own"):
        FolderStore(tmp_path, ())
