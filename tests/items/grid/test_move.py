import numpy as np
import pytest
import torch

from leyden.errors import DrawError
from leyden.items.grid.move import Move

CPU = torch.device("cpu")
SLANT_2D = ((0.9, 0.2, 1.0), (-0.1, 1.2, -2.0), (0.0, 0.0, 1.0))
SLANT_3D = ((0.9, 0.2, 0.1, 1.0), (-0.1, 1.2, 0.0, -2.0), (0.3, 0.0, 1.1, 0.5), (0.0, 0.0, 0.0, 1.0))


@pytest.mark.parametrize(("matrix", "size", "new"), [(SLANT_2D, (5, 7), (4, 3)), (SLANT_3D, (5, 7, 6), (4, 3, 2))])
def test_every_pixel_of_the_grid_reads_where_the_inverse_matrix_says(matrix, size, new):
    grid = Move(matrix, size, new).grid(torch.float64, CPU)[0].numpy()
    for place in np.ndindex(*new):
        source = (np.linalg.inv(matrix) @ [*place, 1])[:-1]
        expected = [(2 * at + 1) / count - 1 for at, count in zip(source, size, strict=True)]
        np.testing.assert_allclose(grid[place], expected[::-1], atol=1e-12)


def test_the_grid_is_made_once_a_dtype():
    move = Move(SLANT_2D, (5, 7), (4, 3))
    assert move.grid(torch.float32, CPU) is move.grid(torch.float32, CPU)
    assert move.grid(torch.float64, CPU).dtype == torch.float64


def test_points_go_where_the_matrix_says_and_keep_their_dtype():
    points = torch.tensor([[1.0, 2.0], [0.0, 0.0]], dtype=torch.float16)
    moved = Move(SLANT_2D, (5, 7), (4, 3)).points(points)
    assert moved.dtype == torch.float16
    torch.testing.assert_close(moved.float(), torch.tensor([[2.3, 0.3], [1.0, -2.0]]), atol=2e-3, rtol=0)


def test_only_mirrors_mirror():
    assert not Move(SLANT_2D, (5, 7), (4, 3)).mirrors
    assert Move(((-1.0, 0.0, 4.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (5, 7), (5, 7)).mirrors


def test_sizes_and_matrix_must_agree_on_the_axes():
    with pytest.raises(DrawError, match=r"5 x 7 grid onto 4 with a matrix of 3 rows"):
        Move(SLANT_2D, (5, 7), (4,))


def test_a_small_window_is_looked_at_alone():
    starts, part = Move(((1.0, 0.0, -50.5), (0.0, 1.0, -60.5), (0.0, 0.0, 1.0)), (200, 200), (8, 8)).focus
    assert starts == (47, 57)
    assert part.size == (15, 15)
    assert part.points(torch.tensor([[3.5, 3.5]])).tolist() == [[0.0, 0.0]]


def test_where_the_border_is_in_sight_the_whole_axis_is_looked_at():
    starts, part = Move(((1.0, 0.0, 3.5), (0.0, 1.0, -60.5), (0.0, 0.0, 1.0)), (200, 200), (8, 8)).focus
    assert starts == (0, 57)
    assert part.size == (200, 15)
