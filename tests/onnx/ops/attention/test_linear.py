"""A state that is written and read, against loops."""

import pytest
import torch
from torch import Tensor

from leyden.onnx.ops.attention.linear import linear_attention


def slow(query: Tensor, key: Tensor, value: Tensor, state: Tensor, decay: Tensor, beta: Tensor | None) -> list[Tensor]:
    read = []
    for q, k, v, g, i in zip(query, key, value, decay, range(len(query)), strict=True):
        state = state * g.exp()[:, None]
        written = v if beta is None else beta[i] * (v - k @ state)
        state = state + k[:, None] * written
        read.append(q @ state)
    return [torch.stack(read), state]


@pytest.mark.parametrize("rule", ["linear", "gated", "delta", "gated_delta"])
def test_each_head_follows_the_rule(rule: str) -> None:
    torch.manual_seed(0)
    query, key, value = torch.randn(1, 5, 4, 3), torch.randn(1, 5, 2, 3), torch.randn(1, 5, 2, 2)
    state, decay, beta = torch.randn(1, 2, 3, 2), -torch.rand(1, 5, 2, 3), torch.rand(1, 5, 2)
    gated, delta = "gated" in rule, "delta" in rule
    out, last = linear_attention(
        query.flatten(2), key.flatten(2), value.flatten(2), state, decay.flatten(2) if gated else None,
        beta if delta else None, q_num_heads=4, kv_num_heads=2, scale=0.5, update_rule=rule,
    )  # fmt: skip
    for head in range(4):
        kept, rate = decay[0, :, head // 2] * gated, beta[0, :, head // 2] if delta else None
        expected = slow(
            query[0, :, head], key[0, :, head // 2], value[0, :, head // 2], state[0, head // 2], kept, rate
        )
        torch.testing.assert_close(out.unflatten(2, (4, 2))[0, :, head], expected[0] * 0.5)
        torch.testing.assert_close(last[0, head // 2], expected[1])


def test_one_number_may_decay_and_one_rate_write_a_whole_head() -> None:
    torch.manual_seed(0)
    data, decay, beta = torch.randn(1, 4, 6), -torch.rand(1, 4, 2), torch.rand(1, 4, 1)
    out = linear_attention(data, data, data, None, decay, beta, q_num_heads=2, kv_num_heads=2)
    decay, beta = decay.repeat_interleave(3, 2), beta.expand(-1, -1, 2)
    wide = linear_attention(data, data, data, None, decay, beta, q_num_heads=2, kv_num_heads=2)
    torch.testing.assert_close(out, wide)


def test_types_stay() -> None:
    data, state = torch.randn(1, 2, 4, dtype=torch.float16), torch.zeros(1, 1, 4, 4)
    out, last = linear_attention(data, data, data, state, q_num_heads=1, kv_num_heads=1, update_rule="linear")
    assert out.dtype == torch.float16
    assert last.dtype == torch.float32


def test_an_unknown_rule_is_named() -> None:
    data = torch.zeros(1, 1, 1)
    with pytest.raises(ValueError, match="update_rule 'forget'; it has linear, gated"):
        linear_attention(data, data, data, q_num_heads=1, kv_num_heads=1, update_rule="forget")
