from dataclasses import dataclass
from typing import Literal

import pytest

from leyden.augment import Flip, Identity, Maybe, OneOf, RandomCrop, Rotate, Shear, Zoom
from leyden.augment.spatial import Spatial
from leyden.errors import DrawError, PanelError
from leyden.widget.augment.walk import allows, is_number, places, rebuilt, words_of

MOVE = Maybe(Flip("x") | Rotate((0, 30)), p=0.25) | OneOf(Zoom(0.5, 2), Identity(), weights=(1, 3)) | RandomCrop(8, 9)


def test_every_parameter_is_found_in_the_order_it_is_written():
    found = [(type(place.owner).__name__, place.name, place.value) for place in places(MOVE)]
    assert found == [
        ("Flip", "axis", "x"),
        ("Rotate", "degrees", (0, 30)),
        ("Rotate", "axis", "z"),
        ("Maybe", "p", 0.25),
        ("Zoom", "low..high", (0.5, 2)),
        ("OneOf", "weights[0]", 1),
        ("OneOf", "weights[1]", 3),
        ("RandomCrop", "shape[0]", 8),
        ("RandomCrop", "shape[1]", 9),
        ("RandomCrop", "outside", "refuse"),
    ]


def test_what_is_found_can_be_put_back_and_gives_an_equal_transform():
    for place in places(MOVE):
        values = place.value if len(place.paths) == 2 else (place.value,)
        same = rebuilt(MOVE, dict(zip(place.paths, values, strict=True)))
        assert repr(same) == repr(MOVE)


def test_two_parameters_change_at_once_where_one_alone_would_be_refused():
    (place,) = places(Zoom(0.5, 0.8))
    with pytest.raises(DrawError, match="0 < low <= high"):
        rebuilt(Zoom(0.5, 0.8), {place.paths[0]: 1.5})
    assert rebuilt(Zoom(0.5, 0.8), dict(zip(place.paths, (1.5, 2.0), strict=True))) == Zoom(1.5, 2.0)


def test_a_path_that_leads_nowhere_is_refused():
    for path in [("nothing",), (0, 0), (7,)]:
        with pytest.raises(PanelError, match="of this very transform"):
            rebuilt(Rotate(15), {path: 2})


def test_a_class_made_in_a_function_is_looked_into_too():
    class Local:
        """A type that only this function knows."""

    @dataclass(frozen=True, repr=False)
    class Lean(Spatial):
        """Slants.

        Args:
            share: how far.
        """

        share: "float | Local"

        def matrix(self, numbers, size):
            return Shear(0.0).matrix((self.share,), size)

    assert [(place.name, place.value, place.hint) for place in places(Lean(0.5))] == [("share", 0.5, None)]


def test_types_say_what_they_allow():
    assert words_of(Literal["a", "b"] | Literal["c"]) == ("a", "b", "c")
    assert words_of(int) == ()
    assert allows(int | tuple[int, int], int)
    assert not allows(None, float)
    assert is_number(1.5)
    assert not is_number(True)
