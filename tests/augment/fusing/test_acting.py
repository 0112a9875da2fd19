import pytest
import torch

from leyden.augment import Brightness, CenterCrop, Contrast, Draw, Flip, Resize, Rotate, Step, Translate, Zoom
from leyden.augment.blur import Downscale, GaussianBlur, MotionBlur, Sharpen
from leyden.augment.colour import CLAHE, Gamma, ZNorm
from leyden.augment.erase import CoarseDropout
from leyden.augment.fusing.acting import act, act_back, act_within, forbid_nan
from leyden.augment.label import Remap
from leyden.augment.spatial import Elastic
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Mask

BIG = (70, 68, 66)  # more than 64 x 64 x 64: parts are computed as such


def draw_for(chain, sample, seed=0):
    return chain.draw(torch.Generator().manual_seed(seed), sample)


def volume_of(size, channels=1):
    places = torch.meshgrid(*(torch.linspace(0, 9, count) for count in size), indexing="ij")
    smooth = 0.5 + 0.2 * torch.sin(places[0]) + 0.2 * torch.cos(places[1] + places[-1])
    return Image(smooth.expand(channels, *size).contiguous()), Mask((4 * smooth).to(torch.uint8))


def window_of(item, start, size):
    data = item.data if isinstance(item, Mask) else item.data[0]
    return data[tuple(slice(first, first + count) for first, count in zip(start, size, strict=True))]


def test_labels_change_after_moves_and_colours_do_not_touch_them():
    sample = Image(torch.zeros(1, 1, 3)), Mask(torch.tensor([[1, 2, 2]]))
    chain = Brightness((0.5, 0.5)) | Remap(((1, 5),)) | Flip("x")
    image, mask = act(draw_for(chain, sample).fusion, sample)
    assert mask == Mask(torch.tensor([[2, 2, 5]]))
    assert image == Image(torch.full((1, 1, 3), 0.5))


def test_going_back_undoes_labels_colours_and_places():
    sample = Image(torch.rand(1, 3, 4)), Mask(torch.tensor([[1, 2, 3, 0]] * 3))
    fusion = draw_for(Flip("x") | Remap(((1, 2), (2, 1))) | Brightness((0.5, 0.5)), sample).fusion
    image, mask = act_back(fusion, act(fusion, sample))
    assert mask == sample[1]
    torch.testing.assert_close(image.data, sample[0].data)


@pytest.mark.parametrize("start", [(0, 0, 0), (35, 5, 7), (69, 67, 65)])
def test_a_window_without_statistics_is_that_of_the_whole(start):
    sample = volume_of(BIG)
    size = tuple(min(3, whole - first) for first, whole in zip(start, BIG, strict=True))
    draw = draw_for(Rotate(20) | Elastic(0.05) | Zoom(0.9, 1.2) | Brightness(0.3), sample)
    image, mask = act_within(draw.fusion, sample, start, size)
    whole = draw(sample)
    torch.testing.assert_close(image.data[0], window_of(whole[0], start, size), atol=1e-5, rtol=0)
    assert (mask.data == window_of(whole[1], start, size)).all()


@pytest.mark.parametrize("colour", [Contrast((0.5, 0.5)), ZNorm(), Gamma(0.7, 0.7)])
def test_a_window_with_statistics_is_a_near_likeness(colour):
    sample = volume_of((80, 72, 90), channels=2)
    draw = draw_for(Rotate((10, 10)) | colour | Brightness((0.1, 0.1)), sample)
    part = draw.part(sample, (40, 0, 0), (1, 72, 90))
    whole = draw(sample)[0].data[:, 40:41]
    assert (part[0].data - whole).abs().max() < 0.02 * (whole.max() - whole.min())


def test_a_window_of_a_small_grid_is_exact_whatever_the_steps():
    sample = Image(torch.rand(3, 40, 50)), Mask(torch.ones(40, 50, dtype=torch.uint8))
    draw = draw_for(Rotate(20) | Gamma(0.5, 0.6) | Contrast(0.4), sample)
    image, mask = draw.part(sample, (3, 7), (10, 20))
    assert image == Image(draw(sample)[0].data[:, 3:13, 7:27])
    assert mask.size == (10, 20)


@pytest.mark.parametrize(
    "colour",
    [GaussianBlur(2, 2), Sharpen(0.5, 0.5), MotionBlur(5, 5), Downscale(0.5, 0.5), CoarseDropout(3, 3), CLAHE()],
)
def test_a_window_is_exact_where_a_step_depends_on_places_or_neighbours(colour):
    sample = volume_of(BIG)[0]
    draw = draw_for(Rotate((10, 10)) | colour, sample)
    part = draw.part(sample, (30, 0, 0), (1, 68, 66))
    assert torch.equal(part.data, draw(sample).data[:, 30:31])


def test_points_of_a_window_count_from_its_first_pixel():
    points = Keypoints(torch.tensor([[30.0, 20.0, 10.0]]), BIG)
    part = draw_for(Translate((0, 0)), points).part(points, (28, 0, 5), (5, 68, 10))
    assert part.data.tolist() == [[2.0, 20.0, 5.0]]
    assert part.size == (5, 68, 10)


def test_a_window_beyond_the_grid_is_refused():
    image = Image(torch.rand(1, 8, 8))
    draw = draw_for(CenterCrop(4), image)
    for start, size in [((0, 0), (5, 4)), ((-1, 0), (2, 2)), ((0, 0), (0, 4)), ((0, 0, 0), (1, 1, 1)), ((0,), (4, 4))]:
        with pytest.raises(DrawError, match=r"is not within the new grid of 4 x 4; give a first pixel and a length"):
            draw.part(image, start, size)


def test_nan_in_view_is_refused_and_nan_out_of_view_is_not():
    data = torch.rand(1, 8, 8)
    data[0, 0, 0] = torch.nan
    with pytest.raises(DrawError, match=r"an image with NaN, 1 of 64 values in view; clean it first"):
        draw_for(Flip("x"), Image(data))(Image(data))
    assert draw_for(CenterCrop(4), Image(data))(Image(data)).data.isfinite().all()


def test_infinite_values_are_not_taken_for_nan():
    forbid_nan(torch.tensor([[torch.inf, -torch.inf, 1.0]]))
    forbid_nan(torch.full((1, 9), 60000.0, dtype=torch.float16))
    forbid_nan(torch.tensor([[255]], dtype=torch.uint8))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float16, torch.float32, torch.float64])
@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 1, 9), (4, 5, 1), (3, 1, 4, 5)])
def test_every_dtype_and_the_narrowest_grids_pass(dtype, shape):
    image = Image((200 * torch.rand(shape)).to(dtype))
    draw = Draw(image.size, (Step(Flip("x")), Step(Resize(3)), Step(Contrast(0.2), (1.1,))))
    result = draw(image)
    assert result.data.dtype == (torch.float32 if dtype == torch.uint8 else dtype)
    assert result.size == (3,) * (len(shape) - 1)


@pytest.mark.usefixtures("unchecked")
def test_a_window_is_of_whole_pixels():
    image = Image(torch.rand(1, 8, 8))
    with pytest.raises(DrawError, match="a window"):
        Flip("x").draw(torch.Generator(), image).part(image, (0.5, 0), (4, 4))
