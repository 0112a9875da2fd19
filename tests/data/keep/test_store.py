import errno
import os
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
