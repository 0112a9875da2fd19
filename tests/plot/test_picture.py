import numpy as np
import pytest
import torch
from skimage import data

from leyden.errors import PlotError
from leyden.plot import grid, overlay, png


def _shown(figure, index=0):
    return np.asarray(figure.axes[index].images[0].get_array())


def test_every_kind_of_image_shows_the_same_colours():
    colours = np.random.default_rng(0).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    tensor = torch.from_numpy(colours).permute(2, 0, 1)
    figure = grid([colours, colours / 255.0, tensor, tensor.float() / 255, (tensor.double() / 255).requires_grad_()])
    for index in range(5):
        np.testing.assert_allclose(_shown(figure, index), colours / 255, atol=1e-6)


@pytest.mark.parametrize("shape", [(1, 4, 5), (4, 5)])
def test_grey_tensors_are_grey(shape):
    grey = torch.rand(shape)
    np.testing.assert_allclose(_shown(grid([grey])), grey.reshape(4, 5, 1).expand(-1, -1, 3))


def test_grey_arrays_are_grey_and_half_precision_is_taken():
    assert _shown(grid([np.full((4, 5, 1), 128, np.uint8)])).shape == (4, 5, 3)
    assert _shown(grid([torch.full((3, 4, 5), 0.5, dtype=torch.bfloat16)])).max() == 0.5


def test_a_batch_is_a_row_of_images():
    figure = grid(torch.rand(6, 3, 8, 8), titles=list("abcdef"), columns=3, title="Batch")
    assert [axes.get_title() for axes in figure.axes] == list("abcdef")
    rows, columns, _, _ = figure.axes[0].get_subplotspec().get_geometry()
    assert (rows, columns) == (2, 3)
    assert figure.get_suptitle() == "Batch"


def test_columns_default_to_a_wide_rectangle():
    for count, expected in ((1, (1, 1)), (2, (1, 2)), (8, (2, 4)), (30, (5, 7))):
        figure = grid(torch.rand(count, 1, 4, 4))
        assert figure.axes[0].get_subplotspec().get_geometry()[:2] == expected


def test_places_that_are_not_finite_show_in_vermilion():
    image = torch.rand(1, 4, 4)
    image[0, 1, 2], image[0, 3, 3] = torch.nan, torch.inf
    shown = _shown(grid([image]))
    np.testing.assert_allclose(shown[[1, 3], [2, 3]] * 255, [[0xD5, 0x5E, 0x00]] * 2)


def test_a_faint_overshoot_is_clipped():
    assert _shown(grid([torch.full((3, 2, 2), 1.05)])).max() == 1.0


def test_no_images_are_said():
    figure = grid([])
    assert [text.get_text() for text in figure.axes[0].texts] == ["no images"]
    assert png(figure)


def test_all_faults_of_a_grid_are_named_at_once():
    images = [
        torch.rand(2, 4, 4),
        torch.full((3, 4, 4), -3.0),
        torch.ones(3, 4, 4, dtype=torch.int64),
        np.zeros((3, 8, 8)),
    ]
    said = (
        r"image 0 has shape \(2, 4, 4\); expected 'channel y x'.*; image 1 has values from -3 to 1; bring.*; "
        r"image 2 has type int64.*; image 3 has shape \(3, 8, 8\); expected 'y x channel'.*; 1 titles for 4.*; columns"
    )
    with pytest.raises(PlotError, match=said):
        grid(images, titles=["a"], columns=0)


def test_an_empty_image_is_refused():
    with pytest.raises(PlotError, match="not empty"):
        grid([torch.rand(3, 0, 4)])


def test_regions_are_tinted_and_named_and_background_is_left():
    mask = torch.zeros(6, 8, dtype=torch.int64)
    mask[1:3, 1:4], mask[4:, 5:], mask[0, 0] = 1, 2, -1
    figure = overlay(torch.zeros(1, 6, 8), mask, names={1: "left", 2: "right", 3: "absent"}, title="Scan")
    axes = figure.axes[0]
    layer = np.asarray(axes.images[1].get_array())
    np.testing.assert_array_equal(layer[..., 3] > 0, mask.numpy() != 0)
    assert len(np.unique(layer.reshape(-1, 4), axis=0)) == 4
    assert [text.get_text().strip() for text in axes.get_legend().get_texts()] == ["left", "right"]
    assert axes.get_title(loc="left") == "Scan"


