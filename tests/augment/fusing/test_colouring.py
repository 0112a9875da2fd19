import pytest
import torch

from leyden.augment.fusing.colouring import recolour, restore
from leyden.augment.fusing.line import Change, Line
from leyden.errors import DrawError

ROOT = Change(torch.sqrt, torch.square, torch.sqrt_)
STRETCH = Change(
    lambda data, span: (data - span[0]) / (span[1] - span[0]),
    lambda data: data,
    measure=lambda data: tuple(bound.item() for bound in data.aminmax()),
)
STEPS = (Line((4.0,)), ROOT, Line((0.5,), (0.25,), (1.0,)))


def slowly(data):
    data = (data * 4).sqrt()
    return data * 0.5 + 0.25 * data.mean((1, 2), keepdim=True) + 1


@pytest.mark.parametrize("kind", [torch.float16, torch.float32, torch.float64])
def test_all_steps_are_done_and_undone_in_the_dtype_of_the_image(kind):
    data = torch.rand(3, 8, 8).to(kind)
    result = recolour(STEPS, data)
    assert result.dtype == kind
    torch.testing.assert_close(result.double(), slowly(data.double()), atol=2e-3, rtol=2e-3)
    assert restore(STEPS, result).dtype == kind
    torch.testing.assert_close(restore(STEPS, result), data, atol=2e-2 if kind == torch.float16 else 1e-5, rtol=0)


def test_bytes_become_single_precision_of_0_to_1():
    data = torch.randint(0, 256, (8, 8, 3), dtype=torch.uint8).permute(2, 0, 1)
    for steps in (STEPS, (ROOT,)):
        result = recolour(steps, data)
        assert result.dtype == torch.float32
        assert result.is_contiguous()
        torch.testing.assert_close(result, recolour(steps, data / 255))
    assert recolour((), data) is data
    assert restore((), data) is data
    assert restore((ROOT,), data).dtype == torch.float32


def test_what_the_caller_holds_is_never_changed():
    data, idle = torch.rand(2, 4, 4), Change(lambda data: data, lambda data: data)
    before = data.clone()
    for steps in (STEPS, (ROOT, ROOT), (idle, Line((2.0,))), (idle, ROOT), (Line(), ROOT)):
        recolour(steps, data)
        restore(steps, data)
    assert torch.equal(data, before)


def test_what_is_ours_is_worked_on_in_place():
    data = torch.rand(2, 4, 4)
    expected = recolour((Line((4.0,)), ROOT), data)
    result = recolour((Line((4.0,)), ROOT), data, owned=True)
    assert result is data
    assert torch.equal(result, expected)


def test_a_part_takes_its_statistics_from_the_whole():
    whole = torch.rand(2, 6, 8, 8)
    steps = (Line.about((2.0,), (0.1,), "mean"), STRETCH, Line.about((0.5,), (0.0,), "mean"), STRETCH)
    part = recolour(steps, whole[:, 2:3], like=whole)
    torch.testing.assert_close(part, recolour(steps, whole)[:, 2:3])


def test_gradients_go_through():
    data = torch.rand(2, 4, 4, requires_grad=True)
    recolour(STEPS, data).sum().backward()
    assert data.grad is not None
    assert data.grad.isfinite().all()


def test_a_step_for_other_channels_is_refused():
    with pytest.raises(DrawError, match="a colour step for 2 channels, an image of 3"):
        recolour((Line((1.0, 2.0)),), torch.rand(3, 2, 2))


def in_pieces(data):
    for piece in data.clone().split(1):
        piece.mul_(2)
    return data


@pytest.mark.parametrize("do", [in_pieces, lambda data: data.detach() * 2])
def test_there_is_a_gradient_or_an_error(do):
    data, step = torch.rand(2, 4, 4, requires_grad=True), Change(do, torch.clone)
    with pytest.raises(DrawError, match=r"gives no gradient, and the image asks for one: give Image\(data\.detach"):
        recolour((step,), data)
    with torch.no_grad():
        assert torch.equal(recolour((step,), data), do(data.detach()))
    assert torch.equal(recolour((step,), data.detach()), do(data.detach()))
