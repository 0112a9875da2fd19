import numpy as np
import pytest
import torch

from leyden.errors import DrawError
from leyden.items.grid.field import Field
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
    assert move.grid(torch.float32, CPU).data_ptr() == move.grid(torch.float32, CPU).data_ptr()
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


def test_cubic_reading_looks_one_pixel_farther():
    starts, part = Move(((1.0, 0.0, -50.5), (0.0, 1.0, -60.5), (0.0, 0.0, 1.0)), (200, 200), (8, 8)).cubic_focus
    assert starts == (46, 56)
    assert part.size == (17, 17)
    assert part.points(torch.tensor([[4.5, 4.5]])).tolist() == [[0.0, 0.0]]


def test_where_the_border_is_in_sight_all_that_is_mirrored_there_is_looked_at():
    starts, part = Move(((1.0, 0.0, 3.5), (0.0, 1.0, -60.5), (0.0, 0.0, 1.0)), (200, 200), (8, 8)).focus
    assert starts == (0, 57)
    assert part.size == (8, 15)
    # down to -24.5, which shows row 24; three more are read around it
    assert Move(((1.0, 0.0, 24.5), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (200, 200), (8, 8)).focus[1].size[0] == 28


PERSPECTIVE = ((1.1, 0.1, 2.0), (-0.2, 0.9, 3.0), (0.002, -0.001, 1.0))
PERSPECTIVE_3D = ((1.1, 0.1, 0.0, 2.0), (-0.2, 0.9, 0.1, 3.0), (0.0, 0.1, 1.0, 0.0), (0.002, -0.001, 0.001, 1.0))


def field_of(axes, amount=0.1, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return Field((2 * torch.rand(axes, *[6] * axes, generator=generator, dtype=torch.float64) - 1) * amount)


BENT = [
    Move(SLANT_2D, (50, 70), (40, 30), fields=(field_of(2),)),
    Move(PERSPECTIVE, (50, 70), (40, 30), fields=(field_of(2), field_of(2, 0.02, 1))),
    Move(SLANT_3D, (30, 40, 35), (20, 30, 25), fields=(field_of(3),)),
    Move(PERSPECTIVE_3D, (30, 40, 35), (20, 30, 25)),
]


def some_points(size):
    generator = torch.Generator().manual_seed(1)
    return torch.rand(20, len(size), generator=generator, dtype=torch.float64) * (torch.tensor(size) - 1)


def test_a_perspective_divides_by_its_last_row():
    moved = Move(PERSPECTIVE, (50, 70), (50, 70)).points(torch.tensor([[10.0, 20.0]], dtype=torch.float64))
    assert moved.tolist() == [[pytest.approx((11 + 2 + 2) / 1.0), pytest.approx((-2 + 18 + 3) / 1.0)]]


@pytest.mark.parametrize("move", BENT)
def test_points_come_back_from_where_they_went(move):
    points = some_points(move.size)
    torch.testing.assert_close(move.points_back(move.points(points)), points, atol=1e-7, rtol=0)
    torch.testing.assert_close(move.reversed().points(move.points(points)), points, atol=1e-7, rtol=0)
    assert move.reversed().reversed().fields == move.fields
    assert (move.reversed().size, move.reversed().border) == (move.new_size, "zeros")


@pytest.mark.parametrize("move", BENT)
def test_pixels_read_where_points_come_from(move):
    new = torch.from_numpy(np.indices(move.new_size).reshape(len(move.size), -1).T.astype(float))
    read = move.places().flatten(1).T
    torch.testing.assert_close(read, move.points_back(new), atol=1e-9, rtol=0)
    edges = 2 * (read + 0.5) / torch.tensor(move.size) - 1
    torch.testing.assert_close(move.grid(torch.float64, CPU).flatten(0, -2), edges.flip(1), atol=1e-12, rtol=0)


@pytest.mark.parametrize("move", BENT)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_window_reads_a_part_of_what_the_whole_reads(move, backwards):
    move = move.reversed() if backwards else move
    start, size = tuple(count // 3 for count in move.new_size), tuple(count // 2 for count in move.new_size)
    part = tuple(slice(first, first + count) for first, count in zip(start, size, strict=True))
    # the way back is found by iteration, which ends when all places of a grid are near enough
    near = 5e-3 if backwards and move.fields else 1e-9
    torch.testing.assert_close(move.window(start, size).places(), move.places()[:, *part], atol=near, rtol=0)
    points = some_points(move.size)
    torch.testing.assert_close(
        move.window(start, size).points(points), move.points(points) - torch.tensor(start), atol=1e-7, rtol=0
    )
    for (low, high), plane in zip(move.window(start, size).sight, move.places()[:, *part], strict=True):
        assert low - near <= plane.min() <= plane.max() <= high + near


def test_a_window_lies_on_the_new_grid():
    with pytest.raises(DrawError, match=r"a window of 4 x 9 at \(0, 0\) on a grid of 4 x 3"):
        Move(SLANT_2D, (5, 7), (4, 3)).window((0, 0), (4, 9))


@pytest.mark.parametrize("move", BENT)
@pytest.mark.parametrize("backwards", [False, True])
def test_the_part_looked_at_reads_the_same_pixels(move, backwards):
    move = move.reversed() if backwards else move
    window = move.window((8,) * len(move.size), (3,) * len(move.size))
    starts, part = window.focus
    assert part.size != move.size
    shift = torch.tensor(starts).view(-1, *(1 for _ in starts))
    near = 5e-3 if backwards and move.fields else 1e-9
    torch.testing.assert_close(part.places() + shift, window.places(), atol=near, rtol=0)
    assert part.footprint == window.footprint
    assert Move(part.matrix, part.size, part.new_size).back == pytest.approx(np.array(part.back), abs=1e-9)


def test_nothing_bent_or_slanted_is_idle_or_exact():
    still = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    plain = Move(still, (8, 8), (8, 8))
    bent = Move(still, (8, 8), (8, 8), fields=(field_of(2),))
    assert plain.is_idle
    assert plain.is_exact
    assert not bent.is_idle
    assert not bent.is_exact
    assert not Move(PERSPECTIVE, (8, 8), (8, 8)).is_exact


def test_a_perspective_shrinks_as_much_as_in_the_middle_of_what_it_shows():
    shrink = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 2.0))
    assert Move(shrink, (8, 8), (4, 4)).footprint == pytest.approx((2.0, 2.0))
    tilted = Move(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.1, 1.0)), (9, 9), (9, 9))
    ahead = tilted.points_back(torch.tensor([[4.0, 4.0], [4.001, 4.0], [4.0, 4.001]], dtype=torch.float64))
    slopes = (ahead[1:] - ahead[:1]) * 1000
    assert tilted.footprint == pytest.approx(slopes.norm(dim=0).tolist(), rel=1e-3)


def test_where_the_horizon_is_in_sight_everything_is_looked_at():
    level = Move(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.5, 1.0)), (90, 90), (40, 40))
    assert level.focus == ((0, 0), level)
    assert level.reach == float("inf")
    assert level.places().isfinite().all()


def test_a_field_of_other_axes_is_refused():
    with pytest.raises(DrawError, match="a field of"):
        Move(SLANT_2D, (5, 7), (4, 3), fields=(field_of(3),))
