import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from leyden.errors import DrawError
from leyden.items.grid import places
from leyden.items.grid.field import Field, FieldKind

FARTHEST = {2: 0.40, 3: 0.36}
"""In cells: what transforms may draw, a little below where fields fold."""


def field_of(axes, seed, kind: FieldKind = "cubic"):
    """The wildest field allowed: every number at one of its two ends."""
    generator = torch.Generator().manual_seed(seed)
    cells = 3
    control = torch.randint(0, 2, (axes, *[cells + (3 if kind == "cubic" else 1)] * axes), generator=generator)
    most = FARTHEST[axes] if kind == "cubic" else 0.48 / axes / 2
    return Field((2 * control.double() - 1) * most / cells, kind)


@settings(deadline=None, max_examples=30)
@given(st.sampled_from([(40, 70), (30, 20, 50)]), st.integers(0, 10**6), st.sampled_from(["cubic", "linear"]))
def test_straightened_places_are_bent_back_exactly(size, seed, kind):
    fields = (field_of(len(size), seed, kind),)
    goal = torch.rand(30, len(size), dtype=torch.float64, generator=torch.Generator().manual_seed(seed)) * 60 - 5
    there = places.straighten(goal, fields, size=size)
    torch.testing.assert_close(places.bend(there, fields, size=size), goal, atol=1e-9, rtol=0)


def test_several_fields_add_up():
    one, other = field_of(2, 0), field_of(2, 1)
    half = tuple(Field(field.control / 2) for field in (one, other))
    goal = torch.rand(9, 2, dtype=torch.float64) * 30
    bent = places.bend(goal, half, size=(30, 30))
    torch.testing.assert_close(bent - goal, half[0].at(goal, (30, 30)) + half[1].at(goal, (30, 30)))
    torch.testing.assert_close(places.straighten(bent, half, size=(30, 30)), goal, atol=1e-9, rtol=0)


@pytest.mark.parametrize("size", [(40, 70), (20, 16, 24)])
def test_the_dense_inverse_is_that_of_the_places_one_by_one(size):
    fields = (field_of(len(size), 3),)
    grid = torch.from_numpy(np.indices(size).astype(np.float32))
    dense = places.straighten_all(grid, fields, size=size)
    exact = places.straighten(grid.flatten(1).T.double(), fields, size=size)
    inside = (slice(None), *(slice(4, -4) for _ in size))
    difference = (dense - exact.T.reshape(dense.shape)).abs()[inside]
    # the wildest field allowed nearly folds, which multiplies what reading between pixels misses
    assert difference.max() < 0.25
    assert difference.mean() < 0.02


def test_the_dense_inverse_at_more_places_than_the_field_has_is_that_of_the_places_one_by_one():
    size, fields = (20, 30), (Field(field_of(2, 3).control / 2),)
    lines = [torch.linspace(0, count - 1, 5 * count) for count in size]
    grid = torch.stack(torch.meshgrid(*lines, indexing="ij"))
    dense = places.straighten_all(grid, fields, size=size)
    exact = places.straighten(grid.flatten(1).T.double(), fields, size=size)
    difference = (dense - exact.T.reshape(dense.shape)).abs()[:, 20:-20, 20:-20]
    assert difference.max() < 0.1
    assert difference.mean() < 0.02


def test_a_field_that_folds_is_refused():
    fold = Field(field_of(2, 0).control * 6)
    grid = torch.from_numpy(np.indices((30, 30)).astype(np.float32))
    with pytest.raises(DrawError, match=r"fold a grid of 30 x 30.*lower their amount"):
        places.straighten(grid.flatten(1).T.double(), (fold,), size=(30, 30))
    with pytest.raises(DrawError, match="fold a grid of 30 x 30; lower"):
        places.straighten_all(grid, (fold,), size=(30, 30))


def test_places_that_are_no_number_stay_so_and_harm_no_others():
    goal = torch.tensor([[math.nan, 1.0], [3.0, 4.0]], dtype=torch.float64)
    there = places.straighten(goal, (field_of(2, 0),), size=(30, 30))
    assert there[0].isnan().any()
    torch.testing.assert_close(places.bend(there[1:], (field_of(2, 0),), size=(30, 30)), goal[1:], atol=1e-9, rtol=0)


def test_a_row_over_every_pixel_adds_its_line_and_its_fields():
    size, field = (6, 7, 5), field_of(3, 0)
    rows = ((0.5, -0.25, 2.0, 1.0), (0.0, 1.0, 0.0, 0.0))
    dense = places.dense_places(rows, size, fields=(field, field), dtype=torch.float64)
    where = np.indices(size) + 2 * field.dense(size, dtype=torch.float64).numpy()
    for row, plane in zip(rows, dense, strict=True):
        np.testing.assert_allclose(plane, np.tensordot(row[:-1], where, 1) + row[-1], atol=1e-12)


def test_behind_the_horizon_is_very_far_away():
    away = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, -0.1, 1.0))
    assert places.carry((3.0, 5.0), away) == (6.0, 10.0)
    assert places.carry((3.0, 20.0), away)[1] > 1e6
    moved = places.transform(torch.tensor([[3.0, 5.0], [3.0, 20.0]], dtype=torch.float64), away)
    assert moved[0].tolist() == [6.0, 10.0]
    assert moved[1].isfinite().all()


@pytest.mark.parametrize("kind", ["cubic", "linear"])
@pytest.mark.parametrize("far", [1e5, 1e7, 1e9])
def test_places_far_off_the_grid_come_back_to_what_double_precision_holds(far, kind):
    fields, size = (field_of(2, 3, kind),), (40, 70)
    goal = torch.tensor([[far, -far / 3], [20.0, 30.0], [-far, 5.0]], dtype=torch.float64)
    place = places.straighten(goal, fields, size=size)
    assert (places.bend(place, fields, size=size) - goal).abs().max() <= 1e-14 * far
    near = places.straighten(goal[1:2], fields, size=size)
    assert (place[1] - near[0]).abs().max() < 1e-9
