from typing import Any

import numpy as np
import pytest
import torch
from scipy import ndimage

from leyden.augment import CenterCrop, Draw, Resize, Step, Transform
from leyden.augment import Spacing as SpacingStep
from leyden.augment.spatial import Border, Flip, Rotate, Scale, Shear, Translate, Zoom
from leyden.errors import DrawError
from leyden.items import Image, Keypoints


def run(transform: Transform, sample: Any, seed: int = 0) -> Any:
    return transform(torch.Generator().manual_seed(seed), sample)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_flips_copy_every_pixel(axis):
    volume = torch.rand(2, 4, 5, 6)
    assert run(Flip(("z", "y", "x")[axis]), Image(volume)) == Image(volume.flip(axis + 1))


@pytest.mark.parametrize("turns", [1, 2, 3, -1])
def test_a_quarter_turn_of_a_picture_is_that_of_torch(turns):
    picture = torch.rand(3, 6, 6)
    turned = run(Rotate((90 * turns, 90 * turns)), Image(picture))
    assert turned == Image(torch.rot90(picture, turns, (1, 2)))


@pytest.mark.parametrize(("axis", "plane"), [("z", (2, 3)), ("y", (1, 3)), ("x", (1, 2))])
def test_a_volume_turns_about_the_named_axis(axis, plane):
    volume = torch.rand(1, 5, 5, 5)
    assert run(Rotate((90, 90), axis=axis), Image(volume)) == Image(torch.rot90(volume, 1, plane))


def test_turning_is_that_of_scipy():
    picture = torch.rand(1, 21, 21, dtype=torch.float64)
    turned = run(Rotate((20, 20)) | Border("border"), Image(picture)).data[0]
    expected = ndimage.rotate(picture[0].numpy(), 20, reshape=False, order=1, mode="nearest")
    np.testing.assert_allclose(turned, expected, atol=1e-9)


def test_zooming_in_enlarges_about_the_centre():
    points = Keypoints(torch.tensor([[4.0, 4.0], [4.0, 6.0]]), (9, 9))
    assert run(Zoom(2, 2), points).data.tolist() == [[4, 4], [4, 8]]


def test_scaling_draws_a_factor_an_axis():
    draw = Scale(0.5, 2).draw(torch.Generator().manual_seed(0), Image(torch.rand(1, 5, 7, 9)))
    points = draw(Keypoints(torch.tensor([[2.0, 3.0, 4.0], [3.0, 4.0, 5.0]], dtype=torch.float64), (5, 7, 9)))
    assert points.data[0].tolist() == [2, 3, 4]
    assert (points.data[1] - points.data[0]).tolist() == pytest.approx(draw.steps[0].numbers)
    assert len(set(draw.steps[0].numbers)) == 3


def test_a_mirror_swaps_the_rows_of_pairs_and_two_mirrors_do_not():
    eyes = Keypoints(torch.tensor([[3.0, 2.0], [3.0, 6.0]]), (8, 8), labels=("left", "right"), pairs=((0, 1),))
    assert run(Flip("x"), eyes).data.tolist() == [[3, 1], [3, 5]]
    assert run(Flip("x") | Flip("y"), eyes).data.tolist() == [[4, 5], [4, 1]]


def test_a_shift_is_a_fraction_of_each_axis():
    points = Keypoints(torch.zeros(1, 3), (10, 20, 40))
    assert run(Translate((0.1, 0.1)), points).data.tolist() == [[1, 2, 4]]


def test_a_shear_leans_lines():
    points = Keypoints(torch.tensor([[0.0, 4.0], [4.0, 4.0], [8.0, 4.0]]), (9, 9))
    torch.testing.assert_close(run(Shear((45, 45)), points).data, torch.tensor([[0.0, 0.0], [4.0, 4.0], [8.0, 8.0]]))


def test_ranges_are_kept():
    generator, image = torch.Generator().manual_seed(0), Image(torch.rand(1, 8, 8))
    for transform, low, high in [(Rotate(15), -15, 15), (Rotate((3, 5)), 3, 5), (Zoom(0.9, 1.1), 0.9, 1.1)]:
        numbers = [transform.draw(generator, image).steps[0].numbers[0] for _ in range(200)]
        assert low <= min(numbers) < low + 0.1 * (high - low)
        assert high - 0.1 * (high - low) < max(numbers) <= high


