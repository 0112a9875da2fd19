"""Sampling on grids against onnxruntime and torch."""

import itertools

import numpy as np
import pytest
import torch

from leyden.onnx.ops.spatial.sampling import affine_grid, grid_sample, grid_sample_16

EVERY = list(itertools.product(("linear", "nearest", "cubic"), ("zeros", "border", "reflection"), (0, 1)))


@pytest.mark.parametrize(("mode", "padding", "aligned"), EVERY)
def test_images_agree_with_onnxruntime(oracle, mode, padding, aligned) -> None:
    random = np.random.default_rng(0)
    data = random.standard_normal((2, 3, 6, 5)).astype(np.float32)
    grid = (random.random((2, 4, 7, 2)) * 3.2 - 1.6).astype(np.float32)
    how = {"mode": mode, "padding_mode": padding, "align_corners": aligned}
    expected = oracle("GridSample", {"x": data, "grid": grid}, opset=20, **how)
    out = grid_sample(torch.from_numpy(data), torch.from_numpy(grid), **how)
    np.testing.assert_allclose(out.numpy(), expected, atol=2e-5)


@pytest.mark.parametrize(("mode", "padding", "aligned"), [every for every in EVERY if every[0] != "cubic"])
def test_one_axis_of_space_is_an_image_of_one_row(mode, padding, aligned) -> None:
    torch.manual_seed(0)
    data, grid = torch.randn(2, 3, 6), torch.rand(2, 9, 1) * 3 - 1.5
    how = {"mode": mode, "padding_mode": padding, "align_corners": aligned}
    rows = torch.cat((grid, torch.zeros_like(grid)), -1)[:, None]
    torch.testing.assert_close(grid_sample(data, grid, **how), grid_sample(data[:, :, None], rows, **how)[:, :, 0])


@pytest.mark.parametrize(("padding", "aligned"), [*itertools.product(("zeros", "border", "reflection"), (0, 1))])
def test_cubic_sampling_of_equal_slices_is_that_of_one(padding, aligned) -> None:
    torch.manual_seed(0)
    data, grid = torch.randn(1, 2, 5, 6), torch.rand(1, 4, 4, 2) * 2.4 - 1.2
    volume = data[:, :, None].expand(-1, -1, 9, -1, -1)
    places = torch.cat((grid, torch.zeros(1, 4, 4, 1)), -1)[:, None]
    how = {"mode": "cubic", "padding_mode": padding, "align_corners": aligned}
    torch.testing.assert_close(grid_sample(volume, places, **how)[:, :, 0], grid_sample(data, grid, **how))


def test_integers_are_computed_in_the_type_of_the_grid() -> None:
    out = grid_sample(torch.tensor([[[[0, 10]]]]), torch.tensor([[[[0.0, 0.0]]]]), align_corners=1)
    assert out.dtype == torch.int64
    assert out.item() == 5


def test_the_first_version_has_other_names() -> None:
    data, grid = torch.rand(1, 1, 4, 4), torch.rand(1, 2, 2, 2)
    for old, new in (("bilinear", "linear"), ("bicubic", "cubic"), ("nearest", "nearest")):
        assert torch.equal(grid_sample_16(data, grid, mode=old), grid_sample(data, grid, mode=new))


def test_gradients_reach_values_and_places() -> None:
    torch.manual_seed(0)
    data = torch.randn(1, 1, 5, dtype=torch.float64, requires_grad=True)
    grid = (torch.rand(1, 4, 1, dtype=torch.float64) - 0.5).requires_grad_()
    assert torch.autograd.gradcheck(lambda x, y: grid_sample(x, y, mode="cubic"), (data, grid))


def test_an_axis_of_one_element_reflects_onto_it() -> None:
    out = grid_sample(torch.ones(1, 1, 1), torch.tensor([[[3.0]]]), padding_mode="reflection", align_corners=1)
    assert out.item() == 1


def test_the_identity_gives_the_places_themselves() -> None:
    grid = affine_grid(torch.eye(3, 4)[None], (1, 1, 2, 2, 2), align_corners=1)
    assert grid[0, 0, 0].tolist() == [[-1.0, -1.0, -1.0], [1.0, -1.0, -1.0]]
