import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import skimage
import torch
from scipy import ndimage
from torch import Tensor

from leyden.augment import (
    Border,
    Brightness,
    CenterCrop,
    Contrast,
    Draw,
    Flip,
    Intensity,
    Maybe,
    RandomCrop,
    Resize,
    Rotate,
    Shear,
    Spatial,
    Step,
    Translate,
    Zoom,
    about_centre,
    register,
    scaling,
)  # fmt: skip
from leyden.augment.fusing import read_draws, write_draws
from leyden.errors import DrawError
from leyden.items import Image, Item, Keypoints, Label, Mask, counting

CHAIN = Maybe(Flip("x")) | Rotate(15) | Zoom(0.8, 1.1) | Shear(5) | Translate(0.1) | Resize(40) | RandomCrop(24)
COLOURED = CHAIN | Brightness(0.2) | Contrast(0.3)


@register
@dataclass(frozen=True, repr=False)
class Squash(Spatial):
    low: float

    def ranges(self, size):
        return ((self.low, 1.0),)

    def matrix(self, numbers, size):
        return about_centre(scaling((*(1.0 for _ in size[1:]), *numbers)), size)


@register
@dataclass(frozen=True, repr=False)
class Darker(Intensity):
    low: float
    high: float

    def ranges(self, size):
        return ((self.low, self.high),)

    def change(self, numbers, data):
        return data.clamp(0, 1) ** numbers[0]


def sample_of(size):
    mask = torch.randint(0, 3, size).to(torch.uint8)
    return Image(torch.rand(3, *size)), mask_and_more(mask, size)


def mask_and_more(mask, size):
    return {"mask": Mask(mask), "points": Keypoints(torch.rand(4, len(size)), size), "label": Label(1), "path": "a.png"}


def draw_for(chain, sample, seed=0):
    return chain.draw(torch.Generator().manual_seed(seed), sample)


@pytest.mark.parametrize("size", [(40, 48), (20, 22, 24)])
def test_every_image_is_interpolated_once_on_the_new_grid_only(size, interpolations):
    sample = sample_of(size)
    draw = draw_for(COLOURED, sample)
    assert draw.resamples == 1
    image, rest = draw(sample)
    assert len(interpolations) == 2
    assert image.size == rest["mask"].size == rest["points"].size == (24,) * len(size)


@pytest.mark.parametrize("size", [(40, 48), (20, 22, 24)])
def test_an_image_that_asks_for_cubic_reading_gets_it_in_the_one_resample_and_back(size, interpolations):
    rough, rest = sample_of(size)
    sharp = replace(rough, interpolation="cubic")
    draw = draw_for(COLOURED, (sharp, rest))
    assert draw == draw_for(COLOURED, (rough, rest))
    assert draw.to_json() == draw_for(COLOURED, (rough, rest)).to_json()
    (image, others), (linear, same) = draw((sharp, rest)), draw((rough, rest))
    assert len(interpolations) == 4
    assert (image.interpolation, linear.interpolation) == ("cubic", "linear")
    assert 1e-3 < (image.data - linear.data).abs().mean() < 0.1
    assert others == same
    again = Draw.from_json(draw.to_json())((sharp, rest))
    assert again == (image, others)
    assert draw.spatial.invert(image).interpolation == "cubic"


@pytest.mark.parametrize("size", [(300, 310), (70, 72, 74)])
def test_a_window_of_what_is_read_cubically_is_that_of_the_whole(size):
    sharp = Image(torch.rand(1, *size), interpolation="cubic")
    draw = draw_for(Rotate(15) | Zoom(0.8, 1.2), sharp)
    start, window = (31, *(5 for _ in size[1:])), (1, *(40 for _ in size[1:]))
    part = draw.part(sharp, start, window)
    cut = tuple(slice(first, first + count) for first, count in zip(start, window, strict=True))
    torch.testing.assert_close(part.data, draw(sharp).data[:, *cut], atol=1e-5, rtol=0)
    assert part.interpolation == "cubic"


