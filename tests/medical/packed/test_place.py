import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.items import Image, Mask, Move
from leyden.medical.packed.place import array_of, shifted, shown_box, whole_shift
from leyden.medical.scan import Scan


def test_the_box_holds_what_any_channel_or_the_label_shows(head):
    assert shown_box(head()) == ((2, 3, 4), (8, 9, 11))
    label = torch.zeros(12, 14, 16, dtype=torch.uint8)
    label[11, 0, 15] = 1
    assert shown_box(head()._replace(label=Mask(label))) == ((2, 0, 4), (10, 12, 12))


def test_negative_values_are_shown_too():
    image = torch.zeros(1, 3, 3, 3)
    image[0, 1, 2, 0] = -1.0
    assert shown_box(Scan(Image(image), None, ("t1",))) == ((1, 2, 0), (1, 1, 1))


def test_where_nothing_is_shown_the_box_is_the_whole_grid():
    assert shown_box(Scan(Image(torch.zeros(2, 3, 4, 5)), None, ("t1", "t2"))) == ((0, 0, 0), (3, 4, 5))


@given(st.tuples(*[st.integers(0, 2)] * 3))
def test_a_crop_lies_in_the_world_where_moves_say_it_does(start):
    affine = ((0.0, 0.3, -1.0, 9.0), (0.0, 1.5, 0.1, -4.0), (2.0, 0.0, 0.0, 3.0), (0.0, 0.0, 0.0, 1.0))
    move = Move(whole_shift(tuple(-each for each in start)), (4, 4, 4), (2, 2, 2))
    cut = Image(torch.zeros(1, 4, 4, 4), affine=affine).warp(move)
    found = torch.tensor(shifted(affine, start))
    assert torch.allclose(found, torch.tensor(cut.affine))


def test_no_affine_stays_none():
    assert shifted(None, (1, 2, 3)) is None


def test_values_that_numpy_does_not_know_come_in_single_precision():
    whole = torch.tensor([0.0, -3.0, 7.0])
    for kind in (torch.bfloat16, torch.float16, torch.float32, torch.float64, torch.uint8):
        found = array_of(whole.abs().to(kind))
        assert found.tolist() == [0, 3, 7]
    assert array_of(whole).ctypes.data == whole.data_ptr()
