import pytest
import torch

from leyden.augment import Rotate
from leyden.errors import PanelError
from leyden.items import Image
from leyden.widget.augment.state import check_count, drawn_from


def test_draws_of_a_seed_go_on_from_one_another():
    image = Image(torch.rand(1, 8, 8))
    draws = drawn_from(Rotate(15), image, seed=4, count=5)
    assert draws[:3] == drawn_from(Rotate(15), image, seed=4, count=3)
    assert len({draw.steps for draw in draws}) == 5


@pytest.mark.parametrize("count", [0, 25])
def test_as_many_draws_are_shown_as_a_screen_holds(count):
    check_count(24)
    with pytest.raises(PanelError, match=f"1 to 24 draws; given {count}"):
        check_count(count)


@pytest.mark.parametrize(
    ("move", "seed", "told"),
    [
        (abs, 0, "wants a transform, .* given a builtin_function_or_method"),
        (Rotate, 0, "given the class Rotate: make one of it"),
        (Rotate(15), "x", "a seed is a whole number of 63 bits; given 'x'"),
        (Rotate(15), 2**63, "given 9223372036854775808"),
    ],
    ids=["a function", "a class", "a word", "a large number"],
)
def test_what_cannot_be_drawn_from_is_refused_in_a_sentence(move, seed, told, unchecked):
    with pytest.raises(PanelError, match=told):
        drawn_from(move, Image(torch.rand(1, 8, 8)), seed=seed, count=1)
