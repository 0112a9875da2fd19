import torch

from leyden.medical.synthetic.distractor import distract
from leyden.medical.synthetic.head.frame import frame_of
from leyden.medical.synthetic.head.person import subject

FRAME = frame_of(48)


def distracted(seed):
    maps = subject(seed, anatomy="mni152", frame=FRAME)
    return maps, distract(maps, seed=seed, frame=FRAME)


def test_lesions_lie_in_white_matter_and_vessels_outside_it():
    for seed in range(3):
        maps, bright = distracted(seed)
        for share in (bright.lesion, bright.vessel):
            assert share.min() >= 0
            assert share.max() <= 1
        assert (bright.lesion * maps[2]).sum() > 0.6 * bright.lesion.sum()
        assert (bright.vessel * (1 - maps[2])).sum() > 0.6 * bright.vessel.sum()
        assert bright.vessel.sum() > 0


def test_caps_hug_the_ventricles():
    maps, bright = distracted(0)
    near = (maps[5] > 20) & (maps[5] < 25) & (maps[2] > 0.5)
    assert bright.lesion[near].mean() > 2 * bright.lesion[(maps[5] == 0) & (maps[2] > 0.5)].mean()


def test_some_people_have_many_times_the_lesions_of_others():
    burden = [float(distracted(seed)[1].lesion.sum()) * FRAME.step**3 / 1000 for seed in range(8)]
    assert max(burden) > 4 * min(burden)
    assert max(burden) < 120  # ml
    assert torch.tensor(burden).median() < 40
