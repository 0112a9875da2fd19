import pytest
import torch

from leyden import augment
from leyden.augment import (
    Border,
    Brightness,
    CenterCrop,
    Chain,
    Contrast,
    Flip,
    Identity,
    Maybe,
    OneOf,
    RandomCrop,
    Resize,
    Rotate,
    Shear,
    Translate,
    Zoom,
)  # fmt: skip
from leyden.errors import DrawError
from leyden.items import Image, Mask

NAMES = dict(vars(augment))
EXPRESSIONS = [
    "Maybe(Flip('x'), p=0.5) | Rotate(15)",
    "OneOf(Flip('x') | Zoom(0.9, 1.1), Identity(), weights=(1, 2)) | Brightness(0.2) | Contrast((-0.1, 0.2))",
    "Border('zeros') | Rotate((0, 30), axis='y') | Shear(5, across='z') | Translate(0.1)",
    "RandomCrop(4, 5, outside='fill') | CenterCrop(3) | Resize(8, 9)",
    "Chain()",
    "Chain(Flip('x'))",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_transform_prints_as_what_makes_it(expression):
    made = eval(expression, NAMES)
    assert repr(made) == expression
    assert eval(repr(made), NAMES) == made
    assert hash(made) == hash(eval(expression, NAMES))


def test_chains_are_flat_however_they_are_bracketed():
    a, b, c = Flip("x"), Rotate(5), Zoom(1, 2)
    assert (a | b) | c == a | (b | c) == Chain(a, b, c)


def test_a_chain_of_something_else_is_refused():
    with pytest.raises(TypeError, match="unsupported operand"):
        _ = Flip("x") | "Rotate"


def test_calling_is_drawing_and_applying():
    chain = Rotate(30) | RandomCrop(5) | Brightness(0.2)
    sample = {"image": Image(torch.rand(3, 9, 9)), "name": "a"}
    draw = chain.draw(torch.Generator().manual_seed(7), sample)
    assert chain(torch.Generator().manual_seed(7), sample) == draw(sample)


def test_equal_seeds_give_equal_bytes_whatever_else_was_drawn():
    chain = Maybe(Flip("x")) | Rotate(30) | RandomCrop(5) | Contrast(0.2)
    image = Image(torch.rand(3, 9, 9))
    first = chain(torch.Generator().manual_seed(7), image)
    torch.manual_seed(99)
    torch.rand(5)
    chain(torch.Generator().manual_seed(8), image)
    assert chain(torch.Generator().manual_seed(7), image).data.numpy().tobytes() == first.data.numpy().tobytes()


def test_one_chain_serves_samples_of_every_size_and_kind():
    chain = Maybe(Flip("y")) | Rotate(10) | Zoom(0.9, 1.2) | Translate(0.1) | Shear(5) | Resize(6) | CenterCrop(4)
    for size in [(1, 1), (1, 9), (7, 5), (3, 4, 5), (1, 8, 8)]:
        sample = [Image(torch.rand(2, *size)), Mask(torch.ones(size, dtype=torch.int16))]
        image, mask = chain(torch.Generator().manual_seed(0), sample)
        assert image.size == mask.size == (4,) * len(size)
        assert image.data.isfinite().all()


def test_an_empty_chain_gives_the_sample_itself():
    image = Image(torch.rand(1, 4, 4))
    assert Chain()(torch.Generator(), image) is image
    assert OneOf(Identity())(torch.Generator(), image) is image
    assert Border("zeros")(torch.Generator(), image) is image


def test_chains_in_chains_are_flat_too():
    nested = Chain(Flip("x") | Rotate(5), Chain(Zoom(1, 2)))
    assert nested == Flip("x") | Rotate(5) | Zoom(1, 2)
    assert eval(repr(nested), NAMES) == nested


@pytest.mark.usefixtures("unchecked")
def test_a_list_or_a_class_is_no_link():
    for make in (lambda: Chain([Flip("x"), Rotate(5)]), lambda: Chain(Flip)):
        with pytest.raises(DrawError, match="one by one, made"):
            make()
    with pytest.raises(DrawError, match=r"a class is no transform; make one, as Rotate\(\.\.\.\)"):
        _ = Flip("x") | Rotate
