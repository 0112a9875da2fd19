"""Attention without a softmax: a state that each key and value is written to."""

import math

import torch
from torch import Tensor

from leyden.onnx.ops.attention.heads import pack_heads, unpack_heads
from leyden.onnx.ops.registry import operator

__all__ = ["linear_attention"]

_RULES = ("linear", "gated", "delta", "gated_delta")


@operator("LinearAttention", since=27, many=True)
def linear_attention(
    query: Tensor, key: Tensor, value: Tensor, past_state: Tensor | None = None, decay: Tensor | None = None,
    beta: Tensor | None = None, *, kv_num_heads: int, q_num_heads: int, chunk_size: int = 64, scale: float = 0.0,
    update_rule: str = "gated_delta",
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Write each key with its value into a state, and read it with each query; heads are packed into the last axis.

    Args:
        query: Batch, time, head by feature.
        key: The same, of fewer heads perhaps.
        value: The same, of other features perhaps.
        past_state: State before the first key: batch, head, feature of keys, feature of values; zeros if left out.
        decay: Logarithm of what is left of the state at each time, for each head, or for each feature of the keys.
        beta: How much of the difference to what the state holds already is written, with the rules of deltas.
        kv_num_heads: Heads of keys and values.
        q_num_heads: Heads of queries.
        chunk_size: A hint to other programs; it changes nothing.
        scale: Of what is read; 0 for one over the square root of the number of features.
        update_rule: `linear`, `gated`, `delta` or `gated_delta`.

    Returns:
        What was read, and the last state.
    """
    if update_rule not in _RULES:
        raise ValueError(f"LinearAttention has no update_rule {update_rule!r}; it has {', '.join(_RULES)}")
    queries = unpack_heads(query, q_num_heads).float()
    keys, values = unpack_heads(key, kv_num_heads).float(), unpack_heads(value, kv_num_heads).float()
    kept = None if decay is None else unpack_heads(decay, kv_num_heads).float().exp()
    rate = None if beta is None else beta.float().transpose(1, 2)[..., None]
    empty = keys.new_zeros(keys.shape[0], kv_num_heads, keys.shape[3], values.shape[3])
    result, state = _carry(queries, keys, values, empty if past_state is None else past_state.float(), kept, rate)
    result = pack_heads(result * (scale or 1 / math.sqrt(keys.shape[3])))
    return result.to(query.dtype), state.to((query if past_state is None else past_state).dtype)


def _carry(
    queries: Tensor, keys: Tensor, values: Tensor, state: Tensor, kept: Tensor | None, rate: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Write and read at each time; gives what was read, and the last state."""
    shares, read = queries.shape[1] // keys.shape[1], []
    for time in range(queries.shape[2]):
        state = state if kept is None else state * kept[:, :, time, :, None]
        written = values[:, :, time]
        if rate is not None:
            held = (keys[:, :, time, None] @ state).squeeze(2)
            written = rate[:, :, time] * (written - held)
        state = state + keys[:, :, time, :, None] * written[:, :, None]
        asked = queries[:, :, time].unflatten(1, (keys.shape[1], shares))
        read.append((asked @ state).flatten(1, 2))
    return torch.stack(read, 2), state
