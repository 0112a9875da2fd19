"""Positions as rotations."""

import torch
from torch import Tensor

from leyden.onnx.ops.attention.heads import unpack_heads
from leyden.onnx.ops.registry import operator

__all__ = ["rotary_embedding"]


@operator("RotaryEmbedding", since=23)
def rotary_embedding(
    data: Tensor, cos_cache: Tensor, sin_cache: Tensor, position_ids: Tensor | None = None, *, interleaved: int = 0,
    num_heads: int = 0, rotary_embedding_dim: int = 0,
) -> Tensor:  # fmt: skip
    """Rotate pairs of features by angles that grow with the position.

    Args:
        data: Batch, head, time, feature; or batch, time, head by feature.
        cos_cache: Cosines: position, pair; or batch, time, pair where `position_ids` is left out.
        sin_cache: Sines.
        position_ids: Position of each element: batch, time.
        interleaved: 1 if neighbours are a pair; else a pair is one of the first half and one of the second.
        num_heads: Where heads are packed: how many.
        rotary_embedding_dim: How many features are rotated, the first ones; 0 for all.
    """
    heads = unpack_heads(data, num_heads) if data.ndim == 3 else data
    size = rotary_embedding_dim or heads.shape[3]
    turned, rest = heads[..., :size], heads[..., size:]
    if position_ids is not None:
        cos_cache, sin_cache = cos_cache[position_ids], sin_cache[position_ids]
    cosine, sine = cos_cache[:, None], sin_cache[:, None]
    if interleaved:
        first, second = turned[..., 0::2], turned[..., 1::2]
    else:
        first, second = turned.chunk(2, -1)
    pair = (cosine * first - sine * second, sine * first + cosine * second)
    result = torch.stack(pair, -1).flatten(3) if interleaved else torch.cat(pair, -1)
    result = torch.cat((result, rest), -1) if rotary_embedding_dim else result
    return result.transpose(1, 2).flatten(2) if data.ndim == 3 else result
