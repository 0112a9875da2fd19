import pytest
import torch
from scipy import stats

from leyden.augment import Draw
from leyden.augment.spatial import BoxSafeCrop, CenterCrop, Rotate
from leyden.errors import DrawError
from leyden.items import Image
from leyden.items.boxes import Boxes

SIZE = (20, 30)
BOXES = Boxes(torch.tensor([[3.5, 4.5, 8.5, 9.5], [6.2, 12.0, 14.0, 20.7]]), SIZE, labels=("cat", "dog"))


def drawn(transform, sample, times=60):
    generator = torch.Generator().manual_seed(0)
    return [transform.draw(generator, sample) for _ in range(times)]


def whole(boxes: Boxes) -> list[bool]:
    edge = torch.tensor(boxes.size) - 0.5 + 1e-4
    return ((boxes.first > -0.5 - 1e-4) & (boxes.last < edge)).all(1).tolist()


@pytest.mark.parametrize("shape", [(), (16,), (40, 12)])
def test_all_boxes_stay_whole(shape):
    for draw in drawn(BoxSafeCrop(*shape), BOXES):
        assert whole(draw(BOXES)) == [True, True]


def test_one_box_stays_whole_each_as_often_and_more_is_left_to_chance():
    kept = torch.tensor([whole(draw(BOXES)) for draw in drawn(BoxSafeCrop(keep="one"), BOXES, 160)])
    assert kept.any(1).all()
    assert not kept.all()
    alone = kept[~kept.all(1)].sum(0)
    assert alone.min() > 10


def test_windows_begin_and_end_anywhere_between_the_boxes_and_the_edge():
    numbers = torch.tensor([draw.steps[0].numbers for draw in drawn(BoxSafeCrop(), BOXES, 240)]).long()
    first, last = numbers[:, :2], numbers[:, :2] + numbers[:, 2:]
    # boxes reach from pixel 4 to 14 and from 5 to 21, counted from the first edge: 4..15 and 5..22
    for values, low, high in [(first[:, 0], 0, 4), (first[:, 1], 0, 5), (last[:, 0], 15, 20), (last[:, 1], 22, 30)]:
        counts = values.bincount(minlength=high + 1)
        assert counts[:low].sum() == 0
        assert stats.chisquare(counts[low:].numpy()).pvalue > 0.01


def test_boxes_count_as_the_steps_before_have_moved_and_cut_them():
    chain = CenterCrop(12, 18) | Rotate((90, 90)) | BoxSafeCrop()
    for draw in drawn(chain, BOXES, 50):
        before = Draw(SIZE, draw.steps[:2])(BOXES).clipped()
        assert whole(Draw(before.size, draw.steps[2:])(before)) == [True] * len(before.data)


def test_without_a_shape_pixels_are_copied():
    image = Image(torch.rand(1, *SIZE))
    draw = BoxSafeCrop().draw(torch.Generator().manual_seed(0), (image, BOXES))
    down, right, high, wide = map(int, draw.steps[0].numbers)
    assert draw.resamples == 0
    assert draw((image, BOXES))[0] == Image(image.data[:, down : down + high, right : right + wide].contiguous())


def test_volumes_and_several_boxes_items_are_kept_alike():
    size = (8, 9, 10)
    one, two = (Boxes(torch.tensor([[at - 0.5] * 3 + [at + 1.5] * 3]), size) for at in (1.0, 5.0))
    for draw in drawn(BoxSafeCrop(6), (one, two), 50):
        assert all(whole(item) == [True] for item in draw((one, two)))


def test_with_no_box_in_sight_any_window_may_come():
    empty = Boxes(torch.empty(0, 4), SIZE)
    beyond = Boxes(torch.tensor([[-9.0, -9.0, -5.0, -5.0]]), SIZE)
    for boxes in (empty, beyond):
        sizes = {draw.new_size for draw in drawn(BoxSafeCrop(), boxes, 50)}
        assert len(sizes) > 30
        assert BoxSafeCrop(7)(torch.Generator(), boxes).size == (7, 7)


@pytest.mark.usefixtures("unchecked")
def test_what_it_cannot_work_with_is_refused():
    with pytest.raises(DrawError, match=r"BoxSafeCrop\(8\) needs boxes in the sample"):
        BoxSafeCrop(8).draw(torch.Generator(), Image(torch.rand(1, 8, 8)))
    with pytest.raises(DrawError, match="at least one pixel; keep one of"):
        BoxSafeCrop(0, keep="some")  # pyright: ignore[reportArgumentType]
