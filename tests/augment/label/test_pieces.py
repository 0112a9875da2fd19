from dataclasses import replace

import pytest
import torch
from skimage import measure

from leyden.augment.label import KeepLargest
from leyden.errors import DrawError
from leyden.items import Mask

NONE = torch.Generator()


@pytest.mark.parametrize("connectivity", ["faces", "corners"])
@pytest.mark.parametrize("size", [(30, 32), (10, 11, 12)])
def test_the_largest_piece_of_each_label_is_that_of_skimage(size, connectivity):
    data = torch.randint(0, 3, size, generator=torch.Generator().manual_seed(1), dtype=torch.uint8)
    kept = KeepLargest(connectivity=connectivity)(NONE, Mask(data)).data
    for label in (1, 2):
        pieces = measure.label((data == label).numpy(), connectivity=1 if connectivity == "faces" else len(size))
        areas = torch.bincount(torch.from_numpy(pieces).flatten())
        areas[0] = 0
        assert torch.equal(kept == label, torch.from_numpy(pieces) == areas.argmax())


def test_a_step_across_a_corner_joins_only_where_corners_count():
    mask = Mask(torch.tensor([[1, 0, 1], [0, 1, 1], [0, 0, 0], [1, 0, 0]]), spacing=(1.0, 2.0))
    assert KeepLargest()(NONE, mask).data.tolist() == [[1, 0, 1], [0, 1, 1], [0, 0, 0], [0, 0, 0]]
    faces = KeepLargest(connectivity="faces")(NONE, mask)
    assert faces == Mask(torch.tensor([[0, 0, 1], [0, 1, 1], [0, 0, 0], [0, 0, 0]]), (1.0, 2.0))
    assert KeepLargest()(NONE, replace(mask, interpolation="vote")).interpolation == "vote"


def test_only_the_labels_asked_for_lose_pieces():
    mask = Mask(torch.tensor([[1, 0, 1, 1, 0, 2, 0, 2]]))
    assert KeepLargest((1,))(NONE, mask).data.tolist() == [[0, 0, 1, 1, 0, 2, 0, 2]]
    assert mask.data[0, 0] == 1


def test_masks_of_one_piece_or_none_stay():
    for data in (torch.zeros(3, 3, dtype=torch.uint8), torch.full((2, 2), 5), torch.tensor([[-1, 0, -1]])):
        assert KeepLargest()(NONE, Mask(data)) == Mask(data)


def test_inverting_leaves_dropped_pieces_background():
    mask = Mask(torch.tensor([[1, 0, 1, 1]]))
    draw = KeepLargest().draw(NONE, mask)
    assert draw.invert(draw(mask)).data.tolist() == [[0, 0, 1, 1]]


@pytest.mark.usefixtures("unchecked")
def test_what_it_cannot_do_is_refused():
    with pytest.raises(DrawError, match="labels above 0; connectivity one of"):
        KeepLargest((0,), connectivity="edges")  # pyright: ignore[reportArgumentType]


def test_it_says_what_it_does():
    assert KeepLargest((1, 3)).describe() == "keep the largest piece of labels 1, 3"
    assert repr(KeepLargest((1,), connectivity="faces")) == "KeepLargest(labels=(1,), connectivity='faces')"
