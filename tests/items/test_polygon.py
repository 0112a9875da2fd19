import math
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from skimage import measure

from leyden.errors import ItemError
from leyden.items import Move
from leyden.items.boxes import Boxes
from leyden.items.grid import identity
from leyden.items.grid.field import Field
from leyden.items.polygon import Polygon

SQUARE = torch.tensor([[0.5, 0.5], [0.5, 4.5], [4.5, 4.5], [4.5, 0.5]])


def ring_in_ring():
    return Polygon(
        torch.cat((SQUARE, SQUARE / 2 + 1.25, SQUARE + 4)), (10, 10), (4, 4, 4), (0, 0, 1), labels=("ring", "box")
    )


def test_a_ring_within_a_ring_is_a_hole_and_later_objects_cover_earlier_ones():
    mask = ring_in_ring().to_mask((3, 9))
    expected = torch.zeros(10, 10, dtype=torch.uint8)
    expected[1:5, 1:5] = 3
    expected[2:4, 2:4] = 0
    expected[5:9, 5:9] = 9
    assert torch.equal(mask.data, expected)
    assert ring_in_ring().to_mask().data.unique().tolist() == [0, 1, 2]


coordinates = st.floats(-4, 20, allow_nan=False).map(lambda value: round(value, 3) + 1e-4)


@given(st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=8))
def test_pixels_are_inside_as_by_counting_edges_one_by_one(corners):
    mask = Polygon(torch.tensor(corners, dtype=torch.float64), (12, 14)).to_mask()
    for y in range(12):
        for x in range(14):
            inside = False
            for (y0, x0), (y1, x1) in zip(corners, corners[1:] + corners[:1], strict=True):
                if (y0 > y) != (y1 > y) and x >= x0 + (y - y0) * ((x1 - x0) / (y1 - y0)):
                    inside = not inside
            assert mask.data[y, x] == inside


def test_a_contour_of_skimage_draws_the_disc_it_was_found_on():
    disc = np.hypot(*np.mgrid[-15:16, -15:17]) < 9
    contour = measure.find_contours(disc.astype(float), 0.5)[0][:-1]
    assert torch.equal(Polygon(torch.from_numpy(contour), disc.shape).to_mask().data, torch.from_numpy(disc).byte())


