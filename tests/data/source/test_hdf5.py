import pickle
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

import h5py
import numpy as np
import pytest

import leyden as ly
from leyden.data.source.hdf5 import hdf5_in
from leyden.errors import DataChanged, DataError


@pytest.fixture
def path(tmp_path):
    """Two groups of four rows, and a number that has none."""
    path = tmp_path / "a sét.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset(
            "train/deep/x", data=np.arange(24, dtype=">i2").reshape(4, 3, 2), chunks=(2, 3, 2), compression="gzip"
        )
        file["train/name"] = ["ä", "b", "cc", ""]
        file["train/tags"] = np.array([["a", "b"]] * 4, dtype=h5py.string_dtype())
        file["train/code"] = np.array([b"u", b"v", b"w", b"x"])
        varying = file.create_dataset("train/path", (4,), dtype=h5py.vlen_dtype(np.float32))
        for place in range(4):
            varying[place] = np.arange(place)
        file["rate"] = 3.0
        file["short"] = [1, 2]
    return path


TRAIN = ["train/deep/x", "train/name", "train/tags", "train/code", "train/path"]


def test_datasets_are_read_side_by_side(path):
    rows = hdf5_in(path, TRAIN)
    assert (len(rows), rows.names) == (4, tuple(TRAIN))
    row = rows[-1]
    assert row["train/deep/x"].tolist() == [[18, 19], [20, 21], [22, 23]]
    assert (row["train/name"], row["train/tags"], row["train/code"]) == ("", ["a", "b"], "x")
    assert [part["train/path"].tolist() for part in rows[1:3]] == [[0], [0, 1]]
    assert repr(rows) == f"hdf5_in('{path}', {TRAIN})"


def test_one_dataset_gives_its_rows_themselves(path):
    rows = hdf5_in(str(path), "train/deep/x")
    assert rows[1].tolist() == [[6, 7], [8, 9], [10, 11]]
    assert repr(rows[1:]) == f"hdf5_in('{path}', 'train/deep/x')[1:4]"
    assert (rows | ly.data.batch(4))[0].shape == (4, 3, 2)


def test_rows_are_read_on_many_threads_and_in_a_forked_process(path):
    rows = hdf5_in(path, "train/name")
    names = list(rows)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(rows.__getitem__, [*range(4)] * 20)) == names * 20
    assert list(rows | ly.data.parallel(2)) == names
    assert list(pickle.loads(pickle.dumps(rows))) == names
    with get_context("fork").Pool(1) as pool:
        assert pool.map(rows.__getitem__, range(4)) == names


def test_what_is_no_column_is_named_with_what_there_is(path):
    with pytest.raises(DataError, match=r"'rate' is a single value without rows: choose others with names="):
        hdf5_in(path)
    with pytest.raises(DataError, match=r"lengths are {'short': 2, 'train/name': 4}; choose by names"):
        hdf5_in(path, ["short", "train/name"])
    with pytest.raises(DataError, match=r"holds no dataset 'train/y', 'z'; it holds \['rate', 'short', 'train/code'"):
        hdf5_in(path, ["train/y", "short", "z"])
    with pytest.raises(DataError, match="no dataset is chosen"):
        hdf5_in(path, [])
    with h5py.File(path, "a") as file:
        file["pairs"] = np.array([(1, 2.0)], dtype="i4,f8")
    with pytest.raises(DataError, match=r"'pairs' holds .* not numbers"):
        hdf5_in(path, "pairs")


def test_foreign_cut_and_empty_files_are_named(path, tmp_path):
    for name, content, message in [
        ("text.h5", b"text", r"text\.h5: is no HDF5 file, or cut short"),
        ("cut.h5", path.read_bytes()[:-500], r"cut\.h5: is no HDF5 file, or cut short"),
        ("empty.h5", b"", r"empty\.h5 is empty"),
    ]:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=message):
            hdf5_in(tmp_path / name)
    with h5py.File(tmp_path / "bare.h5", "w"):
        pass
    with pytest.raises(DataError, match=r"bare\.h5: holds no dataset"):
        hdf5_in(tmp_path / "bare.h5")


def test_a_changed_file_is_noticed(path):
    rows = hdf5_in(path, "short")
    assert rows[0].item() == 1
    path.write_bytes(b"other")
    with pytest.raises(DataChanged, match=r"a sét\.h5 was written to since"):
        rows[1]


def test_links_are_followed_and_circles_end(path, tmp_path):
    with h5py.File(path, "a") as file:
        file["again"] = h5py.SoftLink("/train/deep")
        file["train/circle"] = h5py.SoftLink("/train")
        file["dead"] = h5py.SoftLink("/nowhere")
    with h5py.File(tmp_path / "outer.h5", "w") as file:
        file["inner"] = h5py.ExternalLink(str(path), "/short")
    assert hdf5_in(path, "again/x")[0].tolist() == [[0, 1], [2, 3], [4, 5]]
    assert [value.item() for value in hdf5_in(tmp_path / "outer.h5", "inner")] == [1, 2]
    with pytest.raises(DataError, match="holds no dataset 'dead'"):
        hdf5_in(path, "dead")
