"""Attention by scaled products of queries and keys."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from leyden.onnx.ops.attention.heads import pack_heads, unpack_heads
from leyden.onnx.ops.attention.masking import Sight, mask_of
from leyden.onnx.ops.dtypes import torch_dtype
from leyden.onnx.ops.registry import operator

__all__ = ["attention"]


@operator("Attention", since=23, many=True)
def attention(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None, past_key: Tensor | None = None,
    past_value: Tensor | None = None, nonpad_kv_seqlen: Tensor | None = None, *, is_causal: int = 0,
    kv_num_heads: int | None = None, left_window_size: int = -1, q_num_heads: int | None = None,
    qk_matmul_output_mode: int = 0, right_window_size: int = -1, scale: float | None = None, softcap: float = 0.0,
    softmax_precision: int | None = None, output_count: int = 1,
) -> tuple[Tensor, ...]:  # fmt: skip
    """Let queries look at keys, and give the means of the values that belong to these.

    Inputs have heads on an axis of their own, or packed into the last one; several heads of queries may share one of
    keys. A query that may see no key gives zeros.

    Returns:
        The means; keys and values, those of the past before them; and, if asked for, the scores at the stage that
        `qk_matmul_output_mode` says.
    """
    packed = query.ndim == 3
    if packed:
        assert q_num_heads is not None
        assert kv_num_heads is not None
        query, key, value = (
            unpack_heads(part, heads)
            for part, heads in ((query, q_num_heads), (key, kv_num_heads), (value, kv_num_heads))
        )
    past = 0
    if past_key is not None and past_value is not None:
        past = past_key.shape[2]
        key, value = torch.cat((past_key, key), dim=2), torch.cat((past_value, value), dim=2)
    sight = Sight(bool(is_causal), left_window_size, right_window_size, past, nonpad_kv_seqlen)
    scale = 1 / math.sqrt(query.shape[3]) if scale is None else scale
    wide = query.dtype if softmax_precision is None else torch_dtype(softmax_precision)
    if output_count < 4 and softcap == 0 and _suits(query, wide):
        parts = (_fused(query, key, value, attn_mask, sight, scale),)
    else:
        mask = mask_of(attn_mask, sight, query, key.shape[2])
        parts = _plain(query, key, value, mask, scale, softcap, wide, qk_matmul_output_mode)
    result = pack_heads(parts[0]) if packed else parts[0]
    return (result, key, value, *parts[1:])[:output_count]


def _suits(query: Tensor, wanted: torch.dtype) -> bool:
    """Say whether torch's fused kernels compute the softmax as finely as is asked for.

    They keep scores in float32, where ONNX rounds each step to the type of the queries. On accelerators that is worth
    its speed; on a CPU, where float16 is slow anyway, the steps are ONNX's.
    """
    if query.dtype == torch.float16 and query.device.type == "cpu":
        return False
    return query.dtype == wanted or (wanted == torch.float32 and query.dtype in (torch.float16, torch.bfloat16))


def _fused(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, sight: Sight, scale: float) -> Tensor:
    compute, grouped = functional.scaled_dot_product_attention, query.shape[1] != key.shape[1]
    if mask is None and sight.is_triangle:
        return compute(query, key, value, is_causal=True, scale=scale, enable_gqa=grouped)
    mask = mask_of(mask, sight, query, key.shape[2])
    mask = mask[None] if mask is not None and mask.ndim == 1 else mask
    return compute(query, key, value, attn_mask=mask, scale=scale, enable_gqa=grouped)


def _plain(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, scale: float, cap: float, wide: torch.dtype,
    stage: int,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Compute attention step by step; gives the scores at a stage, too."""
    shares = query.shape[1] // key.shape[1]
    if shares > 1:
        key, value = key.repeat_interleave(shares, 1), value.repeat_interleave(shares, 1)
    root = torch.scalar_tensor(math.sqrt(scale), dtype=query.dtype, device=query.device)
    raw = (query * root) @ (key * root).transpose(2, 3)
    capped = torch.tanh(raw / cap) * cap if cap else raw
    biased, hidden = capped, None
    if mask is not None and mask.dtype == torch.bool:
        biased, hidden = capped.masked_fill(~mask, -torch.inf), ~mask.any(-1, keepdim=True)
    elif mask is not None:
        biased, hidden = capped + mask, (mask == -torch.inf).all(-1, keepdim=True)
    weights = _softmax(biased.to(wide))
    weights = weights if hidden is None else weights.masked_fill(hidden, 0.0)
    weights = weights.to(query.dtype)
    return weights @ value, (raw, capped, biased, weights)[stage]


def _softmax(scores: Tensor) -> Tensor:
    if scores.dtype != torch.float16:
        return scores.softmax(-1)
    # Each step is rounded, as in ONNX's definition; torch would round once.
    highest = scores.detach().amax(-1, keepdim=True)
    powers = (scores - highest.masked_fill(highest == -torch.inf, 0)).exp()
    return powers / powers.sum(-1, keepdim=True)
