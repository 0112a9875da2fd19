from itertools import product
from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from leyden.items.grid.field import Field
from leyden.items.grid.move import BorderMode, Move
from leyden.items.grid.sampling import Backend, counting, resample
from leyden.items.grid.tensors import by_torch
from leyden.items.grid.voting import polling
from leyden.items.grid.voting.polling import vote, vote_at
from leyden.items.grid.voting.voters import ballots

SHIFT = Move(((1.0, 0.0, 0.0), (0.0, 1.0, -0.5), (0.0, 0.0, 1.0)), (1, 4), (1, 4))
SLANT = ((1.207, 0.303, 0.101, -1.303), (-0.307, 1.203, 0.0, 1.107), (0.0, 0.109, 1.103, 0.401))
TURN = Move(((0.957, 0.283, 2.313), (-0.281, 0.953, 1.117), (0.0, 0.0, 1.0)), (12, 9), (10, 11))


def test_two_small_parts_of_a_label_outweigh_a_larger_one():
    # read in the middle of four, a little nearer to the 9 than to the two 4s and the 5
    block = torch.tensor([[[[9, 4], [4, 5]]]])
    near = torch.full((1, 1, 1, 2), -0.1)
    assert vote_at(block, near, tables=ballots((2, 2), (1.0, 1.0)), border="border").item() == 4


def test_of_labels_that_weigh_the_same_the_heaviest_pixel_wins_then_the_smallest_label():
    # a quarter beyond the first along two axes, halfway along the third: 9/32 for 7, for 9 and for all three 5s
    block = torch.tensor([[[[[7, 9], [5, 5]], [[5, 8], [8, 8]]]]])
    there = torch.tensor([0.0, -0.25, -0.25]).view(1, 1, 1, 1, 3)
    assert vote_at(block, there, tables=ballots((2, 2, 2), (1.0, 1.0, 1.0)), border="border").item() == 7
    assert vote(torch.tensor([[[3, 1, 2, 2]]]), SHIFT, border="border").tolist() == [[[1, 1, 2, 2]]]


@pytest.mark.parametrize("kind", [torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64])
def test_every_kind_of_label_stays_what_it_is(kind):
    labels = (
        torch.randint(0, 2, (2, 12, 9)).to(kind) if kind == torch.bool else torch.randint(-9, 9, (2, 12, 9)).to(kind)
    )
    moved = vote(labels, TURN, border="border")
    assert moved.dtype == kind
    assert moved.is_contiguous()
    assert set(moved.unique().tolist()) <= set(labels.unique().tolist())


def test_labels_of_64_bits_are_carried_whole():
    labels = torch.randint(0, 2, (1, 12, 9)) + 2**62
    assert set(vote(labels, TURN, border="reflection").unique().tolist()) == {2**62, 2**62 + 1}


@pytest.mark.parametrize("axes", [2, 3])
def test_it_is_the_highest_of_images_one_a_label(axes):
    generator = np.random.default_rng(0)
    size, labels = (9, 8, 7)[:axes], generator.integers(0, 4, (9, 8, 7)[:axes])
    matrix = np.eye(axes + 1)
    matrix[:-1, :-1] = np.linalg.qr(generator.normal(size=(axes, axes)))[0]
    matrix[:-1, -1] = 4 - matrix[:-1, :-1] @ np.full(axes, 3.7)
    move = Move(tuple(map(tuple, matrix.tolist())), size, size)
    scores = np.stack(
        [
            ndimage.map_coordinates((labels == one).astype(float), move.places(), order=1, mode="nearest")
            for one in range(4)
        ]
    )
    first, second = np.sort(scores, 0)[[-1, -2]]
    moved = vote(torch.from_numpy(labels)[None], move, border="border")[0].numpy()
    assert ((moved == scores.argmax(0)) | (first - second < 0.01)).all()


def test_it_is_the_same_whatever_is_looked_at_in_one_go(monkeypatch):
    labels = torch.randint(0, 5, (2, 12, 9))
    whole = vote(labels, TURN, border="zeros")
    monkeypatch.setattr(polling, "_ROOM", 37)
    assert torch.equal(vote(labels, TURN, border="zeros"), whole)


def test_every_sample_of_a_batch_is_read_at_its_own_places():
    data = torch.randint(0, 5, (3, 2, 6, 7))
    places = torch.rand(3, 4, 5, 2) * 2.4 - 1.2
    tables = ballots((6, 7), (1.0, 1.0))
    both = vote_at(data, places, tables=tables, border="zeros")
    for at in range(3):
        one = vote_at(data[at : at + 1], places[at : at + 1], tables=tables, border="zeros")
        assert torch.equal(both[at : at + 1], one)


@pytest.mark.parametrize("flips", list(product((False, True), repeat=2)))
def test_a_mirrored_move_gives_the_mirrored_labels(flips):
    # half of all places lie between pixels that weigh the same
    labels = torch.randint(0, 3, (1, 8, 12))
    half = Move(((0.5, 0.0, -0.25), (0.0, 0.5, -0.25), (0.0, 0.0, 1.0)), (8, 12), (4, 6))
    axes = [axis + 1 for axis, flip in enumerate(flips) if flip]
    assert torch.equal(vote(labels.flip(axes), half, border="border"), vote(labels, half, border="border").flip(axes))


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from([2, 3]),
    st.integers(0, 10**6),
    st.sampled_from([torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]),
)
def test_a_vote_is_that_of_images_one_a_label_on_every_backend_but_where_it_is_close(some_move, axes, seed, kind):
    move = some_move(axes, seed)
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(0, 2 if kind == torch.bool else 4, (1, *move.size), generator=generator).to(kind)
    present = labels.unique()
    for border in get_args(BorderMode):
        scores = torch.cat([
            by_torch((labels == one).double(), move, interpolation="linear", border=border)
            for one in present
        ])  # fmt: skip
        first, second = torch.cat((scores, torch.zeros_like(scores[:1]))).sort(0, descending=True).values[:2]
        close = first - second < 0.01
        if border == "zeros":
            # where a place is within 1e-4 of the outer edge, nothing may begin or not
            ends = torch.tensor(move.size).view(-1, *(1 for _ in move.size)) - 0.5
            close |= (((move.places() + 0.5).abs() < 1e-4) | ((move.places() - ends).abs() < 1e-4)).any(0)
        expected = present[scores.argmax(0)].masked_fill(scores.sum(0) < 0.5, 0)
        for backend in get_args(Backend):
            if backend != "opencv":
                moved = resample(labels, move, interpolation="vote", border=border, backend=backend)[0]
                assert moved.dtype == kind
                assert ((moved == expected) | close).all()


@pytest.mark.parametrize("shrink", [1.1, 0.45, 0.31])
def test_a_window_of_a_vote_is_its_part_of_the_whole(shrink):
    size = (21, 25, 23)
    bend = Field(torch.full((3, 4, 4, 4), 0.05, dtype=torch.float64))
    turn = tuple(tuple(shrink * entry for entry in row) for row in SLANT)
    move = Move((*turn, (0.0, 0.0, 0.0, 1.0)), size, size, fields=(bend,))
    data = torch.randint(0, 4, (2, *size))
    whole = resample(data, move, interpolation="vote", border="reflection")
    with counting() as counter:
        part = resample(data, move.window((0, 9, 0), (20, 1, 22)), interpolation="vote", border="reflection")
    assert (part != whole[:, :20, 9:10, :22]).float().mean() < 0.005
    assert counter.sizes == [(20, 1, 22)]
