import subprocess
import sys

import pytest
import torch

from leyden.items.grid.field import Field
from leyden.items.grid.move import Move
from leyden.items.grid.tensors import by_torch
from leyden.items.grid.volumes import by_numba, numba_refuses

TURN = ((1.207, 0.303, 0.101, -1.303), (-0.307, 1.203, 0.0, 1.107), (0.0, 0.109, 1.103, 0.401), (0.0, 0.0, 0.0, 1.0))
MOVE = Move(TURN, (6, 7, 8), (7, 6, 9))


@pytest.mark.parametrize("how", ["linear", "cubic"])
def test_memory_in_any_order_is_read_as_it_lies(how):
    volume = torch.rand(6, 7, 8, 2).permute(3, 0, 1, 2)[:, :, :, 1:]
    cut = Move(TURN, (6, 7, 7), (7, 6, 9))
    moved = by_numba(volume, cut, interpolation=how, border="reflection")
    torch.testing.assert_close(moved, by_torch(volume, cut, interpolation=how, border="reflection"))
    labels = torch.randint(0, 9, (8, 7, 6)).permute(2, 1, 0)[None]
    assert torch.equal(
        by_numba(labels, MOVE, interpolation="nearest", border="zeros"),
        by_torch(labels, MOVE, interpolation="nearest", border="zeros"),
    )


@pytest.mark.parametrize("scale", [0.9, 0.6, 0.35])
@pytest.mark.parametrize("interleaved", [False, True])
@pytest.mark.parametrize("how", ["linear", "cubic"])
def test_shrinking_averages_as_torch_does(scale, interleaved, how):
    shrink = tuple(tuple(scale * entry for entry in row) for row in TURN[:-1])
    move = Move((*shrink, TURN[-1]), (13, 11, 12), (6, 5, 7))
    volume = torch.rand(13, 11, 12, 2).permute(3, 0, 1, 2)
    volume = volume if interleaved else volume.contiguous()
    torch.testing.assert_close(
        by_numba(volume, move, interpolation=how, border="border"),
        by_torch(volume, move, interpolation=how, border="border"),
    )


def test_slices_turned_in_their_plane_are_read_cubically_one_by_one():
    turn = ((1.0, 0.0, 0.0, 0.0), (0.0, 0.96, -0.28, 1.3), (0.0, 0.28, 0.96, -0.4), (0.0, 0.0, 0.0, 1.0))
    volume = torch.rand(1, 3, 9, 8)
    moved = by_numba(volume, Move(turn, (3, 9, 8), (3, 9, 8)), interpolation="cubic", border="zeros")
    flat = Move(tuple((*row[1:3], row[3]) for row in turn[1:]), (9, 8), (9, 8))
    torch.testing.assert_close(moved[0], by_torch(volume[0], flat, interpolation="cubic", border="zeros"))


@pytest.mark.parametrize("axes", [2, 3])
def test_labels_in_memory_in_any_order_vote_as_in_torch(axes):
    order = (2, 0, 1, 3)[: axes + 1] if axes == 3 else (1, 0, 2)
    shape = [count for _, count in sorted(zip(order, (2, 6, 7, 8), strict=False))]
    labels = torch.randint(0, 4, shape).permute(*order)[..., 1:]
    turn = TURN if axes == 3 else tuple((*row[:2], row[3]) for row in (TURN[0], TURN[1], TURN[3]))
    bend = Field(0.05 * torch.rand(axes, *[4] * axes, dtype=torch.float64))
    for fields in ((), (bend,)):
        move = Move(turn, tuple(labels.shape[1:]), (7, 6, 9)[:axes], fields=fields)
        voted = by_numba(labels, move, interpolation="vote", border="zeros")
        assert (voted != by_torch(labels, move, interpolation="vote", border="zeros")).float().mean() < 0.02


def test_several_fields_of_several_kinds_add_up():
    generator = torch.Generator().manual_seed(0)

    def lattice(*points):
        return torch.rand(3, *points, generator=generator, dtype=torch.float64) * 0.1

    fields = (Field(lattice(4, 5, 6)), Field(lattice(2, 3, 2), "linear"), Field(lattice(5, 5, 5)))
    move, volume = Move(TURN, (6, 7, 8), (7, 6, 20), fields=fields), torch.rand(2, 6, 7, 8, dtype=torch.float64)
    moved = by_numba(volume, move, interpolation="linear", border="reflection")
    torch.testing.assert_close(moved, by_torch(volume, move, interpolation="linear", border="reflection"))


WITHOUT = """
import sys
sys.modules["numba"] = None
import torch
from leyden.errors import DrawError
from leyden.items.grid import Move, resample
slant = ((1.0, 0.1, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))
move = Move(slant, (4, 4, 4), (4, 4, 4))
print(resample(torch.ones(1, 4, 4, 4), move, interpolation="linear", border="border").sum().item())
try:
    resample(torch.ones(1, 4, 4, 4), move, interpolation="linear", border="border", backend="numba")
except DrawError as error:
    print(error)
print(resample(torch.ones(1, 4, 4, 4).long(), move, interpolation="vote", border="border").sum().item())
"""


def test_where_numba_is_not_installed_torch_reads_volumes():
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "64.0",
        "the backend 'numba' is not installed; pip install numba; give 'auto'",
        "64",
    ]


def test_what_numba_cannot_do_it_says():
    volume = torch.rand(1, 6, 7, 8)
    bent = Move(TURN, (6, 7, 8), (7, 6, 9), fields=(Field(torch.zeros(3, 4, 4, 4, dtype=torch.float64)),))
    assert numba_refuses(volume, MOVE, interpolation="linear") == ""
    assert numba_refuses(volume, bent, interpolation="linear") == ""
    assert "wants channel z y x" in numba_refuses(volume[0], MOVE, interpolation="linear")
    assert numba_refuses(volume[0], MOVE, interpolation="vote") == ""
    assert "no gradients" in numba_refuses(volume.requires_grad_(), MOVE, interpolation="linear")
    assert "back through fields" in numba_refuses(torch.rand(1, 7, 6, 9), bent.reversed(), interpolation="linear")
