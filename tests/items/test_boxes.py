import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import ItemError
from leyden.items import Mask, Move
from leyden.items.boxes import Boxes
from leyden.items.grid import identity
from leyden.items.grid.field import Field

MIRROR = ((1.0, 0.0, 0.0), (0.0, -1.0, 9.0), (0.0, 0.0, 1.0))


def pair():
    return Boxes(torch.tensor([[0.5, 1.5, 3.5, 4.5], [5.5, 6.5, 9.5, 9.5]]), (8, 10), labels=("cat", 7))


def test_a_box_of_a_file_covers_the_pixels_that_the_file_means():
    # columns 2 and 3, rows 1 to 3: torchvision and COCO count their edges from the left and upper edge of the picture
    boxes = Boxes.from_xyxy(torch.tensor([[2.0, 1.0, 4.0, 4.0]]), (8, 10))
    assert boxes.data.tolist() == [[0.5, 1.5, 3.5, 3.5]]
    mask = torch.zeros(8, 10, dtype=torch.uint8)
    mask[1:4, 2:4] = 1
    assert Boxes.of_mask(Mask(mask)).data.tolist() == boxes.data.tolist()
    assert boxes == Boxes.from_xywh(torch.tensor([[2.0, 1.0, 2.0, 3.0]]), (8, 10))
    assert boxes.areas.item() == mask.sum()


def test_volumes_are_written_x_y_z():
    boxes = Boxes.from_xyxy(torch.tensor([[1.0, 2.0, 3.0, 4.0, 6.0, 8.0]]), (10, 10, 10))
    assert boxes.first.tolist() == [[2.5, 1.5, 0.5]]
    assert boxes.to_xywh().tolist() == [[1.0, 2.0, 3.0, 3.0, 4.0, 5.0]]


@given(st.lists(st.tuples(*(st.integers(0, 40) for _ in range(6))), max_size=4))
def test_every_way_of_writing_leads_back(rows):
    data = torch.tensor(rows, dtype=torch.float64).view(-1, 6)
    boxes = Boxes.from_xywh(data, (8, 9, 10))
    assert torch.equal(boxes.to_xywh(), data)
    assert Boxes.from_xyxy(boxes.to_xyxy(), (8, 9, 10)) == boxes


def test_labels_of_a_mask_become_boxes_in_order():
    mask = torch.zeros(4, 5, 6, dtype=torch.int16)
    mask[1, 2, 3] = 9
    mask[0, 0, :2] = 4
    boxes = Boxes.of_mask(Mask(mask))
    assert boxes.labels == (4, 9)
    assert boxes.to_xyxy().tolist() == [[0, 0, 0, 2, 1, 1], [3, 2, 1, 4, 3, 2]]
    assert len(Boxes.of_mask(Mask(torch.zeros(3, 3, dtype=torch.uint8))).data) == 0


def test_a_mirrored_box_begins_where_it_ended():
    moved = pair().warp(Move(MIRROR, (8, 10), (8, 10)))
    assert moved.data.tolist() == [[0.5, 4.5, 3.5, 7.5], [5.5, -0.5, 9.5, 2.5]]
    assert (moved.labels, moved.rows) == (("cat", 7), (0, 1))


def test_a_turned_box_becomes_the_smallest_one_around_it():
    square = Boxes(torch.tensor([[-1.0, -1.0, 1.0, 1.0]]), (8, 8))
    turned = square.warp(Move(((0.6, 0.8, 0.0), (-0.8, 0.6, 0.0), (0.0, 0.0, 1.0)), (8, 8), (8, 8)))
    assert turned.data.flatten().tolist() == pytest.approx([-1.4, -1.4, 1.4, 1.4])


