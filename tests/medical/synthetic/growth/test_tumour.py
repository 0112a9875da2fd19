import pytest
import torch

from leyden.medical.synthetic.growth.kind import KINDS, plan_tumour
from leyden.medical.synthetic.growth.tumour import grow, pushed, seated
from leyden.medical.synthetic.head.frame import frame_of
from leyden.medical.synthetic.head.person import subject

FRAME = frame_of(48)
LITRE = FRAME.step**3 / 1e6


def grown(seed, kind):
    plan = plan_tumour(seed, kind)
    person = subject(seed, anatomy="mni152", frame=FRAME)
    centres = seated(person, plan, seed=seed, frame=FRAME)
    maps = pushed(person, plan, centres, frame=FRAME)
    return maps, grow(maps, plan, centres, seed=seed, frame=FRAME), plan, centres


@pytest.mark.parametrize("kind", KINDS)
def test_shares_of_every_kind_are_shares(kind):
    maps, growth, plan, centres = grown(5, kind)
    parts = torch.stack([growth.necrosis, growth.enhancing, growth.cavity, growth.oedema])
    assert parts.min() >= 0
    assert parts.sum(0).max() <= 1 + 1e-5
    assert (parts.sum(0)[maps[:3].sum(0)[growth.box] < 1e-3]).max() < 1e-2
    assert len(centres) == len(plan.radii)
    assert growth.oedema.sum() * LITRE > 1e-4


def test_a_ring_is_dead_within_and_enhances_around():
    _, growth, _, centres = grown(0, "ring")
    z, y, x = (along - at for along, at in zip(FRAME.part(growth.box), centres[0], strict=True))
    far = (z.view(-1, 1, 1) ** 2 + y.view(1, -1, 1) ** 2 + x.view(1, 1, -1) ** 2).sqrt()
    where = [float((far * share).sum() / share.sum()) for share in (growth.necrosis, growth.enhancing, growth.oedema)]
    assert where == sorted(where)
    assert growth.enhancing.sum() > 0


def test_kinds_are_what_they_are_called():
    volumes = {}
    for kind in KINDS:
        _, growth, _, _ = grown(2, kind)
        volumes[kind] = {
            name: float(getattr(growth, name).sum()) * LITRE * 1000 for name in ("necrosis", "enhancing", "cavity")
        }
    assert volumes["nonenhancing"]["enhancing"] < 0.01
    assert volumes["nonenhancing"]["necrosis"] > 5
    assert volumes["solid"]["enhancing"] > 4 * volumes["solid"]["necrosis"]
    assert volumes["resected"]["cavity"] > 5
    assert volumes["resected"]["necrosis"] == 0
    assert volumes["tiny"]["enhancing"] < 3
    assert all(found["cavity"] == 0 for kind, found in volumes.items() if kind != "resected")


def test_oedema_prefers_white_matter():
    maps, growth, _, _ = grown(4, "ring")
    grey, white = maps[1][growth.box], maps[2][growth.box]
    near = (growth.fresh > 0) | (growth.oedema > 0.1)
    in_white = growth.oedema[(white > 0.8) & near].mean()
    in_grey = growth.oedema[(grey > 0.8) & near].mean()
    assert in_white > 1.5 * in_grey


def test_a_tumour_pushes_the_brain_outwards():
    plan = plan_tumour(0, "ring")
    person = subject(0, anatomy="mni152", frame=FRAME)
    centres = seated(person, plan, seed=0, frame=FRAME)
    moved = pushed(person, plan, centres, frame=FRAME)
    assert not torch.equal(moved, person)
    assert abs(float(moved[:3].sum() / person[:3].sum()) - 1) < 0.05


@pytest.mark.parametrize("seed", range(4))
def test_tumours_sit_in_the_white_matter_of_the_cerebrum(seed):
    plan = plan_tumour(seed, "multifocal")
    person = subject(seed, anatomy="mni152", frame=FRAME)
    for centre in seated(person, plan, seed=seed, frame=FRAME):
        assert person[2][FRAME.nearest(centre)] > 0.5
        assert centre[0] > -30


def test_a_brain_without_white_matter_gets_its_tumour_in_the_middle():
    plan = plan_tumour(0, "ring")
    assert seated(torch.zeros(6, *FRAME.size), plan, seed=0, frame=FRAME) == ((20.0, 0.0, 25.0),)
