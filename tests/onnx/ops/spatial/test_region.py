"""Regions against onnxruntime."""

import itertools

import numpy as np
import pytest
import torch

from leyden.onnx.ops.spatial.region import roi_align, roi_align_10


def regions() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    data, rois = random.random((2, 3, 16, 12)).astype(np.float32), random.random((7, 4)).astype(np.float32) * 14 - 1
    rois[:, 2:] += rois[:, :2]
    return data, rois, np.array([0, 1, 1, 0, 1, 0, 1])


@pytest.mark.parametrize(
    ("mode", "where", "ratio"), [*itertools.product(("avg", "max"), ("half_pixel", "output_half_pixel"), (0, 1, 2))]
)
def test_it_agrees_with_onnxruntime(oracle, mode, where, ratio) -> None:
    data, rois, batch = regions()
    how = {
        "mode": mode, "coordinate_transformation_mode": where, "sampling_ratio": ratio, "output_height": 3,
        "output_width": 2, "spatial_scale": 0.75,
    }  # fmt: skip
    expected = oracle("RoiAlign", {"x": data, "rois": rois, "batch": batch}, opset=16, **how)
    out = roi_align(*(torch.from_numpy(part) for part in (data, rois, batch)), **how)
    np.testing.assert_allclose(out.numpy(), expected, atol=1e-5)


def test_the_first_version_starts_at_the_centre_of_a_pixel() -> None:
    data, rois, batch = (torch.from_numpy(part) for part in regions())
    expected = roi_align(data, rois, batch, coordinate_transformation_mode="output_half_pixel", output_width=2)
    assert torch.equal(roi_align_10(data, rois, batch, output_width=2), expected)


@pytest.mark.parametrize("mode", ["avg", "max"])
def test_a_region_turned_inside_out_holds_nothing(mode: str) -> None:
    region, batch = torch.tensor([[8.0, 8.0, 2.0, 2.0]]), torch.tensor([0])
    assert roi_align(torch.ones(1, 1, 9, 9), region, batch, mode=mode).item() == 0


def test_no_region_gives_no_features() -> None:
    out = roi_align(torch.ones(1, 4, 9, 9), torch.zeros(0, 4), torch.zeros(0, dtype=torch.long), output_height=2)
    assert out.shape == (0, 4, 2, 1)


def test_gradients_reach_features_and_regions() -> None:
    data = torch.rand(1, 1, 6, 6, dtype=torch.float64, requires_grad=True)
    rois = torch.tensor([[0.7, 0.9, 4.1, 3.8]], dtype=torch.float64, requires_grad=True)
    batch = torch.tensor([0])
    assert torch.autograd.gradcheck(
        lambda x, r: roi_align(x, r, batch, output_height=2, sampling_ratio=2), (data, rois)
    )
