"""Boxes that do not overlap, against onnxruntime and by hand."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.spatial.suppression import non_max_suppression


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("centred", [0, 1])
def test_it_agrees_with_onnxruntime(oracle, seed, centred) -> None:
    random = np.random.default_rng(seed)
    boxes, scores = random.random((2, 30, 4)).astype(np.float32), random.random((2, 3, 30)).round(1).astype(np.float32)
    most, overlap, least = 1 + 3 * seed, 0.3, 0.2 if seed % 2 else None
    inputs = {
        "boxes": boxes, "scores": scores, "most": np.array([most]), "overlap": np.array([overlap], np.float32),
        "least": None if least is None else np.array([least], np.float32),
    }  # fmt: skip
    inputs = inputs if least is not None else {name: value for name, value in inputs.items() if name != "least"}
    expected = oracle("NonMaxSuppression", inputs, opset=11, gives=7, center_point_box=centred)
    out = non_max_suppression(
        torch.from_numpy(boxes), torch.from_numpy(scores), (most,), (float(np.float32(overlap)),),
        None if least is None else float(np.float32(least)), center_point_box=centred,
    )  # fmt: skip
    assert out.tolist() == expected.tolist()


def test_nothing_is_chosen_where_no_number_is_given() -> None:
    assert non_max_suppression(torch.rand(1, 3, 4), torch.rand(1, 1, 3)).shape == (0, 3)


def test_corners_may_be_any_two_opposite_ones() -> None:
    boxes = torch.tensor([[[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]])
    assert non_max_suppression(boxes, torch.tensor([[[0.9, 0.8]]]), 5, 0.5).tolist() == [[0, 0, 0]]


def test_an_overlap_of_just_the_threshold_is_kept() -> None:
    boxes = torch.tensor([[[0.0, 0.0, 1.0, 2.0], [0.0, 1.0, 1.0, 2.0]]])
    assert len(non_max_suppression(boxes, torch.tensor([[[0.9, 0.8]]]), 5, 0.5)) == 2
