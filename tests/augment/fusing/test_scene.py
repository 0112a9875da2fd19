import pytest
import torch

from leyden.augment import CenterCrop, Draw, Flip, Resize, Rot90, Scene, Step, Zoom
from leyden.errors import DrawError
from leyden.items import Image, Label, Mask
from leyden.items.heatmap import Heatmap

AFFINE = ((0.0, 0.0, -0.5, 90.0), (0.0, 0.5, 0.0, -60.0), (3.0, 0.0, 0.0, 10.0), (0.0, 0.0, 0.0, 1.0))
VOLUME = torch.rand(1, 4, 8, 8)


def test_a_scene_without_a_spacing_knows_none():
    scene = Scene.of((Image(VOLUME), Label(1)))
    assert (scene.spacing, scene.affine) == (None, None)


def test_the_first_item_that_knows_says_where_the_grid_lies():
    mask = Mask(VOLUME[0].to(torch.uint8), affine=AFFINE)
    scene = Scene.of({"image": Image(VOLUME), "mask": mask, "late": Image(VOLUME, spacing=(3.0, 0.5, 0.5001))})
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


def test_items_that_say_that_they_lie_apart_are_refused():
    mirrored = ((0.0, 0.0, 0.5, 86.5), *AFFINE[1:])
    mask = Mask(VOLUME[0].to(torch.uint8), affine=mirrored)
    with pytest.raises(DrawError, match=r"the Mask lies up to 3\.5 mm off the Image of its sample"):
        Scene.of((Image(VOLUME, affine=AFFINE), Label(1), mask))
    with pytest.raises(DrawError, match=r"the Heatmap lies up to 3 mm off the Image"):
        Scene.of((Image(VOLUME, spacing=(2.0, 1.0, 1.0)), Heatmap(VOLUME, spacing=(1.0, 1.0, 1.0))))
    draw = Draw(VOLUME.shape[1:], (Step(Flip("x")),))
    with pytest.raises(DrawError, match="lies up to"):
        draw((Image(VOLUME, affine=AFFINE), mask))


def test_what_headers_round_lies_together():
    rounded = (*(tuple(entry + 1e-4 for entry in row) for row in AFFINE[:3]), AFFINE[3])
    scene = Scene.of((Image(VOLUME, affine=AFFINE), Mask(VOLUME[0].to(torch.uint8), affine=rounded)))
    assert scene.affine == AFFINE