def test_a_field_bends_edges_out_of_the_corners():
    # all of the middle moves up by a tenth of the grid, the outer edge not at all: the corners do not tell
    control = torch.zeros(2, 3, 3, dtype=torch.float64)
    control[0, 1, 1] = 0.1
    move = Move(identity(2), (20, 20), (20, 20), fields=(Field(control, "linear"),))
    whole = Boxes(torch.tensor([[9.5, -0.5, 19.5, 19.5]]), (20, 20)).warp(move)
    middle = move.points(torch.tensor([[9.5, 9.5]]))[0, 0]
    assert whole.first[0, 0] == pytest.approx(middle.item(), abs=0.01)
    assert whole.last[0].tolist() == pytest.approx([19.5, 19.5], abs=1e-3)


def test_boxes_are_cut_at_the_edge_and_what_is_dropped_can_be_told():
    boxes = pair().warp(Move(((1.0, 0.0, 2.0), (0.0, 1.0, -4.0), (0.0, 0.0, 1.0)), (8, 10), (8, 6)))
    assert boxes.clipped().data.tolist() == [[2.5, -0.5, 5.5, 0.5]]
    assert (boxes.clipped().labels, boxes.clipped().rows) == (("cat",), (0,))
    # 3 of 9 pixels are left of the first, nothing of the second
    assert boxes.clipped(min_visible=0.33, min_area=3).rows == (0,)
    assert boxes.clipped(min_visible=0.34).rows == boxes.clipped(min_area=3.1).rows == ()
    assert len(pair().clipped().data) == 2
    assert pair().clipped().last[1].tolist() == [7.5, 9.5]


def test_a_box_without_area_is_no_box_after_clipping():
    line = Boxes(torch.tensor([[1.0, 1.0, 1.0, 3.0]]), (4, 4))
    assert line.clipped().rows == ()


def test_no_boxes_at_all_are_fine():
    none = Boxes(torch.empty(0, 6), (4, 5, 6))
    moved = none.warp(Move(identity(3), (4, 5, 6), (4, 5, 6)))
    assert moved == moved.clipped() == none
    assert repr(none) == "Boxes(0 on 4 x 5 x 6, float32)"


@pytest.mark.usefixtures("unchecked")
def test_faults_are_named_all_at_once():
    with pytest.raises(ItemError, match=r"boxes \[1\] end before they begin.*1 labels for 2 boxes.*3 rows"):
        Boxes(torch.tensor([[0.0, 0.0, 1.0, 1.0], [2.0, 0.0, 1.0, 1.0]]), (8, 8), labels=("a",), rows=(1, 2, 3))
    with pytest.raises(ItemError, match=r"boxes \[0\] .*NaN"):
        Boxes(torch.full((1, 4), float("nan")), (8, 8))
    with pytest.raises(ItemError, match=r"got torch.int64.*one row of 6 places a box, got shape \(1, 4\)"):
        Boxes(torch.zeros(1, 4, dtype=torch.int64), (8, 8, 8))
    with pytest.raises(ItemError, match="wants a tensor, got list"):
        Boxes([], (8, 8))  # pyright: ignore[reportArgumentType]
    with pytest.raises(ItemError, match=r"got size \(8,\)"):
        Boxes(torch.zeros(1, 2), (8,))


def test_they_survive_pickling_and_print_what_is_in_them():
    assert pickle.loads(pickle.dumps(pair())) == pair()
    assert repr(pair()) == "Boxes(2 on 8 x 10, float32, cat 7)"


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("read", [Boxes.from_xyxy, Boxes.from_xywh])
def test_what_is_no_table_of_boxes_is_refused(read):
    for table, told in (
        ([[0, 0, 1, 1]], "wants a tensor, got list"),
        (np.zeros((1, 4)), "wants a tensor, got ndarray"),
        (torch.tensor([]), r"got shape \(0,\); data\.view\(-1, 4\)\?"),
        (torch.zeros(2, 5), r"got shape \(2, 5\)"),
    ):
        with pytest.raises(ItemError, match=told):
            read(table, (8, 8))
    with pytest.raises(ItemError, match=r"give tuple\(labels\.tolist\(\)\)"):
        read(torch.tensor([[0, 0, 1, 1], [0, 0, 2, 2]]), (8, 8), labels=torch.tensor([1, 2]))
    assert read(torch.tensor([[0, 0, 1, 1]]), [8, 8], labels=["cat"]).labels == ("cat",)
