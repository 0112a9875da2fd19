from dataclasses import replace

import pytest
import torch

from leyden.errors import ItemError
from leyden.items import Image, Move

HALF = ((1.0, 0.0, 0.5), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@pytest.mark.usefixtures("unchecked")
def test_what_is_no_image_is_refused_with_all_faults_at_once():
    with pytest.raises(ItemError, match=r"bytes \(uint8\), got torch.int64.*got shape \(4, 4\).*data\[None\]"):
        Image(torch.zeros(4, 4, dtype=torch.int64))
    with pytest.raises(ItemError, match=r"shape \(3, 0, 4\) holds no pixel"):
        Image(torch.zeros(3, 0, 4))
    with pytest.raises(ItemError, match="wants a tensor, got list"):
        Image([[1.0]])  # pyright: ignore[reportArgumentType]
    with pytest.raises(ItemError, match="wants an interpolation of linear, cubic, nearest, got 'bicubic'"):
        Image(torch.zeros(1, 4, 4), interpolation="bicubic")  # pyright: ignore[reportArgumentType]


def test_images_compare_by_value_and_dtype():
    data = torch.rand(1, 4, 4)
    assert Image(data) == Image(data.clone())
    assert hash(Image(data)) == hash(Image(data.clone()))
    assert Image(data) != Image(data.double())
    assert Image(data) != Image(data + 1)
    assert Image(data) != data.numpy().tolist()


def test_it_prints_shape_dtype_and_range():
    assert repr(Image(torch.tensor([[[[-1.0, 0.5]]]]).double())) == "Image(1 x 1 x 1 x 2, float64, -1..0.5)"


def test_a_move_that_moves_nothing_gives_the_image_itself():
    image = Image(torch.rand(1, 4, 4))
    assert image.warp(Move(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (4, 4), (4, 4))) is image


def test_values_between_pixels_are_interpolated():
    image = Image(torch.tensor([[[0.0], [1.0], [4.0]]]))
    moved = image.warp(Move(HALF, (3, 1), (3, 1), "border"))
    assert moved.data.flatten().tolist() == pytest.approx([0.0, 0.5, 2.5])


def test_recolouring_gives_a_new_image():
    image = Image(torch.ones(1, 2, 2))
    assert image.recolour(lambda data: data * 2) == Image(torch.full((1, 2, 2), 2.0))
    assert image == Image(torch.ones(1, 2, 2))


def test_bytes_stay_bytes_in_a_move_and_may_lie_in_memory_as_files_hold_them():
    photo = torch.tensor([[[0, 10], [100, 110], [200, 210]]], dtype=torch.uint8).permute(2, 0, 1)
    assert not photo.is_contiguous()
    moved = Image(photo).warp(Move(((1.0, 0.0, 0.0), (0.0, 1.0, 0.5), (0.0, 0.0, 1.0)), (1, 3), (1, 3), "border"))
    assert moved.data.dtype == torch.uint8
    assert moved.data[0].tolist() == [[0, 50, 150]]
    assert repr(Image(photo)) == "Image(2 x 1 x 3, uint8, 0..210)"


def test_an_image_says_how_it_is_read_and_what_is_made_of_it_says_the_same():
    step = Image(torch.tensor([[[0.0], [0.0], [1.0], [1.0]]]), (2.0, 1.0))
    ahead = Move(((1.0, 0.0, -0.5), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (4, 1), (3, 1), "border")
    read = {"linear": [0.0, 0.5, 1.0], "cubic": [-0.0625, 0.5, 1.0625], "nearest": [0.0, 1.0, 1.0]}
    for how, values in read.items():
        image = replace(step, interpolation=how)
        moved = image.warp(ahead)
        assert moved.interpolation == image.recolour(torch.neg).interpolation == how
        assert moved.data.flatten().tolist() == pytest.approx(values)
        assert (image == step) == (how == "linear")
    assert repr(replace(step, interpolation="cubic")) == "Image(1 x 4 x 1, float32, 0..1, 2 x 1 mm, cubic)"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (torch.zeros(1, 4, 4, dtype=torch.uint16), r"data\.float\(\), divided by 65535 for 0\.\.1"),
        (torch.zeros(1, 4, 4, dtype=torch.int16), r"data\.float\(\) for a scan"),
        (torch.zeros(1, 4, 4).to(torch.float8_e4m3fn), "got torch.float8"),
        (torch.zeros(1, 4, 4).to_sparse(), r"wants a dense tensor, .*data\.to_dense\(\)"),
    ],
)
@pytest.mark.usefixtures("unchecked")
def test_a_type_that_cannot_be_moved_is_refused_and_no_value_lost(data, told):
    with pytest.raises(ItemError, match=told):
        Image(data)
