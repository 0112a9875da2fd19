import pytest
import torch

from leyden.medical.synthetic.head.bulging import aged, bulged
from leyden.medical.synthetic.head.frame import Frame, frame_of
from leyden.medical.synthetic.head.person import subject

FRAME = Frame((48, 48, 48), 2.0)


def maps(depth=40.0):
    z, y, x = FRAME.places
    found = torch.zeros(6, 48, 48, 48)
    found[0] = x
    found[1] = (z.view(-1, 1, 1) ** 2 + y.view(1, -1, 1) ** 2 + x.view(1, 1, -1) ** 2).sqrt()
    found[4] = depth
    return found


@pytest.mark.parametrize("push", [0.3, -0.2])
def test_what_lies_at_a_distance_was_nearer_as_the_formula_says(push):
    before = maps()
    after = bulged(before, (0.0, 0.0, 0.0), wide=15.0, push=push, frame=FRAME)
    radius = before[1]
    near = (radius > 4) & (radius < 30)
    wanted = radius * (1 - push * torch.exp(-((radius / 15) ** 2)))
    assert (after[1] - wanted)[near].abs().max() < 0.3


def test_nothing_folds_and_far_places_stay():
    after = bulged(maps(), (0.0, 0.0, 0.0), wide=15.0, push=0.45, frame=FRAME)
    assert (after[0].diff(dim=2)[:, :, 1:-1] > 0).all()
    assert torch.equal(after[:, :, :, 0], maps()[:, :, :, 0])


def test_the_skull_holds_what_is_beside_it_and_the_argument_stays():
    before = maps(depth=0.0)
    after = bulged(before, (0.0, 0.0, 0.0), wide=15.0, push=0.45, frame=FRAME)
    assert torch.allclose(after, before, atol=1e-4)
    assert torch.equal(before, maps(depth=0.0))


def test_ventricles_differ_from_person_to_person():
    frame = frame_of(64)
    person = subject(0, anatomy="mni152", frame=frame)
    deep = person[5] > 18  # within 7 mm of the ventricles
    widths = [float(aged(person, seed=seed, frame=frame)[0][deep].sum()) for seed in range(8)]
    assert max(widths) > 1.15 * min(widths), widths


def test_a_place_at_the_corner_of_the_grid_is_no_trouble():
    assert bulged(maps(), (500.0, 500.0, 500.0), wide=1.0, push=0.4, frame=FRAME).isfinite().all()
