import numpy as np
import torch

from leyden.medical.synthetic.head.frame import frame_of
from leyden.medical.synthetic.head.person import subject, tilted

FRAME = frame_of(32)


def test_people_differ_and_the_same_one_is_the_same():
    one, again, other = (subject(seed, anatomy="mni152", frame=FRAME) for seed in (1, 1, 2))
    assert torch.equal(one, again)
    apart = (one[:3] - other[:3]).abs().sum(0)[one[:3].sum(0) > 0.5].mean()
    assert 0.05 < apart < 1


def test_a_person_is_whole_on_the_grid():
    brain = subject(3, anatomy="mni152", frame=FRAME)[:3].sum(0)
    assert 1.3e6 < float(brain.sum()) * FRAME.step**3 < 2.3e6  # cubic mm
    assert max(float(side.max()) for axis in range(3) for side in (brain.select(axis, 0),)) < 0.9


def test_the_affine_of_a_tilted_grid_says_where_its_voxels_lie():
    upright, turned = np.array(FRAME.affine), np.array(tilted(FRAME, 20.0))
    middle = [15.5, 15.5, 15.5, 1]
    assert np.allclose(upright @ middle, turned @ middle)
    assert np.allclose(np.linalg.norm(turned[:3, :3], axis=0), FRAME.step)
    cosine = turned[:3, 0] @ upright[:3, 0] / FRAME.step**2
    assert np.degrees(np.arccos(cosine)) == np.float64(20).round() or abs(np.degrees(np.arccos(cosine)) - 20) < 1e-6


def test_a_tilted_person_lies_where_the_affine_says():
    upright, turned = (subject(1, anatomy="mni152", frame=FRAME, tilt=tilt)[:3].sum(0) for tilt in (0.0, 20.0))
    matrix = np.linalg.inv(np.array(FRAME.affine)) @ np.array(tilted(FRAME, 20.0))
    voxels = (turned > 0.9).nonzero().double().numpy()
    there = (np.c_[voxels, np.ones(len(voxels))] @ matrix.T)[:, :3].round().astype(int)
    inside = ((there >= 0) & (there < 32)).all(1)
    assert upright[tuple(there[inside].T)].mean() > 0.95
