"""Attention against a slow one in float64."""

import math

import pytest
import torch
from torch import Tensor
from torch.export import Dim, export

from leyden.onnx.ops.attention.scaled import attention

Parts = tuple[Tensor, Tensor, Tensor]


def slow(query: Tensor, key: Tensor, value: Tensor, bias: Tensor, *, scale: float, cap: float = 0.0) -> Tensor:
    out = torch.zeros(*query.shape[:3], value.shape[3], dtype=torch.float64)
    shares = query.shape[1] // key.shape[1]
    for at in torch.cartesian_prod(*(torch.arange(size) for size in query.shape[:3])).tolist():
        b, h, q = at
        scores = key[b, h // shares].double() @ query[b, h, q].double() * scale
        scores = cap * torch.tanh(scores / cap) if cap else scores
        scores = scores + bias.double().expand(*query.shape[:3], key.shape[2])[b, h, q]
        if scores.max() > -math.inf:
            out[b, h, q] = scores.softmax(0) @ value[b, h // shares].double()
    return out


@pytest.fixture
def parts() -> Parts:
    torch.manual_seed(0)
    return torch.randn(2, 6, 4, 8), torch.randn(2, 2, 5, 8), torch.randn(2, 2, 5, 3)


@pytest.mark.parametrize("cap", [0.0, 0.5])
@pytest.mark.parametrize("causal", [0, 1])
def test_heads_may_be_shared_and_scores_capped(parts: Parts, causal: int, cap: float) -> None:
    bias = torch.where(torch.ones(4, 5).tril().bool(), 0.0, -math.inf) if causal else torch.zeros(4, 5)
    (out,) = attention(*parts, is_causal=causal, softcap=cap)
    torch.testing.assert_close(out.double(), slow(*parts, bias, scale=8**-0.5, cap=cap), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("shape", [(5,), (4, 5), (6, 4, 5), (2, 1, 4, 5)])
@pytest.mark.parametrize("choosing", [True, False])
def test_a_mask_may_have_fewer_axes(parts: Parts, shape: tuple[int, ...], choosing: bool) -> None:
    numbers = torch.rand(shape)
    bias = torch.where(numbers > 0.3, 0.0, -math.inf) if choosing else numbers
    (out,) = attention(*parts, numbers > 0.3 if choosing else numbers, scale=0.3)
    torch.testing.assert_close(out.double(), slow(*parts, bias, scale=0.3), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("count", [1, 4])
def test_a_query_that_sees_nothing_gives_zeros_and_gradients(parts: Parts, count: int) -> None:
    query = parts[0].requires_grad_()
    mask = torch.tensor([True, False, True, True])[:, None].expand(4, 5)
    out = attention(query, *parts[1:], mask, output_count=count, qk_matmul_output_mode=3)[0]
    assert not out[:, :, 1].any()
    out.sum().backward()
    assert query.grad is not None
    assert query.grad.isfinite().all()


def test_packed_heads_are_the_same_in_another_layout(parts: Parts) -> None:
    query, key, value = parts
    packed = tuple(part.transpose(1, 2).flatten(2) for part in parts)
    (out,) = attention(packed[0], packed[1], packed[2], q_num_heads=6, kv_num_heads=2)
    torch.testing.assert_close(out, attention(query, key, value)[0].transpose(1, 2).flatten(2))


def test_the_past_is_put_before_and_given_back(parts: Parts) -> None:
    query, key, value = parts
    whole = attention(query, key, value, is_causal=1, output_count=3)
    late = attention(
        query[:, :, 2:], key[:, :, 2:4], value[:, :, 2:4], None, key[:, :, :2], value[:, :, :2], is_causal=1,
        output_count=3,
    )  # fmt: skip
    torch.testing.assert_close(late[0], whole[0][:, :, 2:])
    assert torch.equal(late[1], key[:, :, :4])
    assert torch.equal(late[2], value[:, :, :4])


def test_filled_caches_are_seen_up_to_their_end(parts: Parts) -> None:
    query, key, value = parts
    (out,) = attention(query, key, value, None, None, None, torch.tensor([5, 4]), is_causal=1)
    torch.testing.assert_close(out[1:], attention(query[1:], key[1:, :, :4], value[1:, :, :4], is_causal=1)[0])


@pytest.mark.parametrize("stage", [0, 1, 2, 3])
def test_scores_are_given_at_the_stage_that_is_asked_for(parts: Parts, stage: int) -> None:
    query, key, value = parts
    key, mask = key.repeat_interleave(3, 1), torch.rand(4, 5)
    raw = query @ key.transpose(2, 3) * 0.5
    stages = (raw, 2 * torch.tanh(raw / 2), 2 * torch.tanh(raw / 2) + mask)
    expected = (*stages, stages[2].softmax(-1))[stage]
    *_, scores = attention(
        query, parts[1], value, mask, scale=0.5, softcap=2.0, qk_matmul_output_mode=stage, output_count=4
    )
    torch.testing.assert_close(scores, expected)


def test_a_softmax_may_be_computed_more_finely() -> None:
    data = torch.randn(1, 1, 3, 4, dtype=torch.float16)
    (out,) = attention(data, data, data, softmax_precision=11)
    assert out.dtype == torch.float16
    bias = torch.zeros(3, 3)
    torch.testing.assert_close(out.double(), slow(data, data, data, bias, scale=0.5), atol=2e-3, rtol=2e-3)


def test_sizes_stay_symbolic(through) -> None:
    net = through(lambda x: attention(x, x, x, is_causal=1)[0])
    program = export(net, (torch.randn(2, 2, 5, 4),), dynamic_shapes=({0: Dim.DYNAMIC, 2: Dim.DYNAMIC},))
    data = torch.randn(3, 2, 7, 4)
    torch.testing.assert_close(program.module()(data), net(data))
