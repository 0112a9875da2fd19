from dataclasses import dataclass

import pytest

from leyden.augment import Brightness, Flip, Intensity, Linear, Rotate, Zoom, register
from leyden.augment.fusing.step import Expression, Step, registered
from leyden.errors import DrawError


@dataclass(frozen=True, repr=False)
class Thing(Expression):
    a: int
    b: tuple = ()
    c: str = "plain"


def test_an_expression_prints_what_makes_it():
    assert repr(Thing(1)) == "Thing(1)"
    assert repr(Thing(1, c="odd")) == "Thing(1, c='odd')"
    assert Thing(2).describe() == "Thing(2)"
    assert Thing(1, (2,)).arguments() == ((1,), {"b": (2,)})


def test_a_step_prints_its_numbers():
    assert repr(Step(Rotate(15), (3.14159,))) == "Rotate(15) at 3.142"
    assert repr(Step(Flip("x"))) == "Flip('x')"


def test_a_second_transform_of_one_name_is_refused():
    with pytest.raises(
        DrawError, match=r"two transforms named 'Zoom': leyden.augment.spatial.affine.Zoom and .*; rename one"
    ):

        @register
        @dataclass(frozen=True)
        class Zoom(Linear):
            def line(self, numbers):
                return (1.0,), (0.0,)

    assert registered("Zoom").__module__ == "leyden.augment.spatial.affine"


def test_running_a_cell_again_replaces_its_class():
    def cell():
        @register
        @dataclass(frozen=True)
        class Warm(Linear):
            def line(self, numbers):
                return (1.0,), (0.0,)

        return Warm

    cell()
    again = cell()
    assert registered("Warm") is again


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(DrawError, match=r"no transform named 'Wobble' .*Brightness, .*Zoom"):
        registered("Wobble")
    assert registered("Brightness") is Brightness
    assert registered("Zoom") is Zoom


def test_a_transform_with_parameters_is_a_dataclass():
    class Dim(Intensity):
        low: float

        def change(self, numbers, data):
            return data * self.low

    with pytest.raises(DrawError, match=r"^Dim is no dataclass; write @dataclass\(frozen=True, repr=False\) between"):
        register(Dim)
