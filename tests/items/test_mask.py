import numpy as np
import pytest
import torch

from leyden.augment import Flip, Pad, Rotate, Translate
from leyden.errors import ItemError
from leyden.items import Image, Mask, Move

HALF = ((1.0, 0.0, 0.6), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@pytest.mark.usefixtures("unchecked")
def test_what_is_no_mask_is_refused_with_all_faults_at_once():
    with pytest.raises(ItemError, match=r"integers .*got torch.float32.*got shape \(1, 1, 4, 4\)"):
        Mask(torch.zeros(1, 1, 4, 4))
    with pytest.raises(ItemError, match=r"got torch.bool; use data.to\(torch.uint8\)"):
        Mask(torch.ones(4, 4, dtype=torch.bool))
    with pytest.raises(ItemError, match="wants a tensor, got int"):
        Mask(3)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int64])
def test_no_label_is_invented_and_outside_is_background(dtype):
    moved = Mask(torch.tensor([[3], [7], [9]], dtype=dtype)).warp(Move(HALF, (3, 1), (3, 1), "reflection"))
    assert moved == Mask(torch.tensor([[0], [3], [7]], dtype=dtype))


def test_it_is_read_as_it_says_and_what_is_made_of_it_is_too():
    turn = Move(((1.0, 0.0, -0.4), (0.0, 1.0, -0.4), (0.0, 0.0, 1.0)), (2, 2), (1, 1))
    labels = torch.tensor([[7, 3], [3, 5]])
    near, voted = Mask(labels).warp(turn), Mask(labels, interpolation="vote").warp(turn)
    # 0.36 for the nearest, 0.24 for each of its neighbours
    assert (near.data.item(), near.interpolation) == (7, "nearest")
    assert (voted.data.item(), voted.interpolation) == (3, "vote")
    assert near != Mask(near.data, interpolation="vote")


@pytest.mark.usefixtures("unchecked")
def test_an_interpolation_that_there_is_not_is_refused():
    with pytest.raises(ItemError, match="wants an interpolation of nearest or vote, got 'linear'"):
        Mask(torch.ones(2, 2).long(), interpolation="linear")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ItemError, match="wants an interpolation of linear, cubic, nearest, got 'vote'"):
        Image(torch.ones(1, 2, 2), interpolation="vote")  # pyright: ignore[reportArgumentType]


def turned(axes, scale, seed):
    """A turn about the middle of a grid of 48 onto another that holds all of it."""
    draws, new = np.random.default_rng(seed), int(48 * scale) + 8
    matrix = np.eye(axes + 1)
    matrix[:-1, :-1] = scale * np.linalg.qr(draws.normal(size=(axes, axes)))[0]
    matrix[:-1, -1] = (new - 1) / 2 - matrix[:-1, :-1] @ draws.uniform(23, 24, axes)
    return Move(tuple(map(tuple, matrix.tolist())), (48,) * axes, (new,) * axes)


def blob(axes, radius, seed):
    """Where a blob has its middle, and what says whether places are in it."""
    draws = np.random.default_rng(seed)
    middle, radii = draws.uniform(20, 27, axes), draws.uniform(0.8, 1.25, axes) * radius
    return middle, lambda places: (((np.moveaxis(places, 0, -1) - middle) / radii) ** 2).sum(-1) < 1


def read_both(axes, radius, scale):
    """How many pixels of random blobs come out wrong, and their areas after by those before, picked and voted for."""
    wrong, areas = np.zeros(2), np.zeros(2)
    for seed in range(8):
        move, (_, within) = turned(axes, scale, seed), blob(axes, radius, seed)
        data = torch.from_numpy(within(np.indices(move.size)).astype(np.uint8))
        true = within(move.places().numpy())
        moved = [Mask(data, interpolation=how).warp(move).data.numpy() for how in ("nearest", "vote")]
        wrong += [(one != true).sum() for one in moved]
        areas += [one.sum() / (data.sum().item() * scale**axes) / 8 for one in moved]
    return wrong, areas


@pytest.mark.parametrize("axes", [2, 3])
@pytest.mark.parametrize(("scale", "radius"), [(1.0, 2), (1.0, 9), (2.0, 2), (2.0, 9), (0.45, 9), (0.3, 14)])
def test_a_vote_gets_fewer_pixels_wrong_than_picking(axes, scale, radius):
    (picked, voted), _ = read_both(axes, radius, scale)
    assert 0 < voted < picked


