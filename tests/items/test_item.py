from dataclasses import FrozenInstanceError, dataclass

import pytest
import torch
from torch import Tensor

from leyden.errors import ItemError
from leyden.items import Image, Item, Keypoints, Label, Mask, Move
from leyden.items.boxes import Boxes
from leyden.items.heatmap import Heatmap
from leyden.items.item import complain
from leyden.items.label import SoftLabel
from leyden.items.polygon import Polygon


@dataclass(frozen=True, eq=False)
class Arrow(Item):
    ends: Tensor
    grid: tuple[int, ...]

    @property
    def size(self):
        return self.grid

    def warp(self, move):
        return Arrow(move.points(self.ends), move.new_size)


def samples():
    return [
        Image(torch.rand(1, 4, 4)),
        Mask(torch.ones(4, 4, dtype=torch.uint8)),
        Keypoints(torch.rand(2, 2), (4, 4)),
        Label(1),
        SoftLabel(torch.tensor([0.5, 0.5])),
        Heatmap(torch.rand(1, 4, 4)),
        Boxes(torch.rand(2, 4) + torch.tensor([0, 0, 1, 1]), (4, 4)),
        Polygon(torch.rand(3, 2), (4, 4)),
    ]


def test_an_item_of_ones_own_takes_two_methods():
    down = Move(((1.0, 0.0, 2.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (8, 8), (9, 8))
    arrow = Arrow(torch.zeros(2, 2), (8, 8))
    assert arrow.warp(down) == Arrow(torch.tensor([[2.0, 0.0], [2.0, 0.0]]), (9, 8))
    assert arrow.recolour(torch.neg) is arrow
    assert arrow.relabel(lambda mask: mask) is arrow


def test_an_item_without_its_methods_cannot_be_made():
    class Half(Item):
        pass

    with pytest.raises(TypeError, match="abstract"):
        Half()  # pyright: ignore[reportAbstractUsage]


@pytest.mark.parametrize("item", samples(), ids=lambda item: type(item).__name__)
def test_items_are_frozen_and_equal_to_themselves_only(item):
    with pytest.raises(FrozenInstanceError):
        item.data = item.index = None
    assert item == item
    assert sum(item == other for other in samples()) <= 1
    assert "0x" not in repr(item)


def test_all_faults_are_raised_at_once_and_none_when_there_are_none():
    complain("Thing", [])
    with pytest.raises(ItemError, match="Thing: one; two"):
        complain("Thing", ["one", "two"])
