import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.items import Image
from leyden.medical import Scan, scheme
from leyden.widget.volume.readout import millimetres_of, readout_of
from leyden.widget.volume.subject import subject_of

NUMBERS = st.floats(-100, 100)


@given(st.lists(NUMBERS, min_size=12, max_size=12), st.tuples(*[st.integers(0, 300)] * 3))
def test_millimetres_are_the_affine_times_the_voxel(entries, place):
    rows = np.array([*entries, 0, 0, 0, 1]).reshape(4, 4)
    wanted = (rows @ np.array([*place, 1]))[:3]
    assert millimetres_of(tuple(map(tuple, rows.tolist())), place) == pytest.approx(tuple(wanted), abs=1e-6)


def test_a_voxel_is_told_with_place_values_and_labels(scan, prediction):
    read = readout_of(subject_of(scan, prediction, scheme=scheme("brats21")), (5, 4, 5))
    assert read.millimetres == (2.0, 2.0, 0.0)
    assert dict(read.values)["flair"] == pytest.approx(scan.image.data[1, 5, 4, 5].item())
    assert read.truth == "enhancing tumour (4), in TC, WT, ET"
    assert read.prediction == "necrotic and non-enhancing core (1), in TC, WT"
    assert read.rows()[:2] == [("voxel", "z 5, y 4, x 5"), ("place", "R 2.0, A 2.0, S 0.0 mm")]


def test_left_back_and_bottom_are_negative(scan):
    rows = readout_of(subject_of(scan), (0, 11, 13)).rows()
    assert rows[1] == ("place", "L 6.0, P 5.0, I 10.0 mm")
    assert ("truth", "background (0)") in rows


def test_without_affine_and_labels_only_voxel_and_values_are_told():
    read = readout_of(subject_of(Scan(Image(torch.ones(1, 2, 2, 2)), None, ("t1",))), (1, 0, 1))
    assert read.millimetres is read.truth is read.prediction is None
    assert read.rows() == [
        ("voxel", "z 1, y 0, x 1"), ("place", "not known: the image has no affine"), ("t1", "1"),
    ]  # fmt: skip
