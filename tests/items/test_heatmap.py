import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import ItemError
from leyden.items import Keypoints, Mask, Move
from leyden.items.heatmap import Heatmap

MIRROR = ((1.0, 0.0, 0.0), (0.0, -1.0, 7.0), (0.0, 0.0, 1.0))


def eyes():
    data = torch.tensor([[3.0, 2.0], [3.0, 6.0]])
    return Keypoints(data, (8, 8), labels=("left", "right"), pairs=((0, 1),))


@given(st.lists(st.floats(1.0, 8.0), min_size=3, max_size=3), st.floats(0.8, 3.0))
def test_points_come_back_from_their_bells(place, sigma):
    points = Keypoints(torch.tensor([place], dtype=torch.float64), (10, 10, 10))
    assert torch.allclose(Heatmap.of_points(points, sigma).to_points().data, points.data, atol=1e-6)


def test_a_bell_is_one_at_its_place_and_falls_as_a_gaussian():
    heat = Heatmap.of_points(Keypoints(torch.tensor([[1.0, 2.0]]), (4, 5)), 2.0)
    assert heat.data[0, 1, 2] == 1
    assert heat.data[0, 3, 1].item() == pytest.approx(2.718281828 ** (-(2**2 + 1**2) / (2 * 2**2)))


def test_a_point_that_is_nowhere_has_no_bell_and_comes_back_as_nowhere():
    points = Keypoints(torch.tensor([[float("nan"), 1.0], [1.0, 1.0]]), (4, 4))
    heat = Heatmap.of_points(points, 1.0)
    assert heat.data[0].abs().max() == 0
    back = heat.to_points().data
    assert back[0].isnan().all()
    assert back[1].tolist() == pytest.approx([1.0, 1.0])


def test_the_left_channel_stays_the_left_one_in_a_mirror():
    heat, move = Heatmap.of_points(eyes(), 1.0), Move(MIRROR, (8, 8), (8, 8))
    mirrored = heat.warp(move)
    assert mirrored == Heatmap.of_points(eyes().warp(move), 1.0)
    assert torch.equal(mirrored.data[0], heat.data[1].flip(1))


def test_outside_is_0_and_nothing_is_rounded():
    heat = Heatmap(torch.tensor([[[0.25, 0.5, 1.0]]]))
    moved = heat.warp(Move(((1.0, 0.0, 0.0), (0.0, 1.0, 1.5), (0.0, 0.0, 1.0)), (1, 3), (1, 4), "reflection"))
    assert moved.data[0, 0, 2:].tolist() == pytest.approx([0.375, 0.75])
    assert moved.data[0, 0, 0] == 0


def test_it_is_never_recoloured_nor_relabelled():
    heat = Heatmap(torch.rand(1, 4, 4))
    assert heat.recolour(torch.neg) is heat
    assert heat.relabel(lambda mask: mask) is heat


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int64])
def test_masks_become_one_channel_a_label_and_come_back(dtype):
    mask = Mask(torch.randint(0, 5, (4, 5, 6)).to(dtype), spacing=(3.0, 1.0, 1.0))
    heat = Heatmap.of_mask(mask, 5)
    assert torch.equal(heat.data.sum(0), torch.ones(4, 5, 6))
    assert heat.to_mask(dtype) == mask
    with pytest.raises(ItemError, match=r"labels 0\.\.4 for 3 classes; they must be 0\.\.2: Remap"):
        Heatmap.of_mask(Mask(torch.tensor([[0, 4]])), 3)


def test_more_classes_than_a_byte_holds_are_no_matter_for_bytes():
    assert len(Heatmap.of_mask(Mask(torch.tensor([[0, 255]], dtype=torch.uint8)), 300).data) == 300


@pytest.mark.usefixtures("unchecked")
def test_faults_are_named_all_at_once():
    with pytest.raises(
        ItemError, match=r"got torch.uint8; use Heatmap.of_mask.*2 labels for 1 channels.*channels 0..0"
    ):
        Heatmap(torch.zeros(1, 4, 4, dtype=torch.uint8), labels=("a", "b"), pairs=((0, 1),))
    with pytest.raises(ItemError, match=r"got shape \(4, 4\)"):
        Heatmap(torch.zeros(4, 4))
    with pytest.raises(ItemError, match="holds no pixel"):
        Heatmap(torch.zeros(0, 4, 4))
    with pytest.raises(ItemError, match="wants a tensor, got int"):
        Heatmap(3)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ItemError, match="sigma above 0, in pixels, got 0"):
        Heatmap.of_points(eyes(), 0.0)


def test_it_prints_its_channels():
    heat = Heatmap(torch.zeros(2, 4, 4), labels=("left", "right"), spacing=(1.0, 0.5))
    assert repr(heat) == "Heatmap(2 x 4 x 4, float32, left right, 1 x 0.5 mm)"


@pytest.mark.usefixtures("unchecked")
def test_pairs_are_twos_of_channels():
    assert Heatmap(torch.rand(2, 4, 4), labels=["a", "b"], pairs=[(0, 1)]).labels == ("a", "b")
    for pairs in ((0, 1), ((0, 1, 1),), (("a", "b"),), ((0, 2),)):
        with pytest.raises(ItemError, match=r"must name channels 0\.\.1 by two"):
            Heatmap(torch.rand(2, 4, 4), pairs=pairs)


def test_a_class_that_the_labels_cannot_hold_is_refused():
    heat = Heatmap(torch.eye(300).view(300, 1, 300))
    assert heat.to_mask(torch.int16).data.tolist() == [list(range(300))]
    with pytest.raises(
        ItemError, match=r"would write label 299, and torch\.uint8 ends at 255; give dtype=torch\.int32"
    ):
        heat.to_mask()