def test_points_lie_where_they_are_said_to_and_leave_the_view_alone():
    points = torch.tensor([[2.0, 5.0], [float("nan"), 1.0], [30.0, 30.0]])
    axes = overlay(np.zeros((6, 8)), points=points).axes[0]
    for line in axes.lines:
        assert line.get_xydata().tolist() == [[5.0, 2.0], [30.0, 30.0]]
    assert axes.get_xlim() == (-0.5, 7.5)
    assert axes.get_ylim() == (5.5, -0.5)


@pytest.mark.parametrize(
    "mask",
    [torch.ones(6, 8, dtype=torch.uint8), torch.zeros(6, 8, dtype=torch.bool), np.arange(48).reshape(6, 8) * 2],
)
def test_any_mask_of_whole_numbers_can_be_drawn(mask):
    assert png(overlay(np.zeros((6, 8)), mask))


def test_hundreds_of_regions_are_tinted_without_outlines():
    mask = np.arange(400).reshape(20, 20)
    axes = overlay(np.zeros((20, 20)), mask).axes[0]
    assert len(axes.collections) == 0
    assert (np.asarray(axes.images[1].get_array())[..., 3] > 0).sum() == 399


def test_one_pixel_can_be_drawn():
    assert png(overlay(torch.zeros(3, 1, 1), torch.ones(1, 1, dtype=torch.int64), torch.zeros(1, 2)))


def test_what_is_given_is_left_alone():
    photograph, mask = data.chelsea()[:50, :60].copy(), np.ones((50, 60), int)
    before = photograph.copy()
    overlay(photograph, mask, np.zeros((1, 2)))
    np.testing.assert_array_equal(photograph, before)
    np.testing.assert_array_equal(mask, 1)


def test_all_faults_of_an_overlay_are_named_at_once():
    said = r"the mask has type float64.*; the mask has shape \(2, 2\), the image \(4, 4\); the points have shape \(3,\)"
    with pytest.raises(PlotError, match=said):
        overlay(np.zeros((4, 4)), np.zeros((2, 2)), np.zeros(3))


def test_a_broken_image_is_not_held_against_its_mask():
    with pytest.raises(PlotError, match=r"^the image has type int64; expected uint8, or floating point in \[0, 1\]$"):
        overlay(np.zeros((4, 4), int), np.zeros((2, 2), int))


def test_what_belongs_to_an_image_of_a_grid_is_drawn_on_it():
    image = torch.full((1, 20, 20), 0.5)
    mask = torch.zeros(20, 20, dtype=torch.uint8)
    mask[5:10, 5:10] = 1
    points, boxes = torch.tensor([[3.0, 4.0], [float("nan"), 1.0]]), torch.tensor([[2.0, 3.0, 12.0, 15.0]])
    figure = grid([image, image], masks=[mask, None], points=[None, points], boxes=[boxes, None])
    first, second = figure.axes
    assert len(first.images) == 2
    assert len(second.images) == 1
    assert {patch.get_bbox().bounds for patch in first.patches} == {(3.0, 2.0, 12.0, 10.0)}
    assert [line.get_xydata().tolist() for line in second.lines] == [[[4.0, 3.0]]] * 2
    assert second.get_xlim() == (-0.5, 19.5)


def test_what_does_not_belong_to_an_image_of_a_grid_is_named():
    image = torch.zeros(1, 8, 8)
    with pytest.raises(PlotError, match=r"1 masks for 2 images"):
        grid([image, image], masks=[None])
    with pytest.raises(
        PlotError, match=r"image 1: the mask has shape \(4, 4\), the image \(8, 8\); image 1: the boxes"
    ):
        grid([image, image], masks=[None, torch.zeros(4, 4, dtype=torch.int64)], boxes=[None, torch.zeros(2, 3)])
