from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from leyden.augment import (
    Border,
    CenterCrop,
    Flip,
    RandomCrop,
    Resize,
    Rotate,
    Shear,
    Spatial,
    Transform,
    Translate,
    Zoom,
)
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Mask

FLAT = [
    Flip("x"),
    Flip("y"),
    Rotate(30),
    Zoom(0.8, 1.3),
    Translate(0.1),
    Shear(15),
    Resize(50),
    RandomCrop(36, 40, outside="fill"),
]
DEEP = [Flip("z"), Rotate(30), Rotate(40, axis="x"), Rotate(20, axis="y"), Zoom(0.85, 1.2), Translate(0.1)]
DEEP += [Shear(15), Shear(10, along="z", across="x"), Resize(22), CenterCrop(19, outside="fill")]


def run(transform: Transform, sample: Any, seed: int = 0) -> Any:
    return transform(torch.Generator().manual_seed(seed), sample)


def blob_at(point, size):
    """A bright spot, drawn by hand at a place between pixels."""
    places = np.indices(size).reshape(len(size), -1).T
    near = np.exp(-((places - point) ** 2).sum(1) / (2 * 1.5**2))
    return torch.tensor(near.reshape(1, *size))


chains = st.one_of(
    st.tuples(st.just((44, 52)), st.lists(st.sampled_from(FLAT), min_size=1, max_size=6)),
    st.tuples(st.just((20, 22, 24)), st.lists(st.sampled_from(DEEP), min_size=1, max_size=5)),
)


@settings(max_examples=60, deadline=None)
@given(chains, st.integers(0, 2**32), st.lists(st.floats(0.3, 0.7), min_size=3, max_size=3))
def test_a_blob_lands_where_its_keypoint_lands(case, seed, where):
    size, steps = case
    chain = Border("zeros")
    for step in steps:
        chain = chain | step
    point = np.array([part * (count - 1) for part, count in zip(where, size, strict=False)])
    sample = Image(blob_at(point, size)), Keypoints(torch.tensor(point)[None], size)
    image, points = run(chain, sample, seed)
    landed = points.data[0].numpy()
    if (landed > 5).all() and (landed < np.array(image.size) - 6).all():
        picture = image.data[0].numpy()
        peak = np.array(np.unravel_index(picture.argmax(), picture.shape))
        window = tuple(slice(max(0, at - 4), at + 5) for at in peak)
        centre = np.array(ndimage.center_of_mass(picture[window])) + [part.start for part in window]
        assert np.abs(centre - landed).max() < 0.5


@settings(max_examples=60, deadline=None)
@given(chains, st.integers(0, 2**32))
def test_points_come_back_from_any_chain(case, seed):
    size, steps = case
    chain = Border("zeros")
    for step in steps:
        chain = chain | step
    points = Keypoints(torch.rand(5, len(size), dtype=torch.float64) * 20, size)
    draw = chain.draw(torch.Generator().manual_seed(seed), points)
    back = draw.invert(draw(points))
    assert back.size == size
    torch.testing.assert_close(back.data, points.data, atol=1e-5, rtol=0)


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


@pytest.mark.parametrize(("mode", "corner"), [("zeros", 0.0), ("border", 1.0), ("reflection", 1.0)])
def test_the_border_mode_holds_for_images_while_masks_get_background(mode, corner):
    sample = Image(torch.ones(1, 9, 9)), Mask(torch.ones(9, 9, dtype=torch.uint8))
    image, mask = run(Rotate((45, 45)) | Border(mode), sample)
    assert image.data[0, 0, 0] == pytest.approx(corner)
    assert mask.data[0, 0] == 0


def test_reflection_is_the_default_and_the_last_border_counts():
    image = Image(torch.rand(1, 9, 9))
    assert run(Rotate((45, 45)), image) == run(Border("zeros") | Rotate((45, 45)) | Border("reflection"), image)


@pytest.mark.usefixtures("unchecked")
def test_impossible_transforms_are_refused_when_made():
    wrong = [
        (lambda: Flip("w"), "an axis x, y or z"),  # pyright: ignore[reportArgumentType]
        (lambda: Rotate((20, 10)), "low <= high in degrees"),
        (lambda: Zoom(0, 1), "0 < low <= high"),
        (lambda: Translate((1, 0)), "low <= high"),
        (lambda: Shear(90), "-90 < low"),
        (lambda: Shear(5, along="x", across="x"), "two different axes"),
        (lambda: Border("mirror"), "one of"),  # pyright: ignore[reportArgumentType]
    ]
    for make, message in wrong:
        with pytest.raises(DrawError, match=message):
            make()


def test_an_axis_that_a_picture_lacks_is_refused_when_drawn():
    picture = Image(torch.rand(1, 8, 8))
    with pytest.raises(DrawError, match="no z axis in a grid of 2"):
        Flip("z").draw(torch.Generator(), picture)
    with pytest.raises(DrawError, match=r"Rotate\(15, axis='x'\) needs a volume"):
        Rotate(15, axis="x").draw(torch.Generator(), picture)


def test_a_matrix_of_the_wrong_size_names_its_transform():
    @dataclass(frozen=True)
    class Narrow(Spatial):
        def matrix(self, numbers, size):
            return ((1.0, 0.0), (0.0, 1.0))

    with pytest.raises(DrawError, match=r"Narrow.* for 2 axes"):
        Narrow().draw(torch.Generator(), Image(torch.rand(1, 8, 8)))
