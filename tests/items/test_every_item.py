"""Every item through every kind of move: what is drawn at a place is found where the moved item says."""

import pytest
import torch

from leyden.augment import CenterCrop, Flip, Resize, Rotate, Translate, Zoom
from leyden.items import Image, Keypoints, Label, Mask, Row
from leyden.items.boxes import Boxes
from leyden.items.heatmap import Heatmap
from leyden.items.label import SoftLabel
from leyden.items.polygon import Polygon

SIZES = [(60, 72), (30, 34, 38)]
MOVES = [
    Flip("x"),
    Flip("y"),
    Rotate((25, 25)),
    Rotate((90, 90)),
    Zoom(0.8, 0.8),
    Zoom(1.3, 1.3),
    CenterCrop(28),
    Resize(40),
    Translate((0.07, 0.07)),
    Flip("x") | Rotate((-20, -20)) | Zoom(0.9, 0.9) | CenterCrop(27) | Resize(36),
]


def moved_by(chain, sample):
    return chain.draw(torch.Generator().manual_seed(0), sample)(sample)


@pytest.fixture(params=MOVES, ids=repr)
def chain(request):
    return request.param


@pytest.fixture(params=SIZES, ids=str)
def size(request):
    return request.param


def spread(size):
    """Give three places around the middle of a grid."""
    shares = torch.tensor([[0.45, 0.4, 0.42], [0.55, 0.47, 0.6], [0.4, 0.62, 0.5]])[:, : len(size)]
    return shares * (torch.tensor(size) - 1)


def blob(size, place, sigma=1.5):
    return Heatmap.of_points(Keypoints(place[None], size), sigma).data


def centre_of_mass(data):
    grids = torch.meshgrid(*(torch.arange(count, dtype=data.dtype) for count in data.shape), indexing="ij")
    return torch.stack([(grid * data).sum() for grid in grids]) / data.sum()


def test_a_blob_lands_where_its_point_lands(chain, size):
    places = spread(size)
    images = [Image(blob(size, place)) for place in places]
    *moved, points = moved_by(chain, (*images, Keypoints(places, size)))
    for image, place in zip(moved, points.data, strict=True):
        assert (centre_of_mass(image.data[0]) - place).abs().max() < 0.5


def test_the_top_of_a_heat_map_follows_its_point_by_label(chain, size):
    points = Keypoints(spread(size), size, labels=("left", "right", "nose"), pairs=((0, 1),))
    heat, points = moved_by(chain, (Heatmap.of_points(points, 2.0), points))
    assert (heat.labels, heat.pairs) == (points.labels, points.pairs)
    assert (heat.to_points().data - points.data).abs().max() < 0.5


def test_left_and_right_swap_in_a_mirror_and_nowhere_else(chain, size):
    places = spread(size)
    named, bare = Keypoints(places, size, pairs=((0, 1),)), Keypoints(places, size)
    plain = Heatmap.of_points(bare, 2.0)
    mirrors = repr(chain).startswith("Flip")
    points, bare_points, heat, plain_heat = moved_by(chain, (named, bare, Heatmap.of_points(named, 2.0), plain))
    order = [1, 0, 2] if mirrors else [0, 1, 2]
    assert points.data.equal(bare_points.data[order])
    assert heat.data.equal(plain_heat.data[order])


def test_a_box_is_that_of_the_moved_pixels_and_no_label_is_new(chain, size):
    data = torch.zeros(size, dtype=torch.uint8)
    for label, start, length in ((3, 0.36, 0.12), (7, 0.52, 0.1)):
        data[tuple(slice(round(start * count), round((start + length) * count)) for count in size)] = label
    mask, boxes = moved_by(chain, (Mask(data), Boxes.of_mask(Mask(data))))
    assert mask.data.unique().tolist() == [0, 3, 7]
    found = Boxes.of_mask(mask)
    assert found.labels == boxes.labels
    # the corner of a turned box is a pixel that may or may not lie in it by its centre
    assert (found.data - boxes.data).abs().max() <= 1
    assert boxes.clipped() == boxes


def test_outlines_fill_the_pixels_that_their_mask_moves_to(chain):
    size = SIZES[0]
    corners = torch.tensor([[0.35, 0.35], [0.4, 0.65], [0.6, 0.6], [0.5, 0.48], [0.65, 0.37]]) * torch.tensor(size)
    polygon = Polygon(corners, size)
    mask, outlines = moved_by(chain, (polygon.to_mask(), polygon))
    drawn = outlines.to_mask()
    wrong = (drawn.data != mask.data).sum()
    edge = (outlines.data - outlines.data.roll(-1, 0)).norm(dim=1).sum()
    # a new pixel takes the label of the nearest old one, whose centre may lie across the line
    assert wrong <= 0.4 * edge
    assert (centre_of_mass(drawn.data.double()) - centre_of_mass(mask.data.double())).abs().max() < 0.5


def test_outlines_in_slices_follow_turns_within_them():
    ring = torch.tensor([[5.0, 8.2, 8.2], [5.0, 8.2, 20.2], [5.0, 18.2, 14.2]])
    polygon = Polygon(ring, (12, 30, 32))
    mask, outlines = moved_by(Flip("z") | Rotate((90, 90)) | Flip("x"), (polygon.to_mask(), polygon))
    assert outlines.to_mask() == mask


def test_what_has_no_place_stays(chain):
    rest = {"label": Label(1), "soft": SoftLabel(torch.tensor([0.5, 0.5])), "row": Row({"age": 1}), "file": "a.png"}
    sample = {"image": Image(torch.rand(1, 60, 72)), **rest}
    moved = moved_by(chain, sample)
    assert all(moved[name] is item for name, item in rest.items())


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float16, torch.float64])
def test_images_keep_their_type(chain, size, dtype):
    image = moved_by(chain, Image((255 * torch.rand(2, *size)).to(dtype)))
    assert image.data.dtype == dtype
