import pytest
import torch

from leyden.augment import CenterCrop, Flip, Resize, Rot90, Scene, Step, Zoom
from leyden.items import Image, Label, Mask

AFFINE = ((0.0, 0.0, -0.5, 90.0), (0.0, 0.5, 0.0, -60.0), (3.0, 0.0, 0.0, 10.0), (0.0, 0.0, 0.0, 1.0))
VOLUME = torch.rand(1, 4, 8, 8)


def test_a_scene_without_a_spacing_knows_none():
    scene = Scene.of((Image(VOLUME), Label(1)))
    assert (scene.spacing, scene.affine) == (None, None)


def test_the_first_item_that_knows_says_where_the_grid_lies():
    mask = Mask(VOLUME[0].to(torch.uint8), affine=AFFINE)
    scene = Scene.of({"image": Image(VOLUME), "mask": mask, "late": Image(VOLUME, spacing=(9.0, 9.0, 9.0))})
    assert scene.spacing == (3.0, 0.5, 0.5)
    assert scene.affine == AFFINE


def test_spacing_and_affine_follow_the_steps():
    scene = Scene.of(Image(VOLUME, affine=AFFINE)).after(Step(CenterCrop(2, 4, 4))).after(Step(Resize(2, 4, 8)))
    assert scene.spacing == pytest.approx((3.0, 0.5, 0.25))
    assert scene.size == (2, 4, 8)
    assert scene.affine is not None
    corner = [row[-1] for row in scene.affine]  # the crop begins at (1, 2, 2); half pixels begin a quarter earlier
    assert corner == pytest.approx([90 - 0.5 * 1.75, -60 + 0.5 * 2, 10 + 3, 1])


def test_a_scene_agrees_with_the_items_moved():
    image = Image(VOLUME, affine=AFFINE)
    steps = (Step(Flip("x")), Step(CenterCrop(2)), Step(Resize(5, 3, 3)))
    scene = Scene.of(image)
    for step in steps:
        scene = scene.after(step)
    moved = image.warp(scene.move)
    assert (scene.spacing, scene.affine) == (moved.spacing, moved.affine)


def test_the_metric_is_of_the_grid_after_the_steps():
    assert Scene.of(Image(VOLUME)).metric == ()
    assert Scene.of(Image(VOLUME, spacing=(2.0, 2.0, 2.001))).metric == ()
    scene = Scene.of((Image(VOLUME), Mask(VOLUME[0].to(torch.uint8), affine=AFFINE)))
    assert scene.metric == pytest.approx((3.0, 0.5, 0.5))
    assert scene.after(Step(Resize(24, 8, 8))).metric == ()
    assert scene.after(Step(Rot90(axis="x"), (-2.0, 1.0, 3.0))).metric == pytest.approx((0.5, 3.0, 0.5))
    assert scene.after(Step(Zoom(2, 2), (2.0,))).after(Step(Flip("z"))).metric == pytest.approx((3.0, 0.5, 0.5))
    assert Scene.of(Image(VOLUME, spacing=(3.0, 0.5, 0.5))).after(Step(Resize(4, 8, 16))).metric == (3.0, 0.5, 0.25)