@pytest.mark.parametrize("size", [(40, 48), (20, 22, 24)])
def test_a_mask_that_asks_for_a_vote_gets_it_in_the_one_resample_and_back(size):
    plain = Mask(torch.randint(0, 4, size))
    voting = replace(plain, interpolation="vote")
    draw = draw_for(CHAIN, voting)
    assert draw.to_json() == draw_for(CHAIN, plain).to_json()
    with counting() as counter:
        voted = draw(voting)
    assert counter.resamples == draw.resamples == 1
    assert 0.05 < (voted.data != draw(plain).data).float().mean() < 0.7
    assert Draw.from_json(draw.to_json())(voting) == voted
    assert voted.interpolation == draw.spatial.invert(voted).interpolation == "vote"
    assert set(draw.spatial.invert(voted).data.unique().tolist()) <= set(range(4))


@pytest.mark.parametrize("size", [(300, 310), (70, 72, 74)])
def test_a_window_of_labels_that_vote_is_that_of_the_whole(size):
    blobs = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=size), 3)
    mask = Mask(torch.from_numpy((blobs > 0) + 2 * (blobs > blobs.std())), interpolation="vote")
    draw = draw_for(Rotate(15) | Zoom(0.4, 0.8), mask)
    start, window = (31, *(5 for _ in size[1:])), (1, *(40 for _ in size[1:]))
    part = draw.part(mask, start, window)
    cut = tuple(slice(first, first + count) for first, count in zip(start, window, strict=True))
    assert (part.data != draw(mask).data[cut]).float().mean() < 0.002
    assert part.interpolation == "vote"


def test_flips_crops_and_quarter_turns_are_never_interpolated(interpolations):
    sample = sample_of((16, 16))
    draw = draw_for(Flip("x") | Rotate((90, 90)) | RandomCrop(7) | Flip("y") | Rotate((-180, -180)), sample)
    draw.invert(draw(sample))
    assert draw.resamples == 0
    assert interpolations == []


@pytest.mark.parametrize("chain", [COLOURED | Squash(0.5) | Darker(0.8, 1.2), Border("zeros") | Flip("y"), CHAIN])
@pytest.mark.parametrize("seed", range(4))
def test_a_stored_draw_replays_byte_for_byte(chain, seed):
    sample = sample_of((40, 48))
    draw = draw_for(chain, sample, seed)
    again = Draw.from_json(draw.to_json())
    assert again == draw
    assert again.to_json() == draw.to_json()
    assert again(sample) == draw(sample)
    assert again(sample)[0].data.numpy().tobytes() == draw(sample)[0].data.numpy().tobytes()


def test_a_draw_prints_its_numbers():
    draw = draw_for(Flip("x") | RandomCrop(8) | Zoom(2, 2), sample_of((8, 8)))
    assert repr(draw) == "Draw(8 x 8: Flip('x'), RandomCrop(8) at 0, 0, Zoom(2, 2) at 2)"
    assert repr(Draw((8, 8), ())) == "Draw(8 x 8: nothing)"
    assert repr(Draw((8, 8), (Step(CenterCrop(4)),))) == "Draw(8 x 8 -> 4 x 4: CenterCrop(4))"


def test_the_matrix_says_where_places_go():
    draw = draw_for(Flip("x") | CenterCrop(4), sample_of((8, 8)))
    assert draw.matrix == ((1.0, 0.0, -2.0), (0.0, -1.0, 5.0), (0.0, 0.0, 1.0))


@pytest.mark.parametrize("size", [(9, 12), (5, 9, 12)])
def test_exact_draws_come_back_bit_for_bit(size):
    image, rest = sample_of(size)
    draw = draw_for(Flip("x") | Flip("y") | Flip("x"), image)
    assert draw.invert(draw((image, rest["mask"]))) == (image, rest["mask"])


def test_an_inverted_crop_lies_where_it_was_cut_with_zeros_around():
    image = Image(torch.rand(1, 8, 8))
    draw = draw_for(CenterCrop(4), image)
    expected = torch.zeros(1, 8, 8)
    expected[:, 2:6, 2:6] = image.data[:, 2:6, 2:6]
    assert draw.invert(draw(image)) == Image(expected)