@pytest.mark.parametrize("axes", [2, 3])
def test_a_vote_wears_off_what_is_small_and_keeps_what_is_not(axes):
    _, (picked, voted) = read_both(axes, 9, 1.0)
    assert abs(picked - 1) < 0.02
    assert abs(voted - 1) < 0.02
    _, (picked, voted) = read_both(axes, 1.2, 1.0)
    assert abs(picked - 1) < 0.2
    assert 0.4 < voted < picked
    _, (picked, voted) = read_both(axes, 1.2, 0.3)
    assert voted == 0


@pytest.mark.parametrize("axes", [2, 3])
@pytest.mark.parametrize("scale", [0.5, 1.0, 1.7])
def test_points_go_where_the_blobs_go_that_are_voted_for(axes, scale):
    for seed in range(4):
        move, (middle, within) = turned(axes, scale, seed), blob(axes, 6, seed)
        mask = Mask(torch.from_numpy(within(np.indices(move.size)).astype(np.uint8)), interpolation="vote")
        there = move.points(torch.from_numpy(middle)[None])[0]
        assert (mask.warp(move).data.nonzero().double().mean(0) - there).abs().max() < 0.5


def test_a_mask_has_no_colour():
    mask = Mask(torch.ones(2, 2, dtype=torch.uint8))
    assert mask.recolour(lambda data: data * 2) is mask


def test_it_prints_size_dtype_and_labels():
    cube = torch.arange(8, dtype=torch.int16).view(2, 2, 2)
    assert repr(Mask(cube)) == "Mask(2 x 2 x 2, int16, 0..7)"
    assert repr(Mask(cube, interpolation="vote")) == "Mask(2 x 2 x 2, int16, 0..7, vote)"


def test_relabelling_gives_what_the_change_makes_of_it():
    mask = Mask(torch.tensor([[0, 1]]), spacing=(2.0, 1.0))
    assert mask.relabel(lambda given: Mask(given.data * 3, given.spacing)) == Mask(torch.tensor([[0, 3]]), (2.0, 1.0))
    assert repr(mask) == "Mask(1 x 2, int64, 0..1, 2 x 1 mm)"


@pytest.mark.parametrize(
    ("kind", "told"),
    [(torch.bool, "uint8"), (torch.uint16, "int32"), (torch.uint32, "int64"), (torch.float32, "uint8")],
)
@pytest.mark.usefixtures("unchecked")
def test_the_type_to_take_holds_all_labels(kind, told):
    with pytest.raises(ItemError, match=rf"use data\.to\(torch\.{told}\)"):
        Mask(torch.zeros(4, 4).to(kind))


@pytest.mark.parametrize("kind", [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64])
@pytest.mark.parametrize("how", ["nearest", "vote"])
@pytest.mark.parametrize("size", [(20, 24), (8, 10, 12)])
def test_outside_lies_the_label_that_the_mask_says(kind, how, size):
    ignored = 255 if kind == torch.uint8 else -1
    data = torch.randint(0, 4, size, generator=torch.Generator().manual_seed(0)).to(kind)
    sample = Mask(data, interpolation=how, outside=ignored), Mask(data, interpolation=how), Mask(torch.ones_like(data))
    for chain in (Rotate((40, 40)), Pad(32), Translate((0.3, 0.3)) | Flip("x")):
        draw = chain.draw(torch.Generator(), sample)
        marked, plain, seen = draw(sample)
        assert torch.equal(marked.data, torch.where(seen.data == 1, plain.data, ignored))
        assert marked.data.dtype == kind
        assert marked.outside == draw.invert(marked).outside == ignored
        assert ignored in marked.data.unique().tolist()


@pytest.mark.usefixtures("unchecked")
def test_the_label_outside_must_fit_and_is_told():
    for outside in (256, -1, 1.5, "void"):
        with pytest.raises(ItemError, match=r"wants outside one label of torch\.uint8, 0\.\.255"):
            Mask(torch.zeros(4, 4, dtype=torch.uint8), outside=outside)
    assert repr(Mask(torch.zeros(4, 4, dtype=torch.uint8), outside=255)) == "Mask(4 x 4, uint8, 0..0, 255 outside)"
