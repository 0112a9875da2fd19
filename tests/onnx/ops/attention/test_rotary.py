"""Rotations by angles of positions, by hand."""

import math

import pytest
import torch

from leyden.onnx.ops.attention.rotary import rotary_embedding

ANGLE = torch.tensor([[0.0, 0.0], [math.pi / 2, math.pi]])  # position, pair


def test_pairs_are_halves_apart() -> None:
    data = torch.tensor([1.0, 2.0, 3.0, 4.0]).expand(1, 1, 2, 4)
    out = rotary_embedding(data, ANGLE.cos(), ANGLE.sin(), torch.tensor([[0, 1]]))
    torch.testing.assert_close(out[0, 0], torch.tensor([[1.0, 2.0, 3.0, 4.0], [-3.0, -2.0, 1.0, -4.0]]))


def test_pairs_may_be_neighbours() -> None:
    data = torch.tensor([1.0, 2.0, 3.0, 4.0]).expand(1, 1, 2, 4)
    out = rotary_embedding(data, ANGLE.cos(), ANGLE.sin(), torch.tensor([[1, 0]]), interleaved=1)
    torch.testing.assert_close(out[0, 0], torch.tensor([[-2.0, 1.0, -3.0, -4.0], [1.0, 2.0, 3.0, 4.0]]))


def test_features_behind_the_rotated_ones_stay() -> None:
    data = torch.randn(1, 2, 2, 6)
    out = rotary_embedding(data, ANGLE.cos()[None], ANGLE.sin()[None], rotary_embedding_dim=4)
    assert torch.equal(out[..., 4:], data[..., 4:])


@pytest.mark.parametrize("interleaved", [0, 1])
def test_packed_heads_are_the_same_in_another_layout(interleaved: int) -> None:
    data = torch.randn(1, 3, 2, 4)
    cosine, sine = ANGLE.cos()[None], ANGLE.sin()[None]
    packed = data.transpose(1, 2).flatten(2)
    out = rotary_embedding(packed, cosine, sine, num_heads=3, interleaved=interleaved)
    expected = rotary_embedding(data, cosine, sine, interleaved=interleaved)
    assert torch.equal(out, expected.transpose(1, 2).flatten(2))
