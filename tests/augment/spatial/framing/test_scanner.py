from itertools import permutations, product
from typing import Any

import nibabel
import numpy as np
import pytest
import torch

from leyden.augment import Draw
from leyden.augment.spatial import Flip, Orientation, RandomCrop, Resize, Rotate, Spacing
from leyden.errors import DrawError
from leyden.items import Image, Mask

CODES = ["".join(letters) for order in permutations(("RL", "AP", "SI")) for letters in product(*order)]


def rows(matrix):
    return tuple(map(tuple, np.asarray(matrix, dtype=float).tolist()))


def scan_of(code, generator):
    """A volume whose axes x y z point to `code`, a little askew, with the affine that nibabel has for it."""
    axes = nibabel.orientations.axcodes2ornt(code)
    signed = np.zeros((3, 3))
    for axis, (world, sign) in enumerate(axes):
        signed[int(world), axis] = sign
    askew = np.linalg.qr(np.eye(3) + 0.15 * generator.standard_normal((3, 3)))[0]
    askew = askew * np.sign(np.diag(askew))
    affine = np.eye(4)
    affine[:3, :3] = askew @ signed @ np.diag([0.8, 1.5, 3.0])
    affine[:3, 3] = generator.standard_normal(3) * 50
    return affine


@pytest.mark.parametrize("goal", ["RAS", "LPS", "SAL", "PIR"])
def test_orienting_is_that_of_nibabel(goal):
    generator = np.random.default_rng(0)
    data = torch.arange(60.0).view(1, 3, 4, 5)
    for code in CODES:
        affine = scan_of(code, generator)  # of the places x y z
        ours = affine[:, [2, 1, 0, 3]]
        image = Orientation(goal)(torch.Generator(), Image(data, affine=rows(ours)))
        array = nibabel.Nifti1Image(data[0].numpy().T, affine)
        start = nibabel.orientations.io_orientation(affine)
        way = nibabel.orientations.ornt_transform(start, nibabel.orientations.axcodes2ornt(goal))
        expected: Any = array.as_reoriented(way.tolist())
        assert nibabel.aff2axcodes(expected.affine) == tuple(goal)
        np.testing.assert_array_equal(image.data[0].numpy().T, np.asarray(expected.dataobj))
        np.testing.assert_allclose(np.array(image.affine)[:, [2, 1, 0, 3]], expected.affine, atol=1e-9)


def test_what_lies_right_already_is_left_alone():
    affine = rows(np.diag([1.0, 1, 1, 1])[:, [2, 1, 0, 3]])
    image = Image(torch.rand(1, 3, 4, 5), affine=affine)
    draw = Orientation("RAS").draw(torch.Generator(), image)
    assert draw.steps[0].numbers == (1, 2, 3)
    assert draw(image) == image


def test_the_steps_before_count():
    affine = rows(np.diag([1.0, 1, 1, 1])[:, [2, 1, 0, 3]])
    image = Image(torch.rand(1, 4, 4, 4), affine=affine)
    chain = Flip("x") | Rotate((90, 90), axis="y") | Orientation("RAS")
    assert chain(torch.Generator(), image) == image


def test_a_mask_follows_the_affine_of_the_image_beside_it():
    affine = rows(np.diag([-2.0, 1, 1, 1])[:, [2, 1, 0, 3]])
    data = torch.rand(1, 3, 4, 5)
    image, mask = Orientation("RAS")(torch.Generator(), (Image(data, affine=affine), Mask((data[0] * 9).long())))
    assert torch.equal(image.data, data.flip(3))
    assert torch.equal(mask.data, (data[0] * 9).long().flip(2))


@pytest.mark.parametrize("code", ["RA", "RAA", "RLS", "XYZ", "ras", "RASS", ""])
def test_codes_that_name_no_three_axes_are_refused(code):
    with pytest.raises(DrawError, match='three letters such as "RAS"'):
        Orientation(code)


def test_without_an_affine_nothing_can_be_oriented():
    with pytest.raises(DrawError, match=r"Orientation\('RAS'\) needs an affine, .* give Image\(data, affine=...\)"):
        Orientation("RAS").draw(torch.Generator(), Image(torch.rand(1, 4, 4, 4)))
    with pytest.raises(DrawError, match="needs a volume"):
        Orientation("RAS").draw(torch.Generator(), Image(torch.rand(1, 4, 4)))


def test_pixels_get_the_size_asked_for_and_the_edges_stay():
    scan = Image(torch.rand(1, 20, 64, 48), spacing=(3.0, 0.75, 0.75))
    even = Spacing(1.5)(torch.Generator(), scan)
    assert even.size == (40, 32, 24)
    assert even.spacing == (1.5, 1.5, 1.5)
    assert even == Resize(40, 32, 24)(torch.Generator(), scan)
    assert Spacing(3.0, 1.5, 0.75)(torch.Generator(), scan).size == (20, 32, 48)


def test_a_spacing_that_does_not_divide_the_length_comes_out_near():
    scan = Image(torch.rand(1, 10, 10), spacing=(1.0, 1.0))
    coarse = Spacing(3.0)(torch.Generator(), scan)
    assert coarse.size == (3, 3)
    assert coarse.spacing == pytest.approx((10 / 3, 10 / 3))
    assert Spacing(100.0)(torch.Generator(), scan).size == (1, 1)


def test_spacing_looks_at_the_grid_after_the_steps_before():
    scan = Image(torch.rand(1, 20, 20, 20), spacing=(2.0, 2.0, 2.0))
    chain = RandomCrop(10) | Resize(20) | Spacing(2.0)
    draw = chain.draw(torch.Generator(), scan)
    assert draw.new_size == (10, 10, 10)
    assert draw.resamples == 0
    assert Draw.from_json(draw.to_json()) == draw


def test_without_a_spacing_or_a_length_above_zero_it_is_refused():
    with pytest.raises(DrawError, match=r"Spacing\(1.0\) needs the spacing of an item; give Image\(data, spacing="):
        Spacing(1.0).draw(torch.Generator(), Image(torch.rand(1, 4, 4)))
    with pytest.raises(DrawError, match="asked of a grid of 2 axes"):
        Spacing(1.0, 1.0, 1.0).draw(torch.Generator(), Image(torch.rand(1, 4, 4), spacing=(1.0, 1.0)))
    for wrong in ((), (0.0,), (-1.0,), (float("nan"),), (float("inf"),), (1.0, 1.0, 1.0, 1.0)):
        with pytest.raises(DrawError, match="one length, or one an axis, finite and above 0, in mm"):
            Spacing(*wrong)
