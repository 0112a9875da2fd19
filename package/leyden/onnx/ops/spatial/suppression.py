"""Choosing boxes that do not overlap."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["non_max_suppression"]


@operator("NonMaxSuppression", since=10, numbers=("max_output_boxes_per_class", "iou_threshold", "score_threshold"))
def non_max_suppression(
    boxes: Tensor, scores: Tensor, max_output_boxes_per_class: Any = None, iou_threshold: Any = None,
    score_threshold: Any = None, *, center_point_box: int = 0,
) -> Tensor:  # fmt: skip
    """Choose, best first, the boxes of each class that overlap little with a better one.

    Args:
        boxes: Batch, box, and four numbers: two opposite corners, y before x; or centre and extent, x before y.
        scores: Batch, class, box.
        max_output_boxes_per_class: How many to choose at most; none if it is left out.
        iou_threshold: Largest overlap, over the union of both, with a box that was chosen.
        score_threshold: Boxes that score this, or less, are not chosen.
        center_point_box: 1 for centres and extents.

    Returns:
        Batch, class and number of each box that was chosen.
    """
    most, threshold = int(_single(max_output_boxes_per_class, 0)), float(_single(iou_threshold, 0.0))
    least = _single(score_threshold, None)
    low, high = (part.detach().cpu().numpy() for part in _corners(boxes, centred=bool(center_point_box)))
    values, chosen = scores.detach().float().cpu(), []
    for batch in range(boxes.shape[0]):
        for kind in range(scores.shape[1]):
            score = values[batch, kind]
            order = score.argsort(descending=True, stable=True)
            order = order if least is None else order[score[order] > least]
            kept = _choose(low[batch], high[batch], order.numpy(), most, threshold)
            chosen += [(batch, kind, box) for box in kept]
    return torch.tensor(chosen, dtype=torch.long, device=boxes.device).view(-1, 3)


def _single(number: Any, otherwise: Any) -> Any:
    """Give the number of an input that may be left out, and may have an axis of one element."""
    if isinstance(number, tuple):
        number = number[0] if number else None
    return otherwise if number is None else number


def _corners(boxes: Tensor, *, centred: bool) -> tuple[Tensor, Tensor]:
    first, second = boxes[..., :2], boxes[..., 2:]
    if centred:
        return first - second / 2, first + second / 2
    return torch.minimum(first, second), torch.maximum(first, second)


def _choose(low: np.ndarray, high: np.ndarray, order: np.ndarray, most: int, threshold: float) -> list[int]:
    """Choose boxes of one class; a loop over what is chosen, which NumPy's smaller calls make several times faster."""
    low, high, kept = low[order], high[order], []
    area = np.prod(high - low, -1)
    while len(order) and len(kept) < most:
        kept.append(int(order[0]))
        sides = (np.minimum(high[0], high[1:]) - np.maximum(low[0], low[1:])).clip(min=0)
        shared = sides[:, 0] * sides[:, 1]
        union = area[0] + area[1:] - shared
        overlaps = (shared > 0) & (union > 0) & (area[0] > 0) & (area[1:] > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            stays = ~(overlaps & (shared / union > threshold))
        order, low, high, area = (part[1:][stays] for part in (order, low, high, area))
    return kept
