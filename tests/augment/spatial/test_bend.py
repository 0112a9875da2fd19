import numpy as np
import pytest
import torch

from leyden.augment import Draw
from leyden.augment.fusing.fusion import Fusion
from leyden.augment.spatial import CenterCrop, Elastic, Flip, GridDistortion, Rotate
from leyden.errors import DrawError
from leyden.items import Image, Keypoints


def field_of(transform, seed, axes):
    return transform.field((float(seed),), axes)


def places(size):
    return torch.tensor(np.indices(size).reshape(len(size), -1).T, dtype=torch.float64)


@pytest.mark.parametrize(
    ("amount", "cells", "size"), [(0.0999, 4, (60, 40)), (0.0899, 4, (12, 16, 20)), (0.39, 1, (60, 40))]
)
def test_no_draw_of_the_largest_amount_folds(amount, cells, size):
    for seed in range(10):
        field = field_of(Elastic(amount, cells), seed, len(size))
        slopes = field.slopes(places(size).numpy(), size)
        assert np.linalg.det(np.eye(len(size)) + slopes).min() > 0


@pytest.mark.parametrize("axes", [2, 3])
def test_elastic_moves_by_at_most_its_amount_and_by_something(axes):
    size = (20, 15, 10)[:axes]
    ways = torch.cat([field_of(Elastic(0.05), seed, axes).at(places(size), size) for seed in range(60)])
    shares = ways.abs() / torch.tensor(size)
    assert shares.max() < 0.05
    assert shares.max() > 0.025
    assert ways.mean(0).abs().max() < 0.2 * ways.std(0).min()


def test_amounts_that_could_fold_are_refused_when_made_or_drawn():
    with pytest.raises(DrawError, match=r"an amount below 0\.08 for 5 cells a side in 2-D, so that nothing folds"):
        Elastic(0.08, 5)
    with pytest.raises(DrawError, match=r"an amount below 0\.072 for 5 cells a side in 3-D"):
        Elastic(0.075, 5).draw(torch.Generator(), Image(torch.rand(1, 8, 8, 8)))
    assert Elastic(0.075, 5).draw(torch.Generator(), Image(torch.rand(1, 8, 8))).resamples == 1


def test_fields_that_could_fold_together_are_refused_when_drawn():
    image = Image(torch.rand(1, 8, 8))
    with pytest.raises(DrawError, match=r"fields that could fold the grid: .* lower their amounts or cells"):
        (Elastic(0.09) | Elastic(0.09)).draw(torch.Generator().manual_seed(0), image)
    assert len((Elastic(0.03) | GridDistortion(0.2)).draw(torch.Generator(), image).steps) == 2


@pytest.mark.parametrize(("amount", "cells"), [(0.99, 2), (0.95, 7), (0.3, 5)])
@pytest.mark.parametrize("axes", [2, 3])
def test_a_distorted_grid_keeps_its_order_its_edges_and_its_lines(amount, cells, axes):
    size = (31, 23, 17)[:axes]
    for seed in range(20):
        field = field_of(GridDistortion(amount, cells), seed, axes)
        shown = (places(size) + field.at(places(size), size)).view(*size, axes)
        edges = torch.tensor([[-0.5] * axes, [count - 0.5 for count in size]], dtype=torch.float64)
        assert field.at(edges, size).abs().max() < 1e-12
        for axis in range(axes):
            along = shown[..., axis]
            assert (along.diff(dim=axis) > 0).all()
            for other in set(range(axes)) - {axis}:
                assert along.diff(dim=other).abs().max() < 1e-12


def test_cells_are_as_wide_as_drawn():
    field = field_of(GridDistortion(0.5, 4), 3, 2)
    chance = torch.rand((2, 4), generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    widths = 1 + 0.5 * (2 * chance - 1)
    edges = torch.arange(5, dtype=torch.float64) * 10 - 0.5
    shown = edges + field.at(torch.stack((edges, edges), 1), (40, 40))[:, 0]
    torch.testing.assert_close(shown.diff(), 40 * widths[0] / widths[0].sum())


def test_fields_act_on_the_last_grid_wherever_they_stand():
    image = Image(torch.rand(1, 30, 30))
    first = (Elastic(0.05) | Flip("x") | CenterCrop(20)).draw(torch.Generator().manual_seed(5), image)
    last = Draw((30, 30), (*first.steps[1:], first.steps[0]))
    assert first(image) == last(image)


def test_a_field_costs_no_resample_of_its_own_and_points_come_back():
    draw = (Rotate(20) | Elastic(0.06) | GridDistortion(0.2)).draw(
        torch.Generator().manual_seed(1), Image(torch.rand(1, 30, 40))
    )
    points = Keypoints(torch.rand(50, 2, dtype=torch.float64) * 29, (30, 40))
    assert draw.resamples == 1
    torch.testing.assert_close(draw.invert(draw(points)).data, points.data, atol=1e-5, rtol=0)
    assert draw.fusion.move_back() != Fusion.of((30, 40)).move_back()


@pytest.mark.usefixtures("unchecked")
def test_impossible_fields_are_refused_when_made():
    wrong = [
        (lambda: Elastic(0), "a finite amount above 0"),
        (lambda: Elastic(float("nan")), "a finite amount above 0"),
        (lambda: Elastic(float("inf")), "a finite amount above 0"),
        (lambda: Elastic(0.01, 0), "at least one cell"),
        (lambda: Elastic(0.01, 2.5), "a whole number"),  # pyright: ignore[reportArgumentType]
        (lambda: GridDistortion(1), "above 0 and below 1"),
        (lambda: GridDistortion(0.3, 1), "two or more cells"),
    ]
    for make, message in wrong:
        with pytest.raises(DrawError, match=message):
            make()
