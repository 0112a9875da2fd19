"""Heads packed and unpacked."""

import torch

from leyden.onnx.ops.attention.heads import pack_heads, unpack_heads


def test_a_head_takes_neighbouring_features() -> None:
    assert unpack_heads(torch.arange(4.0).view(1, 1, 4), 2).tolist() == [[[[0.0, 1.0]], [[2.0, 3.0]]]]


def test_packing_undoes_unpacking() -> None:
    data = torch.randn(2, 5, 12)
    assert torch.equal(pack_heads(unpack_heads(data, 3)), data)