def test_images_come_back_on_the_original_grid():
    rows, columns = torch.meshgrid(torch.arange(60.0), torch.arange(70.0), indexing="ij")
    image = Image(torch.stack((torch.sin(rows / 9), torch.cos(columns / 9))).double())
    draw = draw_for(Rotate(20) | Zoom(1.1, 1.3) | Resize(90) | Brightness(0.5) | Contrast((0.4, 0.5)), image)
    back = draw.spatial.invert(draw.spatial(image))
    assert back.size == (60, 70)
    inside = (slice(None), slice(20, 40), slice(25, 45))
    assert (back.data[inside] - image.data[inside]).abs().max() < 0.01
    # colours come back to a constant: contrast acts about the mean of what is in view
    there = draw(image)
    torch.testing.assert_close(draw.invert(there).data[inside], back.data[inside], atol=1e-9, rtol=0)


def test_predictions_come_back_without_their_colours_changed():
    draw = draw_for(Flip("x") | Brightness((0.5, 0.5)), Image(torch.rand(1, 4, 4)))
    prediction = Image(torch.rand(5, 4, 4))
    assert draw.spatial.invert(prediction) == Image(prediction.data.flip(2))


def test_fusing_keeps_more_of_a_photograph_than_step_by_step():
    image = Image(torch.tensor(skimage.data.chelsea()[20:276, 100:356]).permute(2, 0, 1) / 255)
    chain = Rotate((10, 10)) | Zoom(1.1, 1.1) | Shear((6, 6)) | Rotate((-25, -25)) | CenterCrop(128)
    draw = draw_for(chain, image)
    step_by_step = image
    for step in draw.steps:
        step_by_step = Draw(step_by_step.size, (step,))(step_by_step)
    new = np.indices(draw.new_size).reshape(2, -1)
    places = (np.linalg.inv(draw.matrix) @ np.vstack([new, np.ones(new.shape[1])]))[:2]
    planes = image.data.numpy()
    truth = np.stack([ndimage.map_coordinates(plane, places, order=5, mode="grid-mirror") for plane in planes])

    def fidelity(result):
        return -10 * np.log10(((result.data.numpy().reshape(truth.shape) - truth) ** 2).mean())

    assert fidelity(draw(image)) > fidelity(step_by_step) + 3


def test_items_of_ones_own_move_with_the_others():
    @dataclass(frozen=True, eq=False)
    class Arrow(Item):
        ends: Tensor

        @property
        def size(self):
            return (8, 8)

        def warp(self, move):
            return Arrow(move.points(self.ends))

    image = Image(torch.rand(1, 8, 8))
    moved = draw_for(Flip("x"), image)([image, Arrow(torch.zeros(1, 2))])[1]
    assert moved == Arrow(torch.tensor([[0.0, 7.0]]))


def test_a_sample_must_hold_items_on_one_grid():
    with pytest.raises(DrawError, match=r"share a grid, got Image 8 x 8, Mask 4 x 4"):
        draw_for(Flip("x"), (Image(torch.rand(1, 8, 8)), Mask(torch.ones(4, 4, dtype=torch.int64))))
    for empty in (torch.rand(1, 8, 8), (), {"label": Label(1)}):
        with pytest.raises(DrawError, match=r"wrap it in leyden.items.Image"):
            draw_for(Flip("x"), empty)


def test_a_bare_tensor_beside_items_passes_untouched():
    bare = torch.rand(3, 8, 8)
    assert draw_for(CHAIN, sample_of((40, 40)))((Image(torch.rand(1, 40, 40)), bare))[1] is bare


def test_a_draw_refuses_samples_of_another_grid():
    draw = draw_for(CenterCrop(4), Image(torch.rand(1, 8, 8)))
    with pytest.raises(DrawError, match="a draw for 8 x 8 items, a sample of 6 x 6; draw again"):
        draw(Image(torch.rand(1, 6, 6)))
    with pytest.raises(DrawError, match="a draw for 4 x 4 items, a sample of 8 x 8"):
        draw.invert(Image(torch.rand(1, 8, 8)))


