import pytest
import torch

from leyden.augment import Brightness, CenterCrop, Draw, Flip, Identity, Rotate, Translate, Zoom
from leyden.items import Image, Keypoints, Mask, items_of
from leyden.items.boxes import Boxes
from leyden.items.polygon import Polygon
from leyden.widget.augment.harm import Finding, Probe, ranked, small_copy, survey


def first(move, items, span=(0.0, 1.0)):
    draw = move.draw(torch.Generator().manual_seed(0), items)
    return Probe(items, span)(0, draw)


def test_points_off_the_grid_are_lost_by_name():
    points = Keypoints(torch.tensor([[4.0, 4.0], [4.0, 9.0]]), (10, 10), labels=("near", "far"))
    found = first(CenterCrop(6, outside="fill"), [Image(torch.zeros(1, 10, 10)), points])
    assert (found.points, found.points_lost, found.share("points")) == (2, ("far",), 0.5)
    assert found.words() == "points lost: far"


def test_boxes_and_outlines_are_lost_or_cut_by_the_share_that_is_off_the_grid():
    boxes = Boxes(
        torch.tensor([[2.5, -0.5, 4.5, 3.5], [0.0, 0.0, 1.0, 1.0], [4.0, 4.0, 5.0, 5.0]]), (10, 10), ("a", "b", "b")
    )
    ring = torch.tensor([[-0.5, -0.5], [-0.5, 9.5], [9.5, 9.5], [9.5, -0.5]])
    found = first(CenterCrop(6), [Image(torch.zeros(1, 10, 10)), boxes, Polygon(ring, (10, 10), labels=("all",))])
    assert found.boxes == 4
    assert found.boxes_lost == ("b (number 1)",)
    assert found.boxes_cut == pytest.approx({"a": 0.5, "all": 0.64})
    assert found.words() == "boxes lost: b (number 1); boxes cut: a 50 %, all 64 %"


def test_the_area_lost_of_each_label_is_the_share_of_its_pixels_off_the_grid():
    mask = torch.zeros(10, 10, dtype=torch.int64)
    mask[:, :4], mask[4:6, 5:7] = 3, 1
    found = first(CenterCrop(6), [Image(torch.zeros(1, 10, 10)), Mask(mask)])
    assert found.areas == pytest.approx({1: 0.0, 3: 1 - 12 / 40})
    assert found.words({3: "liver"}) == "area lost: liver 70 %"


def test_a_large_region_is_estimated_to_two_percent():
    mask = torch.zeros(100, 100, 50, dtype=torch.uint8)
    mask[10:90, 10:90, 5:45] = 1
    items = [Image(torch.zeros(1, 100, 100, 50)), Mask(mask)]
    draw = Translate((0.3, 0.3)).draw(torch.Generator().manual_seed(0), items)
    inside = int((draw(items[1]).data == 1).sum()) / int(mask.sum())
    assert Probe(items, (0.0, 1.0))(0, draw).areas[1] == pytest.approx(1 - inside, abs=0.02)


def test_a_region_shrunk_below_a_pixel_is_lost():
    mask = torch.zeros(16, 16, dtype=torch.uint8)
    mask[8, 8] = 1
    items = [Image(torch.zeros(1, 16, 16)), Mask(mask)]
    assert first(Zoom(0.5, 0.5), items).areas == {1: 1.0}
    assert first(Zoom(0.9, 0.9), items).areas == {1: 0.0}


def test_values_are_clipped_where_they_leave_the_range_and_not_where_they_lay_at_its_end():
    image = Image(torch.cat([torch.zeros(50), torch.linspace(0.1, 0.9, 50)]).view(1, 10, 10))
    assert first(Brightness((-0.5, -0.5)), [image]).clipped == pytest.approx(0.5, abs=0.02)
    assert first(Brightness((0.05, 0.05)), [image]).clipped == 0
    byte = Image((image.data * 255).to(torch.uint8))
    assert first(Brightness((-0.5, -0.5)), [byte]).clipped == pytest.approx(0.5, abs=0.02)


def test_a_draw_that_takes_nothing_says_so(sample):
    found = first(Flip("x"), items_of(sample))
    assert (found.words(), found.share()) == ("nothing lost", 0)


def test_findings_are_ranked_by_what_is_asked_for():
    draw = Draw((2, 2), ())
    point, area = Finding(0, draw, points=2, points_lost=("a",)), Finding(1, draw, areas={1: 0.9})
    both = Finding(2, draw, points=4, points_lost=("a",), areas={1: 0.8})
    assert ranked([point, area, both]) == (both, area, point)
    assert ranked([area, both, point], "points") == (point, both, area)
    assert ranked([both, area, point], "clipped") == (point, area, both)


def test_a_survey_looks_at_the_first_draw_of_each_seed_until_it_is_told_to_end(sample):
    found, move = [], Rotate(90)
    probe = Probe(items_of(sample), (0.0, 1.0))
    survey(probe, move, sample, seeds=range(5, 100), progress=lambda done, total: done < 3, note=found.append)
    assert [finding.seed for finding in found] == [5, 6, 7]
    assert found[1].draw == move.draw(torch.Generator().manual_seed(6), sample)


def test_a_small_copy_is_evenly_spread_and_keeps_channels():
    small = small_copy(Image(torch.arange(2 * 64 * 64 * 64, dtype=torch.float32).view(2, 64, 64, 64)))
    assert small.data.shape == (2, 32, 32, 32)
    assert float(small.data[0, 0, 0, 1]) == 2
    assert small_copy(Image(torch.ones(1, 4, 4), interpolation="cubic")).interpolation == "cubic"


def test_what_was_off_the_grid_before_is_not_taken_away():
    points = Keypoints(torch.tensor([[-4.0, 3.0], [5.0, 5.0]]), (20, 20), labels=("out", "in"))
    boxes = Boxes(torch.tensor([[-9.5, 2.0, 9.5, 12.0], [-20.0, -20.0, -10.0, -10.0]]), (20, 20), ("half", "off"))
    items = [Image(torch.rand(1, 20, 20)), points, boxes]
    found = first(Identity(), items)
    assert (found.words(), found.share()) == ("nothing lost", 0.0)
    assert (found.points, found.boxes) == (1, 1)
    assert first(CenterCrop(20, 10), items).boxes_cut == pytest.approx({"half": 1 - 7.5 / 10})
    assert first(Translate((0.5, 0.5)), items).words() == "nothing lost"


def test_items_that_share_a_name_or_a_label_hide_nothing_of_each_other():
    left, right = (torch.zeros(20, 40, dtype=torch.uint8) for _ in range(2))
    left[5:10, 2:8], right[5:10, 18:22] = 1, 1
    ring = torch.tensor([[2.0, 2.0], [2.0, 12.0], [12.0, 12.0], [12.0, 2.0]])
    boxes, outline = (
        Boxes(torch.tensor([[2.0, 15.0, 12.0, 25.0]]), (20, 40), labels=("cat",)),
        Polygon(ring, (20, 40), labels=("cat",)),
    )
    items = [Image(torch.rand(1, 20, 40)), Mask(left), Mask(right), boxes, outline]
    found = first(CenterCrop(20, 8), items)
    assert found.areas == {1: 1.0}
    assert (found.boxes, found.boxes_lost) == (2, ("cat (item 2)",))
    assert found.boxes_cut == pytest.approx({"cat (item 1)": 0.2})
