import pickle
import zipfile

import numpy as np
import pytest
import torch

import leyden as ly
from leyden.data.source.arrays import arrays_in
from leyden.errors import DataChanged, DataError


@pytest.fixture
def columns():
    return {
        "x": np.arange(24, dtype=np.float32).reshape(4, 3, 2),
        "flipped": np.asfortranarray(np.arange(12, dtype=">i2").reshape(4, 3)),
        "name": np.array(["ä", "b", "cc", ""]),
        "label": np.array([3, 1, 4, 1]),
    }


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_an_npz_file_is_read_row_by_row(tmp_path, columns, save):
    path = tmp_path / "a sét.npz"
    save(path, **columns)
    rows = arrays_in(path)
    assert (len(rows), rows.shapes["x"], repr(rows)) == (4, (4, 3, 2), f"arrays_in('{path}')")
    for place, row in enumerate(rows):
        assert list(row) == list(columns)
        assert torch.equal(row["x"], torch.from_numpy(columns["x"][place]))
        assert row["flipped"].tolist() == columns["flipped"][place].tolist()
        assert (row["name"], row["label"].item()) == (columns["name"][place], columns["label"][place])
    assert [row["label"].item() for row in rows[::-2]] == [1, 1]
    rows[0]["x"].zero_()
    assert rows[0]["x"].sum() == 15


def test_an_npy_file_gives_tensors(tmp_path):
    np.save(tmp_path / "x.npy", np.eye(3))
    rows = arrays_in(str(tmp_path / "x.npy"))
    assert rows[-1].tolist() == [0, 0, 1]
    assert (rows | ly.data.batch(3))[0].equal(torch.eye(3, dtype=torch.float64))


def test_rows_are_mapped_and_not_loaded(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((1000, 50)))
    np.savez(tmp_path / "x.npz", x=np.zeros((1000, 50)))
    for name in ("x.npy", "x.npz"):
        rows = arrays_in(tmp_path / name)
        rows[0]
        assert all(isinstance(array, np.memmap) for array in rows._opened.get().values())
        assert len(pickle.dumps(rows)) < 1000


def test_rows_are_read_on_threads_and_after_pickling(tmp_path, columns):
    np.savez(tmp_path / "x.npz", **columns)
    rows = arrays_in(tmp_path / "x.npz")
    labels = rows | ly.data.map(lambda row: row["label"].item())
    assert list(labels | ly.data.parallel(2)) == [3, 1, 4, 1]
    assert [row["label"].item() for row in pickle.loads(pickle.dumps(rows[1:]))] == [1, 4, 1]


def test_a_changed_file_is_noticed_before_the_map_is_touched(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((1000, 50)))
    rows = arrays_in(tmp_path / "x.npy")
    rows[0]
    with (tmp_path / "x.npy").open("r+b") as file:
        file.truncate(100)
    with pytest.raises(DataChanged, match=r"x\.npy was written to since \(400128 bytes then, 100 now\)"):
        rows[999]


def test_arrays_that_are_no_columns_are_all_named(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, x=np.eye(3), y=np.zeros(2), z=np.eye(3))
    with pytest.raises(DataError, match=r"x\.npz: .*equally long; their lengths are {'x': 3, 'y': 2, 'z': 3}"):
        arrays_in(path)
    np.savez(path, x=np.eye(3), rate=np.float64(3), things=np.array([{}], dtype=object))
    with pytest.raises(DataError, match=r"rate is a single value without rows; things holds Python objects"):
        arrays_in(path)
    np.savez(path)
    with pytest.raises(DataError, match=r"x\.npz: holds no array"):
        arrays_in(path)


def test_damaged_and_foreign_files_are_named(tmp_path):
    np.save(tmp_path / "x.npy", np.eye(9))
    np.savez(tmp_path / "x.npz", np.eye(9))
    with zipfile.ZipFile(tmp_path / "y.npz", "w") as archive:
        archive.writestr("readme.txt", "x")
    for name, source, kept, message in [
        ("cut.npy", "x.npy", 300, r"cut\.npy: is cut short: 300 bytes of 776; fetch it again"),
        ("head.npy", "x.npy", 9, r"head\.npy cannot be read \(ValueError"),
        ("cut.npz", "x.npz", 300, r"cut\.npz: is no NumPy file, or cut short"),
        ("other.npz", "y.npz", None, r"other\.npz: holds 'readme\.txt', which is no array"),
        ("none.npy", "x.npy", 0, r"none\.npy is empty"),
    ]:
        (tmp_path / name).write_bytes((tmp_path / source).read_bytes()[:kept])
        with pytest.raises(DataError, match=message):
            arrays_in(tmp_path / name)


def test_arrays_without_rows_are_empty_containers(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((0, 3)))
    assert list(arrays_in(tmp_path / "x.npy")) == []
    np.save(tmp_path / "x.npy", np.zeros((2, 0)))
    assert [row.shape for row in arrays_in(tmp_path / "x.npy")] == [(0,), (0,)]
