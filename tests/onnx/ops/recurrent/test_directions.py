"""Sequences and their ends."""

import torch

from leyden.onnx.ops.recurrent.directions import reverse, silence, unroll

LENGTHS = torch.tensor([3, 1])
DATA = torch.tensor([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])[..., None]


def test_sequences_are_turned_around_within_their_lengths() -> None:
    assert reverse(DATA, LENGTHS)[..., 0].tolist() == [[3.0, 10.0], [2.0, 20.0], [1.0, 30.0]]
    assert torch.equal(reverse(reverse(DATA, LENGTHS), LENGTHS), DATA)


def test_behind_the_end_is_silence() -> None:
    assert silence(DATA, LENGTHS)[..., 0].tolist() == [[1.0, 10.0], [2.0, 0.0], [3.0, 0.0]]
    assert silence(DATA, None) is DATA


def test_states_are_summed_up_to_the_end_of_each_sequence() -> None:
    out, (last,) = unroll(lambda data, states: (states[0] + data,), DATA, (torch.zeros(2, 1),), LENGTHS)
    assert out[..., 0].tolist() == [[1.0, 10.0], [3.0, 0.0], [6.0, 0.0]]
    assert last.tolist() == [[6.0], [10.0]]


def test_no_time_gives_nothing_and_keeps_the_states() -> None:
    out, (last,) = unroll(lambda data, states: (data,), DATA[:0], (torch.ones(2, 1),), None)
    assert out.shape == (0, 2, 1)
    assert last.tolist() == [[1.0], [1.0]]
