import subprocess
import sys

import numpy as np
import pytest
import torch

from leyden.items.grid.move import Move
from leyden.items.grid.pictures import by_opencv, opencv_refuses
from leyden.items.grid.tensors import by_torch

TURN = ((0.957, 0.283, 2.313), (-0.281, 0.953, 1.117), (0.0, 0.0, 1.0))
MOVE = Move(TURN, (12, 9), (10, 11))


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("kind", [torch.uint8, torch.float32])
@pytest.mark.parametrize("how", ["linear", "cubic"])
def test_channels_are_read_alike_however_they_lie_in_memory(channels, kind, how):
    planes = torch.randint(0, 255, (channels, 12, 9)).to(kind)
    pixels = planes.permute(1, 2, 0).contiguous().permute(2, 0, 1)
    one = by_opencv(planes, MOVE, interpolation=how, border="zeros")
    assert torch.equal(one, by_opencv(pixels, MOVE, interpolation=how, border="zeros"))
    each = [by_opencv(plane[None], MOVE, interpolation=how, border="zeros") for plane in planes]
    assert torch.equal(one, torch.cat(each))


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("how", ["linear", "cubic"])
def test_a_picture_that_lies_pixel_by_pixel_stays_so(channels, how):
    pixels = torch.rand(12, 9, channels).permute(2, 0, 1)
    assert by_opencv(pixels, MOVE, interpolation=how, border="border").permute(1, 2, 0).is_contiguous()
    assert by_opencv(pixels.contiguous(), MOVE, interpolation=how, border="border").is_contiguous()


@pytest.mark.parametrize("kind", [torch.bool, torch.int8, torch.int16, torch.bfloat16, torch.float32, torch.float64])
def test_whatever_is_picked_is_picked_whole(kind):
    data = torch.randint(-100, 100, (2, 12, 9)).to(kind)
    across = data.transpose(1, 2).contiguous().transpose(1, 2)
    for labels in (data, across):
        moved = by_opencv(labels, MOVE, interpolation="nearest", border="zeros")
        assert torch.equal(moved, by_torch(data, MOVE, interpolation="nearest", border="zeros"))


def test_the_picture_given_is_not_changed():
    picture = torch.rand(4, 12, 9)
    before = picture.clone()
    for shrink in (0.4, 1.1):
        move = Move(((shrink, 0.0, 0.0), (0.0, shrink, 0.0), (0.0, 0.0, 1.0)), (12, 9), (5, 4))
        for how in ("linear", "cubic"):
            by_opencv(picture, move, interpolation=how, border="zeros")
    assert torch.equal(picture, before)


def test_averaged_bytes_keep_their_brightness():
    third = Move(((0.3, 0.0, 0.0), (0.0, 0.37, 0.0), (0.0, 0.0, 1.0)), (40, 30), (12, 11))
    for value in (0, 1, 127, 255):
        flat = torch.full((3, 40, 30), value, dtype=torch.uint8)
        assert by_opencv(flat, third, interpolation="linear", border="reflection").unique().tolist() == [value]


def test_zeros_outside_stay_zeros_however_it_is_read():
    for kind in (torch.uint8, torch.float32):
        white = torch.full((3, 12, 9), 200).to(kind)
        linear, cubic = (by_opencv(white, MOVE, interpolation=how, border="zeros") for how in ("linear", "cubic"))
        assert {0, 200} == set(cubic.round().unique().tolist())
        torch.testing.assert_close(cubic, linear)


def test_what_opencv_cannot_do_it_says():
    gradient = torch.rand(1, 12, 9, requires_grad=True)
    assert opencv_refuses(torch.rand(1, 12, 9), MOVE, interpolation="linear") == ""
    assert "gives no gradients" in opencv_refuses(gradient, MOVE, interpolation="linear")
    with torch.no_grad():
        assert opencv_refuses(gradient, MOVE, interpolation="linear") == ""
        assert not by_opencv(gradient, MOVE, interpolation="linear", border="zeros").requires_grad
    assert "got torch.float64" in opencv_refuses(torch.rand(1, 12, 9).double(), MOVE, interpolation="linear")
    assert "got torch.float64" in opencv_refuses(torch.rand(1, 12, 9).double(), MOVE, interpolation="cubic")
    assert opencv_refuses(torch.rand(1, 12, 9).double(), MOVE, interpolation="nearest") == ""
    assert "wants channel y x" in opencv_refuses(torch.rand(1, 4, 12, 9), MOVE, interpolation="linear")
    level = Move(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.5, 1.0)), (12, 9), (10, 11))
    assert "asked for more" in opencv_refuses(torch.rand(1, 12, 9), level, interpolation="linear")


def test_a_perspective_reads_where_the_matrix_says():
    tilt = Move(((1.0, 0.1, 0.3), (0.0, 1.1, 0.2), (0.004, -0.003, 1.0)), (12, 9), (12, 9))
    ramp = torch.from_numpy(np.indices((12, 9)).astype(np.float32))
    moved = by_opencv(ramp, tilt, interpolation="linear", border="border")
    places = tilt.places()
    inside = ((places > 0) & (places < torch.tensor([11.0, 8.0]).view(2, 1, 1))).all(0)
    assert (moved - places)[:, inside].abs().max() < 1e-4


@pytest.mark.parametrize(("before", "after"), [("", 1), ("cv2.setNumThreads(1 + cv2.getNumberOfCPUs())", None)])
def test_opencv_is_asked_for_one_thread_unless_another_number_was_set(before, after):
    script = f"import cv2; {before or 'cv2.setNumThreads(-1)'}; wanted = {after} or cv2.getNumThreads(); "
    script += "import leyden.items; assert cv2.getNumThreads() == wanted, (cv2.getNumThreads(), wanted)"
    subprocess.run([sys.executable, "-c", script], check=True)
