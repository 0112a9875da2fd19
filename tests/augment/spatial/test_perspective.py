from itertools import product

import cv2
import numpy as np
import pytest
import torch

from leyden.augment import Draw, Flip, Rotate
from leyden.augment.fusing.step import Step
from leyden.augment.spatial import CenterCrop, Perspective
from leyden.errors import DrawError
from leyden.items import Image, Keypoints

WAYS = (0.1, 0.05, -0.1, 0.02, 0.03, -0.07, -0.04, 0.08)


def test_corners_go_where_they_were_drawn_to():
    draw = Draw((20, 40), (Step(Perspective(0.1), WAYS),))
    corners = Keypoints(torch.tensor([[-0.5, -0.5], [19.5, -0.5], [19.5, 39.5], [-0.5, 39.5]]).double(), (20, 40))
    expected = corners.data + torch.tensor(WAYS).double().view(4, 2) * torch.tensor([20.0, 40.0])
    torch.testing.assert_close(draw(corners).data, expected, atol=1e-5, rtol=0)


def test_straight_lines_stay_straight():
    draw = Draw((20, 40), (Step(Perspective(0.1), WAYS), Step(Rotate(10), (7.0,))))
    line = torch.stack((torch.linspace(0, 19, 9), torch.linspace(3, 30, 9)), 1).double()
    moved = draw(Keypoints(line, (20, 40))).data
    ways = moved[1:] - moved[0]
    across = ways[:, 0] * ways[-1, 1] - ways[:, 1] * ways[-1, 0]
    assert across.abs().max() < 1e-9
    assert ways.diff(dim=0).norm(dim=1).std() > 0.01  # and not evenly spread any more


def test_it_is_the_homography_of_four_corners():
    matrix = Perspective(0.1).matrix(WAYS, (20, 40))
    corners = np.array([[-0.5, -0.5], [19.5, -0.5], [19.5, 39.5], [-0.5, 39.5]], dtype=np.float32)
    goals = (corners + np.array(WAYS).reshape(4, 2) * [20, 40]).astype(np.float32)
    expected = cv2.getPerspectiveTransform(corners, goals)
    np.testing.assert_allclose(np.array(matrix) / matrix[2][2], expected, atol=1e-4)


def test_no_horizon_is_in_sight_even_with_all_corners_at_their_limit():
    limit = 1 / 6 - 1e-9
    corners = np.array([[*corner, 1] for corner in product((-0.5, 99.5), repeat=2)]).T
    for ways in product((-limit, limit), repeat=8):
        matrix = np.array(Perspective(limit).matrix(ways, (100, 100)))
        assert (matrix[2] @ corners).min() > 0.01
        assert (np.linalg.inv(matrix)[2] @ corners).min() > 0.01


def test_perspectives_fuse_with_each_other_and_with_the_rest():
    chain = Perspective(0.1) | Flip("x") | Perspective(0.05) | Rotate(10) | CenterCrop(16)
    draw = chain.draw(torch.Generator().manual_seed(0), Image(torch.rand(1, 20, 40)))
    points = Keypoints(torch.rand(6, 2, dtype=torch.float64) * 15, (20, 40))
    one_by_one = points
    for step, size in zip(draw.steps, [(20, 40)] * 5, strict=True):
        one_by_one = Draw(size, (step,))(one_by_one)
    torch.testing.assert_close(draw(points).data, one_by_one.data, atol=1e-9, rtol=0)
    assert draw.resamples == 1
    torch.testing.assert_close(draw.invert(draw(points)).data, points.data, atol=1e-9, rtol=0)


def test_volumes_and_amounts_out_of_bounds_are_refused():
    with pytest.raises(DrawError, match=r"Perspective\(0.1\) needs a picture"):
        Perspective(0.1).draw(torch.Generator(), Image(torch.rand(1, 4, 4, 4)))
    for amount in (0.0, 0.2, float("nan")):
        with pytest.raises(DrawError, match="above 0 and below 1/6"):
            Perspective(amount)
