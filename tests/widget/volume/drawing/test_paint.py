import numpy as np
import pytest

from leyden.widget.volume.drawing.paint import Over, painted, shaded

RED = np.array([(0, 0, 0), (255, 0, 0)], np.uint8)


def laid(labels, **options):
    size = labels.shape
    grey = np.full(size, 100, np.uint8)
    return painted(grey, [Over(labels, RED)], box=(0, 0, *size), shape=options.pop("shape", size), **options)


def test_the_window_goes_from_black_to_white_and_what_is_no_number_is_black():
    values = np.array([[0.0, 10, 20, 30, np.nan, np.inf, -np.inf]])
    assert shaded(values, (10, 20)).tolist() == [[0, 0, 255, 255, 0, 255, 0]]
    assert shaded(np.array([[15.0]]), (10, 20)).tolist() == [[127]]


def test_a_fill_hides_as_much_as_it_is_opaque():
    labels = np.zeros((9, 9), np.uint8)
    labels[2:8, 2:8] = 1
    filled = laid(labels, fill="fill", opacity=0.5)
    assert filled[4, 4].tolist() == [178, 50, 50]
    assert filled[0, 0].tolist() == [100, 100, 100]
    assert laid(labels, fill="fill", opacity=0.0)[4, 4].tolist() == [100, 100, 100]


def test_an_outline_leaves_the_middle_free():
    labels = np.zeros((12, 12), np.uint8)
    labels[2:10, 2:10] = 1
    lined = laid(labels, fill="outline")
    red = (lined == (255, 0, 0)).all(-1)
    assert red.sum() == 8 * 8 - 4 * 4  # two pixels wide, inside the region
    assert lined[6, 6].tolist() == [100, 100, 100]
    assert laid(labels, fill="both", opacity=0.5)[6, 6].tolist() == [178, 50, 50]


def test_a_region_of_one_voxel_is_seen():
    labels = np.zeros((8, 8), np.uint8)
    labels[3, 4] = 1
    lined = laid(labels, fill="outline", shape=(32, 32))
    assert (lined == (255, 0, 0)).all(-1).sum() == 4 * 4


def test_labels_keep_the_edges_of_their_voxels_when_zoomed_in():
    labels = np.zeros((8, 8), np.uint8)
    labels[4:, 4:] = 1
    grey = np.zeros((8, 8), np.uint8)
    near = painted(grey, [Over(labels, RED)], box=(2, 2, 4, 4), shape=(40, 40), fill="fill", opacity=1.0)
    red = (near == (255, 0, 0)).all(-1)
    assert red[20:, 20:].all()
    assert red.sum() == 20 * 20


@pytest.mark.parametrize(("way", "between"), [("smooth", True), ("voxels", False)])
def test_values_between_voxels_are_interpolated_if_wanted(way, between):
    grey = np.array([[0, 0, 200, 200]] * 4, np.uint8)
    shown = painted(grey, [], box=(0, 0, 4, 4), shape=(40, 40), interpolation=way)
    assert (set(np.unique(shown)) > {0, 200}) is between


def test_a_slice_that_is_turned_in_memory_is_drawn_as_it_lies():
    grey = np.arange(12, dtype=np.uint8).reshape(3, 4)
    shown = painted(grey.T[::-1], [], box=(0, 0, 4, 3), shape=(4, 3), interpolation="voxels")
    assert np.array_equal(shown[..., 0], grey.T[::-1])
