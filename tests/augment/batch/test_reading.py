import pytest
import torch
from torch.nn import functional

from leyden.augment import Border, CenterCrop, Flip, Maybe, Resize, Rotate, Zoom
from leyden.augment.batch.reading import move_batch
from leyden.augment.spatial import Elastic, Perspective, RandomResizedCrop
from leyden.items import Image, resample


@pytest.fixture
def samplings(monkeypatch):
    """Count what torch interpolates: the list grows by the shape of every batch that is."""
    counted = []
    sample = functional.grid_sample

    def count(data, grid, **options):
        counted.append(tuple(data.shape))
        return sample(data, grid, **options)

    monkeypatch.setattr(functional, "grid_sample", count)
    return counted


CHAINS = {
    "turns": Maybe(Flip("x")) | Rotate(20) | Zoom(0.95, 1.3),
    "crops": RandomResizedCrop(14),
    "shrinks alike": Resize(9) | Rotate(10),
    "shrinks each by its own": Zoom(0.2, 0.9) | Rotate(20),
    "shrinks, zeros outside": Border("zeros") | Zoom(0.2, 0.9) | Rotate(20),
    "shrinks, edges outside": Border("border") | Zoom(0.2, 0.9) | Rotate(20),
    "bends": Elastic(0.05) | Rotate(10),
}


def moves_for(chain, data):
    generator = torch.Generator().manual_seed(0)
    return [chain.draw(generator, Image(one)).fusion.move() for one in data]


def one_by_one(data, moves, *, interpolation, border):
    pairs = zip(data, moves, strict=True)
    return torch.stack([resample(one, move, interpolation=interpolation, border=border) for one, move in pairs])


@pytest.mark.parametrize("shape", [(5, 3, 31, 42), (3, 2, 15, 18, 21)])
@pytest.mark.parametrize("how", ["linear", "cubic"])
@pytest.mark.parametrize("name", CHAINS)
def test_a_batch_is_what_its_samples_are_with_one_interpolation(name, how, shape, samplings):
    data = torch.rand(shape)
    moves = moves_for(CHAINS[name], data)
    border = moves[0].border
    moved = move_batch(data, moves, interpolation=how, border=border)
    # cubically, it is read with how it bends along each axis and all of them
    assert len(samplings) == (1 if how == "linear" else 2 ** (len(shape) - 2))
    torch.testing.assert_close(moved, one_by_one(data, moves, interpolation=how, border=border), atol=1e-4, rtol=0)


def test_perspective_is_no_exception(samplings):
    data = torch.rand(4, 1, 20, 30)
    moves = moves_for(Perspective(0.1) | Rotate(5), data)
    moved = move_batch(data, moves, interpolation="linear", border="zeros")
    assert len(samplings) == 1
    torch.testing.assert_close(
        moved, one_by_one(data, moves, interpolation="linear", border="zeros"), atol=1e-4, rtol=0
    )


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float16, torch.float64])
def test_dtypes_stay(dtype):
    data = (200 * torch.rand(3, 2, 16, 16)).to(dtype)
    moves = moves_for(Rotate(20), data)
    moved = move_batch(data, moves, interpolation="linear", border="reflection")
    slow = one_by_one(data, moves, interpolation="linear", border="reflection")
    assert moved.dtype == dtype
    assert (moved.double() - slow.double()).abs().max() <= (2 if dtype == torch.uint8 else 0.3)


@pytest.mark.parametrize("label", [3, 2**30, 2**50])
def test_labels_are_picked_and_kept_whole(label):
    data = label * torch.randint(0, 2, (3, 1, 12, 14))
    moves = moves_for(Rotate((30, 30)), data.float())
    moved = move_batch(data, moves, interpolation="nearest", border="zeros")
    assert set(moved.unique().tolist()) <= {0, label}
    assert (moved != one_by_one(data, moves, interpolation="nearest", border="zeros")).float().mean() < 0.01


@pytest.mark.parametrize("shape", [(5, 1, 31, 42), (3, 1, 15, 18, 21)])
@pytest.mark.parametrize("name", CHAINS)
def test_labels_vote_as_those_of_each_sample_do(name, shape):
    data = torch.randint(0, 4, shape)
    moves = moves_for(CHAINS[name], data.float())
    moved = move_batch(data, moves, interpolation="vote", border="zeros")
    slow = one_by_one(data, moves, interpolation="vote", border="zeros")
    assert moved.dtype == data.dtype
    # labels as wild as these are close in many a place
    assert (moved != slow).float().mean() < 0.01


def test_exact_moves_copy_bit_for_bit(samplings):
    data = torch.rand(4, 1, 10, 10)
    moves = moves_for(Maybe(Flip("x")) | CenterCrop(6), data)
    moved = move_batch(data, moves, interpolation="linear", border="reflection")
    assert samplings == []
    assert torch.equal(moved, one_by_one(data, moves, interpolation="linear", border="reflection"))