@pytest.mark.usefixtures("unchecked")
def test_impossible_transforms_are_refused_when_made():
    wrong = [
        (lambda: Flip("w"), "an axis x, y or z"),  # pyright: ignore[reportArgumentType]
        (lambda: Rotate((20, 10)), "low <= high in degrees"),
        (lambda: Zoom(0, 1), "0 < low <= high"),
        (lambda: Translate((1, 0)), "low <= high"),
        (lambda: Shear(90), "-90 < low"),
        (lambda: Shear(5, along="x", across="x"), "two different axes"),
        (lambda: Rotate(float("nan")), "finite low <= high"),
        (lambda: Rotate((0, float("inf"))), "finite low <= high"),
        (lambda: Zoom(1, float("inf")), "finite 0 < low <= high"),
        (lambda: Scale(0, 1), "finite 0 < low <= high"),
        (lambda: Scale(2, 1), "finite 0 < low <= high"),
        (lambda: Translate(float("nan")), "finite low <= high"),
        (lambda: Translate(10), r"shares of a length, and 10 is 1000 % of it; give pixels / length, or \(-10, 10\)"),
    ]
    for make, message in wrong:
        with pytest.raises(DrawError, match=message):
            make()


@pytest.mark.parametrize("make", [Rotate, Shear])
@pytest.mark.parametrize(("angle", "meant"), [(np.pi / 12, "15"), (0.5, "28.65"), (1.57, "89.95")])
def test_angles_in_radians_are_refused_in_one_error_that_says_the_degrees(make, angle, meant):
    with pytest.raises(
        DrawError, match=rf"wants degrees, and .* looks like radians: .* give {meant}, or \(-"
    ) as caught:
        make(float(angle))
    assert len(str(caught.value).splitlines()) == 1
    assert make((-angle, angle)).degrees == (-angle, angle)


def test_an_axis_that_a_picture_lacks_is_refused_when_drawn():
    picture = Image(torch.rand(1, 8, 8))
    with pytest.raises(DrawError, match="no z axis in a grid of 2"):
        Flip("z").draw(torch.Generator(), picture)
    with pytest.raises(DrawError, match=r"Rotate\(15, axis='x'\) needs a volume"):
        Rotate(15, axis="x").draw(torch.Generator(), picture)


def _tilted(*, tilt: float):
    """Give the affine of thick slices under a gantry that is tilted: z slides along y."""
    return ((0.0, 0.0, 0.7, 5.0), (tilt, 0.8, 0.0, -3.0), (4.0, 0.0, 0.0, 9.0), (0.0, 0.0, 0.0, 1.0))


@pytest.mark.parametrize("tilt", [0.0, 1.5])
@pytest.mark.parametrize("axis", ["z", "y", "x"])
def test_a_turn_of_a_scan_keeps_lengths_in_mm(axis, tilt):
    affine = torch.tensor(_tilted(tilt=tilt), dtype=torch.float64)
    scan = Image(torch.rand(1, 9, 30, 40), affine=_tilted(tilt=tilt))
    there = torch.tensor(Rotate((25, 25), axis=axis).draw(torch.Generator(), scan).matrix, dtype=torch.float64)
    in_mm = (affine @ there @ affine.inverse())[:3, :3]
    torch.testing.assert_close(in_mm @ in_mm.T, torch.eye(3, dtype=torch.float64))
    assert in_mm.det() == pytest.approx(1)
    assert in_mm.trace() == pytest.approx(1 + 2 * np.cos(np.radians(25)))


def test_a_ball_in_thick_slices_stays_a_ball_and_their_thickness_stays():
    spacing, lengths = (3.0, 1.0, 1.0), [torch.arange(count) - (count - 1) / 2 for count in (20, 60, 60)]
    places = torch.meshgrid(*(step * length for step, length in zip(spacing, lengths, strict=True)), indexing="ij")
    ball = torch.exp(-sum((place / 9).square() for place in places) / 2)[None]
    move = Rotate((30, 30), axis="x") | Rotate((20, 20), axis="y") | Border("zeros")
    turned = run(move, Image(ball, spacing=spacing))
    assert (turned.data - ball).abs().max() < 0.02
    assert turned.spacing == pytest.approx(spacing)
    slanted = run(move, Image(ball)).data
    assert (slanted - ball).abs().max() > 0.3


