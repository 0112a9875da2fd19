import numpy as np
import pytest
import torch

from leyden.augment import Draw, Flip, RandomCrop, Resize, Rotate, Step
from leyden.errors import ItemError
from leyden.items import Image, Mask, Move
from leyden.items.heatmap import Heatmap
from leyden.items.world import agreed, followed, in_millimetres, metric_of, spread, steps_of

# x right, y front, z up: a volume stored from top, back, right to left, 3 x 0.5 x 0.5 mm
AFFINE = (
    (0.0, 0.0, -0.5, 90.0),
    (0.0, 0.5, 0.0, -60.0),
    (-3.0, 0.0, 0.0, 40.0),
    (0.0, 0.0, 0.0, 1.0),
)
SIZE = (10, 12, 14)


def world_of(item, place):
    at = (*place, 1.0)
    return [sum(entry * here for entry, here in zip(row, at, strict=True)) for row in item.affine[:-1]]


def items():
    return [
        Image(torch.rand(1, *SIZE), affine=AFFINE),
        Mask(torch.ones(SIZE, dtype=torch.uint8), affine=AFFINE),
        Heatmap(torch.rand(2, *SIZE), affine=AFFINE),
    ]


@pytest.mark.parametrize("item", items(), ids=lambda item: type(item).__name__)
def test_every_place_keeps_its_millimetres_in_any_move(item):
    chain = Flip("x") | Rotate((20, 20), axis="y") | RandomCrop(8) | Resize(16, 8, 4)
    draw = chain.draw(torch.Generator().manual_seed(0), item)
    moved = draw(item)
    places = torch.tensor([[0.0, 0.0, 0.0], [9.0, 3.0, 5.0]], dtype=torch.float64)
    for before, after in zip(places.tolist(), draw.fusion.move().points(places).tolist(), strict=True):
        assert world_of(moved, after) == pytest.approx(world_of(item, before))
    assert moved.spacing == pytest.approx(steps_of(moved.affine))


def test_spacing_is_read_from_the_affine():
    assert items()[0].spacing == (3.0, 0.5, 0.5)
    assert steps_of(AFFINE) == (3.0, 0.5, 0.5)


def test_spacing_alone_follows_scale_and_turn():
    image = Image(torch.rand(1, 8, 16), spacing=(2.0, 0.5))
    generator = torch.Generator()
    assert Resize(16, 8).draw(generator, image)(image).spacing == (1.0, 1.0)
    assert Rotate((45, 45)).draw(generator, image)(image).spacing == pytest.approx((2.0, 0.5))
    # turned pixel by pixel; of 45 degrees a step along a diagonal of both, in mm
    by_pixels = [Draw(image.size, (Step(Rotate(90), (degrees,)),)) for degrees in (90.0, 45.0)]
    assert by_pixels[0](image).spacing == pytest.approx((0.5, 2.0))
    turned = by_pixels[1](image).spacing
    assert turned == pytest.approx((((2.0**2 + 0.5**2) / 2) ** 0.5,) * 2)
    assert Flip("x").draw(generator, image)(image).affine is None


def test_a_perspective_takes_the_scale_at_the_centre():
    # near the centre 2.5 of the new grid, new y comes from old y = p / (1 + 0.1 p)
    back = Move(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.1, 0.0, 1.0)), (6, 6), (6, 6)).reversed()
    spacing, _ = followed((2.0, 1.0), None, back)
    assert spacing is not None
    step = 1e-4
    ends = torch.tensor(
        [[2.5 - step, 2.5], [2.5 + step, 2.5], [2.5, 2.5 - step], [2.5, 2.5 + step]], dtype=torch.float64
    )
    y, x = back.points_back(ends).view(2, 2, 2).diff(dim=1).squeeze(1) / (2 * step) * torch.tensor([2.0, 1.0])
    assert spacing == pytest.approx((y.norm().item(), x.norm().item()), rel=1e-5)


