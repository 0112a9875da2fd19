import pytest
import torch

from leyden.errors import ItemError
from leyden.items import Mask, Move

HALF = ((1.0, 0.0, 0.6), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@pytest.mark.usefixtures("unchecked")
def test_what_is_no_mask_is_refused_with_all_faults_at_once():
    with pytest.raises(ItemError, match=r"integers .*got torch.float32.*got shape \(1, 1, 4, 4\)"):
        Mask(torch.zeros(1, 1, 4, 4))
    with pytest.raises(ItemError, match=r"got torch.bool; use data.to\(torch.uint8\)"):
        Mask(torch.ones(4, 4, dtype=torch.bool))
    with pytest.raises(ItemError, match="wants a tensor, got int"):
        Mask(3)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int64])
def test_no_label_is_invented_and_outside_is_background(dtype):
    moved = Mask(torch.tensor([[3], [7], [9]], dtype=dtype)).warp(Move(HALF, (3, 1), (3, 1), "reflection"))
    assert moved == Mask(torch.tensor([[0], [3], [7]], dtype=dtype))


def test_a_mask_has_no_colour():
    mask = Mask(torch.ones(2, 2, dtype=torch.uint8))
    assert mask.recolour(lambda data: data * 2) is mask


def test_it_prints_size_dtype_and_labels():
    assert repr(Mask(torch.arange(8, dtype=torch.int16).view(2, 2, 2))) == "Mask(2 x 2 x 2, int16, 0..7)"


def test_relabelling_gives_what_the_change_makes_of_it():
    mask = Mask(torch.tensor([[0, 1]]), spacing=(2.0, 1.0))
    assert mask.relabel(lambda given: Mask(given.data * 3, given.spacing)) == Mask(torch.tensor([[0, 3]]), (2.0, 1.0))
    assert repr(mask) == "Mask(1 x 2, int64, 0..1, 2 x 1 mm)"
