import pytest
import torch

from leyden.augment.fusing.fusion import Fusion
from leyden.augment.fusing.line import Change, Line
from leyden.errors import DrawError
from leyden.items.grid import Field, compose

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


def lattice(*numbers, axis=0, points=4):
    """A field of two axes that moves along one of them, by numbers that follow each other along that axis."""
    control = torch.zeros(2, points, points, dtype=torch.float64)
    control[axis] = torch.tensor(numbers, dtype=torch.float64).view(-1, 1) if axis == 0 else torch.tensor(numbers)
    return control


def test_fields_are_kept_whatever_follows_and_go_back_with_the_move():
    field = Field(lattice(0, 0.1, 0, 0), "linear")
    fusion = Fusion.of((4, 4)).bent(field).moved(RIGHT, (4, 8)).scaled((2.0,), (0.0,), "zero")
    assert fusion.fields == fusion.move().fields == fusion.move_back().fields == (field,)
    points = torch.rand(9, 2, dtype=torch.float64)
    torch.testing.assert_close(fusion.move_back().points(fusion.move().points(points)), points, atol=1e-9, rtol=0)


def test_what_could_fold_alone_or_together_is_refused():
    squeeze, stretch = Field(lattice(0, 0, -0.2, 0), "linear"), Field(lattice(-5, 0, 5, 20), "linear")
    slant = Field(lattice(0.0, 0.1, -0.1, 0.0, axis=1).transpose(1, 2), "linear")
    cubic = Field(torch.full((2, 5, 5), 0.1, dtype=torch.float64))  # two cells: 0.2 of a cell of 0.48
    start = Fusion.of((4, 4))
    assert len(start.bent(squeeze).bent(stretch).fields) == 2  # 0.6 of a cell, and stretching folds nothing
    assert len(start.bent(cubic).bent(cubic).fields) == 2
    with pytest.raises(DrawError, match="120 % of what is safe for 2 axes; lower their amounts"):
        start.bent(squeeze).bent(squeeze)
    with pytest.raises(DrawError, match="could fold the grid"):
        start.bent(slant).bent(slant)
    with pytest.raises(DrawError, match="125 % of what is safe"):
        start.bent(cubic).bent(cubic).bent(cubic)
    with pytest.raises(DrawError, match="102 % of what is safe"):
        start.bent(squeeze).bent(cubic)


def test_a_field_needs_the_axes_of_the_grid():
    with pytest.raises(DrawError, match="a field of 2 axes over a grid of 4 x 4 x 4"):
        Fusion.of((4, 4, 4)).bent(Field(lattice(0, 0, 0, 0)))


def test_maps_that_flatten_fold_or_hold_no_numbers_are_refused():
    flat = ((1.0, 1.0, 0.0), (2.0, 2.0, 0.0), (0.0, 0.0, 1.0))
    horizon = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, -0.3, 1.0))
    missing = ((1.0, 0.0, float("nan")), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    for matrix, message in [(flat, "flattens space"), (horizon, "horizon crosses"), (missing, "no finite number")]:
        with pytest.raises(DrawError, match=message):
            Fusion.of((4, 4)).moved(matrix, (4, 4))
    assert Fusion.of((3, 3)).moved(horizon, (3, 3)).matrix == horizon  # it lies behind a smaller grid
