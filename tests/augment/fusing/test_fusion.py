import pytest
import torch

from leyden.augment.fusing.fusion import Change, Fusion, Line
from leyden.errors import DrawError
from leyden.items.grid import compose

RIGHT = ((1.0, 0.0, 0.0), (0.0, 1.0, 3.0), (0.0, 0.0, 1.0))
DOUBLE = ((2.0, 0.0, 0.0), (0.0, 2.0, 0.0), (0.0, 0.0, 1.0))


def test_maps_are_put_one_behind_the_other():
    fusion = Fusion.of((4, 4)).moved(RIGHT, (4, 8)).moved(DOUBLE, (8, 16))
    assert fusion.matrix == compose(RIGHT, DOUBLE)
    assert (fusion.size, fusion.new_size) == ((4, 4), (8, 16))
    assert fusion.bordered("zeros").move().border == "zeros"


def test_the_way_back_ends_on_the_first_grid_and_fills_with_zeros():
    back = Fusion.of((4, 4)).moved(RIGHT, (4, 8)).move_back()
    assert (back.size, back.new_size, back.border) == ((4, 8), (4, 4), "zeros")
    assert back.points(torch.tensor([[1.0, 4.0]])).tolist() == [[1.0, 1.0]]


def test_neighbouring_lines_become_one_and_nothing_else_does():
    change = Change(torch.exp, torch.log)
    fusion = Fusion.of((4, 4)).scaled((2.0,), (0.0,), "zero").scaled((1.0,), (1.0,), "mean").changed(change)
    assert fusion.scaled((1.0,), (1.0,), "zero").colours == (Line((2.0,), (0.0,), (1.0,)), change, Line(offset=(1.0,)))


def test_one_number_serves_all_channels():
    line = Line((2.0,)).then((1.0, 3.0), (0.0,), "zero")
    assert line.scale == (2.0, 6.0)
    assert line.do(torch.ones(2, 1, 1)).flatten().tolist() == [2.0, 6.0]


def test_numbers_for_different_channels_do_not_mix():
    with pytest.raises(DrawError, match="colour steps for 2 and 3 channels"):
        Line((1.0, 2.0)).then((1.0, 2.0, 3.0), (0.0,), "zero")


def test_the_image_given_is_not_changed():
    data = torch.rand(1, 3, 3)
    before = data.clone()
    for line in (Line((2.0,)), Line(offset=(1.0,)), Line(pull=(0.5,))):
        line.do(data)
        line.undo(data)
    assert torch.equal(data, before)
