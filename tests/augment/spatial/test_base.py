from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

import leyden.augment.spatial as room
from leyden.augment import Chain, Draw, Transform
from leyden.augment.spatial import (
    Affine,
    Border,
    BoxSafeCrop,
    CenterCrop,
    Cubic,
    Dihedral,
    Elastic,
    Flip,
    GridDistortion,
    LabelCrop,
    Orientation,
    Pad,
    PadDivisible,
    Perspective,
    RandomCrop,
    RandomResizedCrop,
    Resize,
    Rot90,
    Rotate,
    Scale,
    Shear,
    Spacing,
    Spatial,
    Translate,
    Zoom,
)
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Mask
from leyden.items.boxes import Boxes
from leyden.items.grid import counting

BOTH = [
    Flip("x"),
    Flip("y"),
    Rotate(30),
    Zoom(0.8, 1.3),
    Scale(0.8, 1.3),
    Translate(0.1),
    Shear(15),
    Affine(degrees=20, zoom=(0.8, 1.2), translate=0.1, shear=10),
    Rot90(),
    Dihedral(),
    Elastic(0.05, 4),
    GridDistortion(0.15, 4),  # where cells of other widths meet, the middle of a blob of light is not its peak
    LabelCrop(19, outside="fill"),
    BoxSafeCrop(),
    BoxSafeCrop(30, keep="one"),
    PadDivisible(8),
    Spacing(1.25),
    RandomResizedCrop(30, scale=(0.5, 1)),
]
FLAT = [*BOTH, Resize(50), RandomCrop(36, 40, outside="fill"), Perspective(0.1), Resize(40, fit="shorter"), Pad(99)]
DEEP = [
    Flip("z"),
    Rotate(40, axis="x"),
    Rotate(20, axis="y"),
    Rot90("x"),
    Dihedral("y"),
    Cubic(),
    Cubic(mirrored=False),
]
DEEP += [Shear(10, along="z", across="x"), Resize(22), CenterCrop(19, outside="fill"), Orientation("LPI"), *BOTH]

FLAT_SIZE, DEEP_SIZE = (44, 52), (20, 22, 24)


def chain_of(steps):
    return Chain(Border("zeros"), *steps)


chains = st.one_of(
    st.tuples(st.just(FLAT_SIZE), st.lists(st.sampled_from(FLAT), min_size=1, max_size=6)),
    st.tuples(st.just(DEEP_SIZE), st.lists(st.sampled_from(DEEP), min_size=1, max_size=4)),
)


def draw_of(transform: Transform, sample: Any, seed: int = 0) -> Draw | None:
    """A draw; None for chains that ask the impossible: crops or fields that do not fit each other."""
    try:
        return transform.draw(torch.Generator().manual_seed(seed), sample)
    except DrawError as error:
        if any(words in str(error) for words in ("could fold", "would cut")):
            return None
        raise


def sample_at(point, size):
    """A bright spot, drawn by hand at a place between pixels, with everything that a transform may look at."""
    places = np.indices(size).reshape(len(size), -1).T
    near = np.exp(-((places - point) ** 2).sum(1) / (2 * 1.5**2)).reshape(size)
    affine = tuple(tuple(float(row == column) for column in range(len(size) + 1)) for row in range(len(size) + 1))
    return {
        "image": Image(torch.tensor(near)[None], affine=affine),
        "mask": Mask(torch.tensor(near > 0.6).to(torch.uint8)),
        "boxes": Boxes(torch.tensor([[*(point - 2), *(point + 2)]]), size),
        "points": Keypoints(torch.tensor(point)[None], size),
    }


@settings(max_examples=60, deadline=None)
@given(chains, st.integers(0, 2**32), st.lists(st.floats(0.3, 0.7), min_size=3, max_size=3))
def test_a_blob_lands_where_its_keypoint_lands(case, seed, where):
    size, steps = case
    point = np.array([part * (count - 1) for part, count in zip(where, size, strict=False)])
    sample = sample_at(point, size)
    draw = draw_of(chain_of(steps), sample, seed)
    if draw is None:
        return
    near = Keypoints(torch.tensor(point + np.concatenate((np.zeros((1, len(size))), np.eye(len(size))))), size)
    landed, *around = draw(near).data.numpy()
    larger = max(1, *(np.linalg.norm(place - landed) for place in around))
    reach = int(4 * larger) + 1  # four pixels around the middle held the blob before it was enlarged
    picture = draw(sample["image"]).data[0].numpy()
    if (landed > reach).all() and (landed < np.array(picture.shape) - reach - 1).all():
        peak = np.array(np.unravel_index(picture.argmax(), picture.shape))
        window = tuple(slice(max(0, at - reach), at + reach + 1) for at in peak)
        centre = np.array(ndimage.center_of_mass(picture[window])) + [part.start for part in window]
        assert np.abs(centre - landed).max() < 0.5 * larger


