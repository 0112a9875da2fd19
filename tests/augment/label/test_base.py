from dataclasses import dataclass

import pytest
import torch

from leyden.augment import Brightness, Draw, Flip, RandomCrop, Rotate, register
from leyden.augment.label import KeepLargest, Labelling, OneHot, Remap
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Mask
from leyden.items.heatmap import Heatmap


@register
@dataclass(frozen=True, repr=False)
class Ground(Labelling):
    def relabel(self, numbers, mask):
        return Mask((mask.data > 0).to(mask.data.dtype))


def sample():
    return (
        Image(torch.rand(1, 12, 12)),
        Mask(torch.randint(0, 4, (12, 12))),
        Keypoints(torch.tensor([[1.0, 2.0]]), (12, 12)),
    )


def draw_for(chain, of):
    return chain.draw(torch.Generator().manual_seed(0), of)


def test_labels_change_after_all_spatial_steps_and_on_masks_only():
    image, mask, points = sample()
    draw = draw_for(Remap({1: 2}) | Flip("x") | RandomCrop(8), (image, mask, points))
    moved = draw.spatial((image, mask, points))
    assert draw((image, mask, points)) == (moved[0], Mask(moved[1].data.masked_fill(moved[1].data == 1, 2)), moved[2])


def test_label_steps_act_in_their_order():
    mask = Mask(torch.tensor([[1, 2, 0, 0]]))
    assert draw_for(Remap({1: 2}) | Remap({2: 3}), mask)(mask).data.tolist() == [[3, 3, 0, 0]]
    assert draw_for(Remap({2: 3}) | Remap({1: 2}), mask)(mask).data.tolist() == [[2, 3, 0, 0]]


def test_a_draw_with_label_steps_is_replayed_from_its_json():
    of = sample()
    draw = draw_for(Rotate(15) | Remap({1: 2, 2: 1}, rest=0) | KeepLargest((1,), connectivity="faces") | OneHot(3), of)
    again = Draw.from_json(draw.to_json())
    assert again == draw
    assert again(of) == draw(of)
    assert isinstance(draw(of)[1], Heatmap)


def test_inverting_undoes_labels_in_reverse():
    of = sample()
    draw = draw_for(Flip("x") | Remap({0: 1, 1: 2, 2: 3, 3: 0}) | Remap({1: 7}), of)
    assert draw.invert(draw(of)) == of


def test_a_step_of_ones_own_has_no_way_back_unless_it_gives_one():
    of = sample()
    draw = draw_for(Flip("x") | Ground(), of)
    assert draw(of)[1].data.unique().tolist() == [0, 1]
    with pytest.raises(DrawError, match=r"Ground\(\) has no way back; give it an `undo`, or invert `draw.spatial`"):
        draw.invert(draw(of))
    assert draw.spatial.invert(draw.spatial(of)) == of


def test_nothing_may_follow_what_leaves_no_mask():
    with pytest.raises(
        DrawError, match="a label step behind one that leaves no mask, such as OneHot; put that one last"
    ):
        draw_for(OneHot(4) | Remap({1: 2}), sample())


def test_the_plan_names_them_last():
    plan = (Brightness(0.1) | Remap({1: 2}) | Flip("x") | OneHot(3)).plan()
    assert plan.splitlines()[-1] == "3.) labels: remap 1 to 2, one-hot of 3 classes"