def test_what_is_told_twice_must_agree_to_a_thousandth():
    assert agreed("Image", (4, 4), (1.0, 2.0), ((0.0, 2.0, 0.0), (1.0005, 0.0, 0.0), (0.0, 0.0, 1.0))) == (1.0, 2.0)
    with pytest.raises(ItemError, match=r"Image: spacing \(1.0, 2.0\) mm, but an affine of \(1.01, 2.0\) mm"):
        agreed("Image", (4, 4), (1.0, 2.0), ((0.0, 2.0, 0.0), (1.01, 0.0, 0.0), (0.0, 0.0, 1.0)))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("spacing", "affine", "message"),
    [
        ((1.0,), None, r"Mask: wants a spacing of 2 lengths above 0"),
        ((1.0, 0.0), None, r"got \(1.0, 0.0\)"),
        ((1.0, float("nan")), None, "lengths above 0"),
        (2.0, None, "lengths above 0 in a tuple"),
        (None, torch.eye(3), r"tuple\(map\(tuple, matrix.tolist"),
        (None, ((1.0, 0.0), (0.0, 1.0)), "an affine as a tuple of 3 tuples of 3"),
        (None, ((1.0, 0.0, 0.0), (2.0, 0.0, 0.0), (0.0, 0.0, 1.0)), "independent"),
        (None, ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.1, 0.0, 1.0)), "the last"),
        ((1.0,), ((1.0, 0.0), (0.0, 1.0)), "spacing of 2 .*; wants an affine"),
    ],
)
def test_what_does_not_fit_the_grid_is_refused(spacing, affine, message):
    with pytest.raises(ItemError, match=message):
        Mask(torch.ones(4, 4, dtype=torch.uint8), spacing, affine)


def test_spacing_is_part_of_value_and_print():
    data = torch.zeros(1, 2, 2)
    assert Image(data) != Image(data, (1.0, 1.0))
    assert Image(data, (1.0, 1.0)) == Image(data, (1.0, 1.0))
    assert repr(Image(data, (2.0, 0.5))) == "Image(1 x 2 x 2, float32, 0..0, 2 x 0.5 mm)"
    assert in_millimetres(None) == ""
    assert Image(data, (2.0, 0.5)).recolour(torch.neg).spacing == (2.0, 0.5)


@pytest.mark.usefixtures("unchecked")
def test_words_are_no_lengths_and_numbers_of_numpy_are():
    data = torch.rand(1, 4, 4)
    with pytest.raises(ItemError, match="wants a spacing of 2 lengths"):
        Image(data, spacing=("1", "2"))
    with pytest.raises(ItemError, match="wants an affine as a tuple"):
        Image(data, affine=(("1", 0, 0), (0, 1, 0), (0, 0, 1)))
    assert Image(data, spacing=(np.float32(0.5), np.float64(2))).spacing == (0.5, 2.0)


def test_the_metric_does_not_depend_on_where_a_grid_lies_and_how_it_is_turned():
    leaning = np.array([[2.0, 0.0, 0.6], [0.0, 1.0, 0.3], [0.0, 0.0, 0.9]])
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    for linear in (leaning, turn @ leaning):
        affine = (*((*row, 9.0) for row in linear.tolist()), (0.0, 0.0, 0.0, 1.0))
        root = np.zeros((3, 3))
        root[np.triu_indices(3)] = metric_of(affine)
        root += np.triu(root, 1).T
        np.testing.assert_allclose(root @ root, linear.T @ linear, atol=1e-9)
    straight = turn @ np.diag([5.0, 0.7, 0.7])
    affine = (*((*row, 9.0) for row in straight.tolist()), (0.0, 0.0, 0.0, 1.0))
    assert metric_of(affine) == pytest.approx((5.0, 0.7, 0.7))
    assert metric_of(spread((0.7, 0.70001, 0.7))) == ()
