import pickle

import pytest
import torch

from leyden.augment import Rotate
from leyden.errors import ItemError
from leyden.items import Boxes, Keypoints, Move

MIRROR = ((1.0, 0.0, 0.0), (0.0, -1.0, 7.0), (0.0, 0.0, 1.0))
TURN = ((-1.0, 0.0, 7.0), (0.0, -1.0, 7.0), (0.0, 0.0, 1.0))


def face():
    data = torch.tensor([[3.0, 2.0], [3.0, 6.0], [5.0, 4.0]])
    return Keypoints(data, (8, 8), labels=("left eye", "right eye", "nose"), pairs=((0, 1),))


def test_the_left_eye_stays_the_left_eye_in_a_mirror():
    assert face().warp(Move(MIRROR, (8, 8), (8, 8))).data.tolist() == [[3, 1], [3, 5], [5, 3]]


def test_turning_does_not_swap():
    assert face().warp(Move(TURN, (8, 8), (8, 8))).data.tolist() == [[4, 5], [4, 1], [2, 3]]


def test_points_live_on_the_new_grid_and_may_lie_outside_it():
    moved = face().warp(Move(MIRROR, (8, 8), (5, 4)))
    assert moved.size == (5, 4)
    assert moved.inside.tolist() == [True, False, False]
    assert moved.labels == face().labels


def test_the_edge_of_the_grid_is_half_a_pixel_outside_the_outermost_centres():
    assert Keypoints(torch.tensor([[-0.5, 3.5], [-0.6, 0.0]]), (4, 4)).inside.tolist() == [True, False]


def test_no_points_at_all_are_fine():
    none = Keypoints(torch.empty(0, 3), (4, 5, 6))
    turned = ((0.6, 0.8, 0.0, 1.0), (-0.8, 0.6, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    moved = none.warp(Move(turned, (4, 5, 6), (4, 5, 6)))
    assert moved == none
    assert repr(none) == "Keypoints(0 on 4 x 5 x 6, float32)"


@pytest.mark.usefixtures("unchecked")
def test_faults_are_named_all_at_once():
    with pytest.raises(ItemError, match=r"2 labels for 1 points.*pairs \(\(0, 1\),\) must name rows 0\.\.0"):
        Keypoints(torch.zeros(1, 2), (8, 8), labels=("a", "b"), pairs=((0, 1),))
    with pytest.raises(ItemError, match=r"got torch.int64.*one row of 3 places a point, got shape \(1, 2\)"):
        Keypoints(torch.zeros(1, 2, dtype=torch.int64), (8, 8, 8))
    with pytest.raises(ItemError, match=r"got size \(0, 8\)"):
        Keypoints(torch.zeros(1, 2), (0, 8))
    with pytest.raises(ItemError, match="wants a tensor, got tuple"):
        Keypoints((0, 1), (8, 8))  # pyright: ignore[reportArgumentType]


def test_they_survive_pickling():
    assert pickle.loads(pickle.dumps(face())) == face()


def test_a_grid_given_as_the_size_of_a_tensor_is_the_same_grid():
    places = torch.zeros(1, 2)
    assert Keypoints(places, torch.zeros(4, 6).shape) == Keypoints(places, (4, 6))
    assert Keypoints(places, torch.zeros(4, 6).shape) != Keypoints(places, (6, 4))


def test_points_off_the_grid_go_with_their_labels_and_pairs():
    moved = face().warp(Move(((1.0, 0.0, 0.0), (0.0, 1.0, -3.0), (0.0, 0.0, 1.0)), (8, 8), (8, 5)))
    left = moved.clipped()
    assert left == Keypoints(
        torch.tensor([[3.0, 3.0], [5.0, 1.0]]), (8, 5), labels=("right eye", "nose"), pairs=(), rows=(1, 2)
    )
    assert left.take((1,)).rows == (2,)
    assert moved.clipped().clipped() == left


def test_pairs_that_stay_whole_are_numbered_anew():
    points = Keypoints(torch.tensor([[9.0, 0.0], [1.0, 1.0], [2.0, 2.0]]), (4, 4), pairs=((1, 2),))
    assert points.clipped().pairs == ((0, 1),)
    assert points.take((2, 1)).pairs == ((1, 0),)


def test_nothing_left_is_no_points():
    none = Keypoints(torch.tensor([[9.0, 0.0], [float("nan"), 0.0]]), (4, 4), labels=("a", "b")).clipped()
    assert (len(none.data), none.labels, none.rows) == (0, (), ())


def test_rows_must_be_as_many_as_points():
    with pytest.raises(ItemError, match="2 rows for 1 points"):
        Keypoints(torch.zeros(1, 2), (4, 4), rows=(1, 2))


@pytest.mark.usefixtures("unchecked")
def test_lists_are_tuples_and_nothing_else_is():
    points = Keypoints(torch.rand(2, 2), [4, 4], labels=["a", "b"], pairs=[(0, 1)], rows=[3, 5])
    assert points == Keypoints(points.data, (4, 4), labels=("a", "b"), pairs=((0, 1),), rows=(3, 5))
    assert Rotate(5)(torch.Generator(), points).labels == ("a", "b")
    wrong = [
        ({"size": torch.tensor([4, 4])}, r"wants size in a tuple, got Tensor; give tuple\(size\.tolist\(\)\)"),
        ({"size": 4}, "wants size in a tuple, got int 4"),
        ({"size": (4.0, 4.0)}, "in whole numbers, got size"),
        ({"labels": "ab"}, "wants labels in a tuple, got str 'ab'"),
        ({"labels": torch.tensor([1, 2])}, r"give tuple\(labels\.tolist\(\)\)"),
        ({"pairs": (0, 1)}, "must name rows 0..1 by two"),
        ({"pairs": (("a", "b"),)}, "must name rows 0..1 by two"),
        ({"pairs": ((0, 1, 2),)}, "must name rows 0..1 by two"),
    ]
    for given, told in wrong:
        with pytest.raises(ItemError, match=told):
            Keypoints(**{"data": torch.rand(2, 2), "size": (4, 4), **given})


@pytest.mark.parametrize("kind", [Keypoints, Boxes])
def test_a_grid_that_was_forgotten_is_asked_for(kind):
    with pytest.raises(ItemError, match=rf"{kind.__name__}: needs size: give size=image\.size"):
        kind(torch.rand(2, 2 * (1 + (kind is Boxes))))