def test_files_count_from_the_edge_of_the_picture():
    polygon = Polygon.from_xy([torch.tensor([[1.0, 0.0], [3.0, 0.0], [3.0, 2.0], [1.0, 2.0]])], (3, 4))
    assert polygon.to_mask().data.tolist() == [[0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    assert polygon.boxes().to_xyxy().tolist() == [[1, 0, 3, 2]]
    with pytest.raises(ItemError, match="at least one ring"):
        Polygon.from_xy([], (3, 4))


def test_boxes_lie_around_objects():
    boxes = ring_in_ring().boxes()
    assert boxes == Boxes(torch.tensor([[0.5, 0.5, 4.5, 4.5], [4.5, 4.5, 8.5, 8.5]]), (10, 10), ("ring", "box"))


def test_corners_follow_a_move():
    down = Move(((1.0, 0.0, 2.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (10, 10), (12, 10))
    moved = ring_in_ring().warp(down)
    assert torch.equal(moved.data, ring_in_ring().data + torch.tensor([2.0, 0.0]))
    assert (moved.size, moved.labels, moved.objects) == ((12, 10), ("ring", "box"), (0, 0, 1))


def test_edges_that_a_field_bends_get_corners():
    control = torch.zeros(2, 3, 3, dtype=torch.float64)
    control[0, 1, 1] = 0.1
    move = Move(identity(2), (20, 20), (20, 20), fields=(Field(control, "linear"),))
    square = Polygon(torch.tensor([[9.5, -0.5], [9.5, 19.5], [19.5, 19.5], [19.5, -0.5]]), (20, 20))
    moved = square.warp(move)
    assert moved.rings == (5 + 3 + 5 + 3,)
    assert moved.data[:, 0].min() < 8.5


def test_outlines_are_cut_at_the_edge_and_what_is_dropped_can_be_told():
    moved = ring_in_ring().warp(Move(((1.0, 0.0, -6.5), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (10, 10), (4, 10)))
    cut = moved.clipped()
    assert (cut.labels, cut.rows, cut.objects) == (("box",), (1,), (0,))
    assert cut.boxes().data.tolist() == [[-0.5, 4.5, 2.0, 8.5]]
    assert cut.to_mask().data.bool().equal(moved.to_mask().data == 2)
    # 2.5 of 4 rows are left
    assert moved.clipped(min_visible=0.62).rows == (1,)
    assert moved.clipped(min_visible=0.63).rows == moved.clipped(min_area=10.1).rows == ()
    assert ring_in_ring().clipped().to_mask() == ring_in_ring().to_mask()


def test_a_ring_in_a_volume_fills_its_slice():
    flat = torch.cat((torch.full((4, 1), 2.0), SQUARE), 1)
    mask = Polygon(flat, (4, 10, 10)).to_mask()
    assert torch.equal(mask.data[2], Polygon(SQUARE, (10, 10)).to_mask().data)
    assert mask.data.sum() == 16
    assert Polygon(flat + 30, (4, 10, 10)).to_mask().data.sum() == 0
    assert Polygon(flat, (4, 10, 10)).clipped(min_area=15.9).rows == (0,)
    with pytest.raises(ItemError, match=r"a ring that reaches from slice 0.5 to 4.5 fills none; draw the mask first"):
        Polygon(torch.cat((SQUARE[:, :1], SQUARE), 1), (10, 10, 10)).to_mask()


def test_a_slanted_ring_keeps_its_area_in_space():
    slanted = torch.cat((SQUARE[:, :1], SQUARE), 1)
    area = 16 * math.sqrt(2)
    assert Polygon(slanted, (9, 9, 9)).clipped(min_area=area - 0.01).rows == (0,)
    assert Polygon(slanted, (9, 9, 9)).clipped(min_area=area + 0.01).rows == ()


def test_no_outlines_at_all_are_fine():
    none = Polygon(torch.empty(0, 2), (4, 4))
    assert none.warp(Move(identity(2), (4, 4), (4, 4))) == none.clipped() == none
    assert len(none.boxes().data) == 0
    assert none.to_mask().data.sum() == 0


@pytest.mark.usefixtures("unchecked")
def test_faults_are_named_all_at_once():
    with pytest.raises(ItemError, match=r"rings of \(2, 2\) corners for 4.*objects \(0, 2\).*3 labels for 2 objects"):
        Polygon(SQUARE, (8, 8), (2, 2), (0, 2), ("a", "b", "c"))
    with pytest.raises(ItemError, match=r"got torch.int64.*one row of 3 places a corner, got shape \(4, 2\)"):
        Polygon(SQUARE.long(), (8, 8, 8))
    with pytest.raises(ItemError, match="wants finite places, got NaN"):
        Polygon(torch.full((3, 2), float("nan")), (8, 8))
    with pytest.raises(ItemError, match="wants a tensor, got list"):
        Polygon([], (8, 8))  # pyright: ignore[reportArgumentType]
    with pytest.raises(ItemError, match="1 values for 2 objects"):
        ring_in_ring().to_mask((1,))


def test_they_survive_pickling_and_print_what_is_in_them():
    assert pickle.loads(pickle.dumps(ring_in_ring())) == ring_in_ring()
    assert repr(ring_in_ring()) == "Polygon(2 on 10 x 10, float32, ring box)"


@pytest.mark.usefixtures("unchecked")
def test_rings_of_flat_lists_are_refused():
    for ring in (torch.tensor([0.0, 0, 1, 1, 2, 2]), [0.0, 0, 1, 1, 2, 2], torch.zeros(3, 3)):
        with pytest.raises(ItemError, match=r"wants rings as tensors of rows x y; .*view\(-1, 2\)"):
            Polygon.from_xy([ring], (8, 8))


@pytest.mark.parametrize(("values", "told"), [((300, 1), "label 300, .* ends at 255"), ((1, -1), "begins at 0")])
def test_a_value_that_the_labels_cannot_hold_is_refused(values, told):
    with pytest.raises(ItemError, match=told):
        ring_in_ring().to_mask(values)
    assert set(ring_in_ring().to_mask(values, dtype=torch.int16).data.unique().tolist()) == {0, *values}
