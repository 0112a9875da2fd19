import pytest

from leyden.augment import Contrast, Maybe, Rotate, Shear, Zoom
from leyden.errors import DrawError
from leyden.widget.augment.bounds import Ends, accepted, ends_of, sensible, sentence


def test_the_docstring_is_read_over_several_lines_up_to_the_next_parameter():
    assert sentence(Maybe, "p") == "the probability, 0..1."
    assert sentence(Rotate, "axis").endswith("pictures turn about `z`.")
    assert "axis" not in sentence(Rotate, "degrees")
    assert sentence(Rotate, "angle") == ""


@pytest.mark.parametrize(
    ("field", "value", "about", "ends"),
    [
        ("p", 0.5, "the probability, 0..1.", (0, 1)),
        ("degrees", 15, "", (0, 180)),
        ("degrees", (-15, 15), "between -90 and 90.", (-90, 90)),
        ("amount", (-0.2, 0.2), "of the range of 0..1.", (-1, 1)),
        ("gain", 3.0, "", (0, 6)),
        ("gain", (0.9, 1.1), "", (0, 2.5)),
        ("gain", 0.0, "", (0, 1)),
        ("gain", 1.0, "", (0, 2)),
        ("degrees", (0, 0), "", (-180, 180)),
        ("fraction", (-2.0, 5.0), "0..1", (-10, 10)),
    ],
)
def test_words_and_value_say_how_far_it_goes(field, value, about, ends):
    assert sensible(field, value, about=about, pixels=None) == Ends(*map(float, ends))


def test_pixels_go_as_far_as_the_picture_and_counts_to_a_few():
    assert sensible("shape", 32, about="pixels along each axis", pixels=300).high == 300
    assert sensible("count", 2, about="how many", pixels=300).high == 10


def test_ends_are_drawn_in_to_what_the_transform_takes():
    low, high = accepted(Ends(-180, 180), (-5, 5), Shear)
    assert -90 < low <= -89
    assert 89 <= high < 90
    assert accepted(Ends(-1, 1), (-0.1, 0.1), Contrast).low == pytest.approx(-1, abs=0.01)
    assert accepted(Ends(0, 1), 0.5, lambda p: Maybe(Rotate(15), p=p)) == (0, 1)


def test_the_last_values_are_taken():
    low, high = accepted(Ends(0, 10), (0.9, 1.1), lambda pair: Zoom(*pair))
    assert 0 < Zoom(low, 1.1).low < 0.05
    assert Zoom(0.9, high).high == 10
    with pytest.raises(DrawError):
        Zoom(0, 1)


def test_a_number_is_a_range_of_one():
    assert (ends_of(3), ends_of((1, 2))) == ((3,), (1, 2))