@settings(max_examples=40, deadline=None)
@given(chains, st.integers(0, 2**32))
def test_points_come_back_from_any_chain(case, seed):
    size, steps = case
    sample = sample_at(np.array([count / 2 for count in size]), size)
    draw = draw_of(chain_of(steps), sample, seed)
    if draw is not None:
        points = Keypoints(torch.rand(5, len(size), dtype=torch.float64) * 20, size)
        back = draw.invert(draw(points))
        assert back.size == size
        torch.testing.assert_close(back.data, points.data, atol=1e-5, rtol=0)


@settings(max_examples=25, deadline=None)
@given(chains, st.integers(0, 2**32))
def test_a_stored_draw_acts_byte_for_byte(case, seed):
    size, steps = case
    sample = sample_at(np.array([count / 2 for count in size]), size)
    draw = draw_of(chain_of(steps), sample, seed)
    if draw is not None:
        again = Draw.from_json(draw.to_json())
        assert again == draw
        assert again(sample) == draw(sample)


@pytest.mark.parametrize(("size", "steps"), [(FLAT_SIZE, FLAT), (DEEP_SIZE, DEEP)])
def test_the_longest_chain_is_one_resample_an_image(size, steps):
    chain = chain_of([step for step in steps if step != Pad(99)])
    sample = sample_at(np.array([count / 2 for count in size]), size)
    draw = chain.draw(torch.Generator().manual_seed(1), sample)
    with counting() as counter:
        draw({"image": sample["image"]})
    assert counter.resamples == draw.resamples == 1


@pytest.mark.parametrize("transform", [*FLAT, *DEEP, Affine(), LabelCrop(3, labels=(2, 5), weights=(1, 2))])
def test_a_transform_prints_as_the_expression_that_makes_it_and_says_what_it_does(transform):
    assert eval(repr(transform), dict(vars(room))) == transform
    assert transform.describe() != repr(transform)
    assert len(transform.describe()) < 80


@pytest.mark.parametrize(("size", "steps"), [(FLAT_SIZE, FLAT), (DEEP_SIZE, DEEP)])
def test_images_of_all_kinds_and_of_one_pixel_are_moved(size, steps):
    kinds = [
        (size, torch.full((1, *size), 7, dtype=torch.uint8)),
        ((1, *size[1:]), torch.zeros(2, 1, *size[1:]).half()),
        ((1,) * len(size), torch.rand(4, *(1,) * len(size)).double()),
    ]
    for shape, data in kinds:
        sample = sample_at(np.array([count / 2 for count in shape]), shape) | {"image": Image(data)}
        sample["mask"] = Mask(torch.zeros(shape, dtype=torch.int64), spacing=(1.0,) * len(size))
        for step in (step for step in steps if not isinstance(step, Orientation)):
            moved = step(torch.Generator().manual_seed(1), sample)
            assert moved["image"].data.dtype == data.dtype
            assert moved["image"].size == moved["mask"].size == moved["boxes"].size == moved["points"].size


def test_a_matrix_of_the_wrong_size_names_its_transform():
    @dataclass(frozen=True)
    class Narrow(Spatial):
        def matrix(self, numbers, size):
            return ((1.0, 0.0), (0.0, 1.0))

    with pytest.raises(DrawError, match=r"Narrow.* for 2 axes"):
        Narrow().draw(torch.Generator(), Image(torch.rand(1, 8, 8)))


@pytest.mark.parametrize(
    ("row", "last", "message"),
    [
        ((0.0, 0.0, 0.0), (0.0, 0.0, 1.0), "flattens space"),
        ((1.0, 0.0, float("nan")), (0.0, 0.0, 1.0), "no finite number"),
        ((float("inf"), 0.0, 0.0), (0.0, 0.0, 1.0), "no finite number"),
        ((1.0, 0.0, 0.0), (0.5, 0.0, -1.0), "horizon crosses the grid"),
    ],
)
def test_what_flattens_or_folds_is_refused_when_drawn_and_named(row, last, message):
    @dataclass(frozen=True)
    class Wrong(Spatial):
        def matrix(self, numbers, size):
            return (row, (0.0, 1.0, 0.0), last)

    with pytest.raises(DrawError, match=f"Wrong.*{message}"):
        Wrong().draw(torch.Generator(), Image(torch.rand(1, 8, 8)))


@pytest.mark.parametrize(("mode", "corner"), [("zeros", 0.0), ("border", 1.0), ("reflection", 1.0)])
def test_the_border_mode_holds_for_images_while_masks_get_background(mode, corner):
    sample = Image(torch.ones(1, 9, 9)), Mask(torch.ones(9, 9, dtype=torch.uint8))
    image, mask = (Rotate((45, 45)) | Border(mode))(torch.Generator(), sample)
    assert image.data[0, 0, 0] == pytest.approx(corner)
    assert mask.data[0, 0] == 0


def test_reflection_is_the_default_and_the_last_border_counts():
    image, generator = Image(torch.rand(1, 9, 9)), torch.Generator()
    turn = Rotate((45, 45))
    assert turn(generator, image) == (Border("zeros") | turn | Border("reflection"))(generator, image)


@pytest.mark.usefixtures("unchecked")
def test_an_unknown_border_is_refused():
    with pytest.raises(DrawError, match="one of"):
        Border("mirror")  # pyright: ignore[reportArgumentType]
