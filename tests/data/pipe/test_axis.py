import pickle

import h5py
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import leyden as ly
from leyden.data.pipe.axis import along
from leyden.errors import DataError


@given(arrays.arrays(np.int16, arrays.array_shapes(max_dims=4, max_side=4)), st.data())
def test_elements_are_those_of_the_axis_moved_to_the_front(data, more):
    axis = more.draw(st.integers(-data.ndim, data.ndim - 1))
    view = data | along(axis)
    assert np.array_equal(np.stack(list(view)), np.moveaxis(data, axis, 0))
    assert all(np.array_equal(element, view[index]) for index, element in enumerate(view))
    tensors = torch.from_numpy(data.copy()) | along(axis)
    assert torch.equal(torch.stack(list(tensors)), torch.from_numpy(data.copy()).movedim(axis, 0))


def test_nothing_is_copied():
    data = torch.zeros(3, 4, 5)
    element = (data | along(2))[1]
    element += 1
    assert data[..., 1].eq(1).all()
    assert data.sum() == 12


def test_frames_kept_along_the_last_axis_go_through_a_pipe():
    series, labels = torch.rand(6, 6, 10), range(10)
    pipe = (along(series, -1), labels) | ly.data.shuffle(seed=1) | ly.data.batch(4) | ly.data.parallel(2)
    for frames, which in pipe:
        assert torch.equal(frames, series[..., which].movedim(-1, 0))
    assert pickle.loads(pickle.dumps(series | along(-1)))[3].equal(series[..., 3])


def test_of_a_file_only_what_is_asked_for_is_read(tmp_path):
    data = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    np.save(tmp_path / "scans.npy", data)
    mapped = np.load(tmp_path / "scans.npy", mmap_mode="r") | along(1)
    assert isinstance(mapped[0], np.memmap)
    with h5py.File(tmp_path / "scans.h5", "w") as file:
        stored = file.create_dataset("scans", data=data)
        assert np.array_equal(np.stack(list(stored | along(1))), np.stack(list(mapped)))


def test_it_prints_as_it_is_written():
    step = along(-1)
    assert repr(step) == "along(-1)"
    assert step == along(-1)
    assert repr(np.zeros((2, 3)) | step) == "ndarray[2, 3] | along(-1)"


@pytest.mark.parametrize(
    ("data", "axis", "message"),
    [
        (np.zeros((2, 3)), 2, r"ndarray\[2, 3\] has the axes 0 to 1; given 2"),
        (torch.zeros(2), -2, r"Tensor\[2\] has the axes 0 to 0; given -2"),
        ([[1, 2], [3, 4]], 1, r"wants an array or a tensor, before any step; given list\[2\]"),
        ((np.zeros((2, 3)), np.zeros((2, 3))), 1, r"wants an array or a tensor, before any step; given \(ndarray"),
        (np.zeros((2, 3)) | along(0), 1, "wants an array or a tensor, before any step; given ndarray"),
        (np.zeros((2, 3)), 0.5, "the axis is a whole number; given 0.5"),
        (np.zeros((2, 3)), True, "the axis is a whole number; given True"),
    ],
)
def test_what_has_no_such_axis_is_refused_at_the_door(data, axis, message):
    with pytest.raises(DataError, match=message):
        along(data, axis)