def test_a_scan_leans_by_the_angle_in_mm():
    picture = Image(torch.rand(1, 9, 9), spacing=(2.0, 0.5))
    draw = Shear((45, 45)).draw(torch.Generator(), picture)
    upright = Keypoints(torch.tensor([[3.0, 4.0], [4.0, 4.0], [5.0, 4.0]]), (9, 9))
    torch.testing.assert_close(draw(upright).data, torch.tensor([[3.0, 0.0], [4.0, 4.0], [5.0, 8.0]]))


@pytest.mark.parametrize("spacing", [(1.0, 1.0), (0.7, 0.70001)])
def test_steps_act_in_their_order_whether_pixels_of_equal_lengths_have_a_spacing_or_not(spacing):
    move = Scale(0.5, 2) | Shear((30, 30)) | Rotate((60, 60)) | Zoom(0.5, 2) | Shear((20, 20)) | Rotate(40)
    known, unknown = (Image(torch.rand(1, 20, 24), each) for each in (spacing, None))
    matrices = [move.draw(torch.Generator().manual_seed(1), each).matrix for each in (known, unknown)]
    assert matrices[0] == matrices[1]


def test_a_chain_turns_what_it_has_stretched_and_leant_before():
    """Whatever the grid: in mm, the map is that of the chain on pixels of 1 mm."""
    move = Scale(0.5, 2) | Shear((30, 30)) | Rotate((60, 60), axis="x") | Rotate((40, 40))
    sizes, affine = (9, 30, 40), torch.tensor(_tilted(tilt=0.0), dtype=torch.float64)
    scan = Image(torch.rand(1, *sizes), affine=_tilted(tilt=0.0))
    lengths = torch.tensor([4.0, 0.8, 0.7], dtype=torch.float64)
    there, on_cubes = (
        torch.tensor(move.draw(torch.Generator().manual_seed(1), each).matrix, dtype=torch.float64)[:3, :3]
        for each in (scan, Image(scan.data))
    )
    torch.testing.assert_close(lengths[:, None] * there / lengths, on_cubes)
    assert affine[:3, :3].norm(dim=0).tolist() == pytest.approx(lengths.tolist())


def test_another_grid_over_the_scene_changes_what_pixels_measure():
    scan = Image(torch.rand(1, 8, 20, 30), spacing=(3.0, 1.0, 0.5))
    for grid, spacing in [
        (Resize(8, 10, 30), (3.0, 2.0, 0.5)),
        (Resize(24, 20, 15), ()),
        (SpacingStep(1.0), ()),
        (CenterCrop(4, 10, 10), (3.0, 1.0, 0.5)),
    ]:
        numbers = (grid | Scale(0.5, 2) | Rotate((15, 15))).draw(torch.Generator(), scan).steps[-1].numbers
        assert numbers[1:] == pytest.approx(spacing)


def test_pixels_that_are_squares_to_the_precision_of_files_turn_as_those_of_pictures():
    picture = torch.rand(2, 6, 6)
    draw = Rotate((90, 90)).draw(torch.Generator(), Image(picture, spacing=(0.69999, 0.7)))
    assert draw.steps[0].numbers == (90.0,)
    assert draw(Image(picture)) == Image(torch.rot90(picture, 1, (1, 2)))
    slices = Image(torch.rand(1, 3, 6, 6), spacing=(5.0, 0.7, 0.7000001))
    assert run(Rotate((90, 90)), slices).data.equal(slices.data.rot90(1, (2, 3)))


def test_a_turn_in_mm_is_stored_whole_and_undone():
    scan = Image(torch.rand(1, 8, 16, 16), affine=_tilted(tilt=1.0))
    draw = (Rotate(20, axis="x") | Shear(10)).draw(torch.Generator().manual_seed(1), scan)
    assert Draw.from_json(draw.to_json()) == draw
    bare = Image(scan.data)  # a draw knows what it was drawn for: the spacing need not come again
    assert Draw.from_json(draw.to_json())(bare).data.equal(draw(scan).data)
    places = Keypoints(torch.rand(4, 3, dtype=torch.float64), (8, 16, 16))
    torch.testing.assert_close(draw.invert(draw(places)).data, places.data)


@pytest.mark.parametrize("metric", [(1.0,), (1.0, 0.0), (1.0, -2.0), (1.0, 2.0, 3.0, 4.0)])
def test_lengths_that_no_grid_has_are_refused_in_a_draw_made_by_hand(metric):
    with pytest.raises(DrawError, match=r"Rotate\(20\): a metric of 2 axes has 2 lengths above 0 or 3 numbers, got"):
        Draw((8, 8), (Step(Rotate(20), (10.0, *metric)),))