def test_only_registered_transforms_of_plain_numbers_can_be_stored():
    @dataclass(frozen=True)
    class Hidden(Spatial):
        def matrix(self, numbers, size):
            return scaling((1.0,) * (len(size) + 1))

    @register
    @dataclass(frozen=True, repr=False)
    class Heavy(Hidden):
        where: Path

    image = Image(torch.rand(1, 8, 8))
    with pytest.raises(DrawError, match="no transform named 'Hidden' is registered"):
        draw_for(Hidden(), image).to_json()
    with pytest.raises(DrawError, match=r"cannot be written as JSON.*plain, finite numbers"):
        draw_for(Heavy(Path("a")), image).to_json()


def test_what_is_no_stored_draw_is_refused():
    text = draw_for(CHAIN, sample_of((40, 40))).to_json()
    for broken in ("", "[1]", "{}", text.replace('"steps"', '"stops"'), text.replace('"arguments"', '"words"')):
        with pytest.raises(DrawError, match="not a stored draw"):
            Draw.from_json(broken)
    with pytest.raises(DrawError, match="version 9; this leyden reads version 1"):
        Draw.from_json(json.dumps({**json.loads(text), "leyden.draw": 9}))
    with pytest.raises(DrawError, match="no transform named 'Flop'"):
        Draw.from_json(text.replace("Rotate", "Flop"))


def test_a_list_of_draws_is_one_text():
    sample = sample_of((40, 48))
    draws = [draw_for(COLOURED, sample, seed) for seed in range(3)]
    assert read_draws(write_draws(draws)) == draws
    assert read_draws(write_draws([])) == []
    for broken in ("[]", draws[0].to_json(), '{"leyden.draws": [1]}'):
        with pytest.raises(DrawError, match="not a stored draw"):
            read_draws(broken)


def test_a_fused_draw_is_the_draw_of_its_steps():
    draw = draw_for(COLOURED, sample_of((40, 48)))
    again = Draw(draw.size, draw.steps)
    assert draw == again
    assert hash(draw) == hash(again)
    assert draw.fusion == again.fusion
    assert Draw.fused(draw.fusion, draw.steps) == draw


def test_samples_and_their_tensors_are_not_changed():
    sample = sample_of((40, 48))
    before = sample[0].data.clone(), sample[1]["mask"].data.clone(), sample[1]["points"].data.clone()
    draw = draw_for(COLOURED, sample)
    draw.invert(draw(sample))
    after = sample[0].data, sample[1]["mask"].data, sample[1]["points"].data
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Draw.from_json(None), "not a stored draw"),
        (lambda: Draw((8, 8), (Step(Rotate(15)),)), "too few numbers for 2 axes"),
        (lambda: Draw((8, 8), (Flip("x"),)), "a draw is made of steps, got Flip"),
        (lambda: Draw((8, 8), (Step(Flip("x") | Flip("y")),)), "a draw is made of steps"),
        (lambda: Draw((8, 0), ()), r"got size \(8, 0\)"),
        (lambda: Draw((8,), ()), r"got size \(8,\)"),
        (lambda: Draw((8.0, 8.0), ()), r"got size \(8\.0, 8\.0\)"),
        (lambda: Draw(8, ()), "got size 8"),
        (lambda: write_draws(Draw((8, 8), ())), "wants several draws, got one"),
    ],
)
def test_draws_that_cannot_be_are_refused(make, told):
    with pytest.raises(DrawError, match=told):
        make()


@pytest.mark.usefixtures("unchecked")
def test_a_size_in_a_list_is_a_size():
    image = Image(torch.rand(1, 8, 6))
    draw = Draw([8, 6], [Step(Flip("x"))])
    assert draw == Draw((8, 6), (Step(Flip("x")),))
    assert torch.equal(draw(image).data, image.data.flip(2))
