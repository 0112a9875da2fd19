import threading
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from leyden.errors import DrawError
from leyden.items.grid.affine import compose
from leyden.items.grid.field import Field
from leyden.items.grid.move import BorderMode, Interpolation, Move
from leyden.items.grid.sampling import Backend, counting, resample

TURN_2D = ((0.957, 0.283, 2.313), (-0.281, 0.953, 1.117), (0.0, 0.0, 1.0))
TURN_3D = ((1.207, 0.303, 0.101, -1.303), (-0.307, 1.203, 0.0, 1.107), (0.0, 0.109, 1.103, 0.401), (0.0, 0.0, 0.0, 1.0))
CASES = [(TURN_2D, (12, 9), (10, 11)), (TURN_3D, (6, 7, 8), (7, 6, 9))]


def places(move):
    """Where every new pixel reads, one row an axis."""
    new = np.indices(move.new_size).reshape(len(move.size), -1)
    return (np.array(move.back) @ np.vstack([new, np.ones(new.shape[1])]))[:-1]


def reference(plane, move, mode, order):
    return ndimage.map_coordinates(plane, places(move), order=order, mode=mode).reshape(move.new_size)


@pytest.mark.parametrize(("matrix", "size", "new"), CASES)
@pytest.mark.parametrize(("border", "mode"), [("reflection", "grid-mirror"), ("border", "nearest")])
def test_linear_interpolation_is_that_of_scipy(matrix, size, new, border, mode):
    data = torch.rand(2, *size, dtype=torch.float64)
    move = Move(matrix, size, new)
    moved = resample(data, move, interpolation="linear", border=border)
    for plane, result in zip(data, moved, strict=True):
        np.testing.assert_allclose(result, reference(plane, move, mode, 1), atol=1e-9)


def keys(plane, move, mode):
    """Cubic convolution with a = -1/2, tap by tap, at places that were brought into the grid before."""
    total = np.zeros(move.new_size)
    size = np.array(plane.shape)[:, None]
    inside = places(move)
    if mode == "reflection":
        around = (inside + 0.5) % (2 * size)
        inside = np.minimum(around, 2 * size - around) - 0.5
    inside = np.clip(inside, 0, size - 1)
    first = np.floor(inside).astype(int)
    for tap in product((-1, 0, 1, 2), repeat=plane.ndim):
        far = np.abs(inside - first - np.array(tap)[:, None])
        near, rest = 1.5 * far**3 - 2.5 * far**2 + 1, -0.5 * far**3 + 2.5 * far**2 - 4 * far + 2
        at = np.clip(first + np.array(tap)[:, None], 0, size - 1)
        total += (np.where(far <= 1, near, rest).prod(0) * plane[tuple(at)]).reshape(move.new_size)
    return total


@pytest.mark.parametrize(("matrix", "size", "new"), CASES)
@pytest.mark.parametrize("border", ["reflection", "border"])
def test_cubic_interpolation_is_that_of_keys(matrix, size, new, border):
    data = torch.rand(2, *size, dtype=torch.float64)
    move = Move(matrix, size, new)
    fast: Backend = "opencv" if len(size) == 2 else "numba"
    exact = resample(data, move, interpolation="cubic", border=border, backend="torch")
    single = resample(data.float(), move, interpolation="cubic", border=border, backend=fast)
    for plane, result, rough in zip(data.numpy(), exact, single, strict=True):
        np.testing.assert_allclose(result, keys(plane, move, border), atol=1e-9)
        np.testing.assert_allclose(rough, keys(plane, move, border), atol=1e-5)


@pytest.mark.parametrize(("matrix", "size", "new"), CASES)
@pytest.mark.parametrize("backend", ["torch", "auto"])
def test_cubic_reading_gives_parabolas_back_and_linear_does_not(matrix, size, new, backend):
    def parabola(where):
        return 0.1 * where[0] ** 2 - 0.2 * where[1] * where[-1] + where[-1]

    move, missed = Move(matrix, size, new), {}
    # no neighbour of these places lies outside, where a parabola has none
    inner = ((places(move) >= 1) & (places(move) <= np.array(size)[:, None] - 2)).all(0)
    data = torch.from_numpy(parabola(np.indices(size))).float()[None]
    for how in ("linear", "cubic"):
        moved = resample(data, move, interpolation=how, border="border", backend=backend).numpy().ravel()
        missed[how] = np.abs(moved - parabola(places(move)))[inner].max()
    assert missed["cubic"] < 1e-4
    assert missed["linear"] > 0.01


@pytest.mark.parametrize(("matrix", "size", "new"), CASES)
def test_zeros_begin_where_the_outermost_pixel_ends_for_images_and_masks(matrix, size, new):
    move = Move(matrix, size, new)
    image = resample(torch.ones(1, *size), move, interpolation="linear", border="zeros")
    mask = resample(torch.ones(1, *size, dtype=torch.uint8), move, interpolation="nearest", border="zeros")
    edge = np.array(size)[:, None] - 0.5
    inside = ((places(move) > -0.5) & (places(move) < edge)).all(0).reshape(1, *new)
    np.testing.assert_allclose(image, inside, atol=1e-6)
    np.testing.assert_array_equal(mask, inside)


@pytest.mark.parametrize(("matrix", "size", "new"), CASES)
@pytest.mark.parametrize("dtype", [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64])
def test_labels_are_picked_as_by_scipy_and_keep_their_dtype(matrix, size, new, dtype):
    labels = torch.randint(0, 100, size).to(dtype)
    move = Move(matrix, size, new)
    moved = resample(labels[None], move, interpolation="nearest", border="border")
    assert moved.dtype == dtype
    np.testing.assert_array_equal(moved[0], reference(labels.numpy(), move, "nearest", 0))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_images_keep_their_precision(dtype):
    data = torch.rand(1, 12, 9)
    move = Move(TURN_2D, (12, 9), (12, 9))
    moved = resample(data.to(dtype), move, interpolation="linear", border="zeros")
    assert moved.dtype == dtype
    expected = resample(data, move, interpolation="linear", border="zeros")
    torch.testing.assert_close(moved.float(), expected, atol=1e-2, rtol=0)


@pytest.mark.parametrize(("matrix", "size", "new"), CASES)
def test_large_labels_survive(matrix, size, new):
    large = torch.full((1, *size), 2**62 + 1)
    backends: list[Backend] = ["torch", "opencv" if len(size) == 2 else "numba"]
    for backend in backends:
        moved = resample(large, Move(matrix, size, new), interpolation="nearest", border="border", backend=backend)
        assert moved.unique().tolist() == [2**62 + 1]


@pytest.mark.parametrize("how", ["linear", "cubic"])
@pytest.mark.parametrize("zoom", [1.7, 0.9])
def test_a_window_of_a_large_image_is_the_window_of_the_whole_result(zoom, how):
    size, corner = (90, 80), (41, 33)
    turn = ((zoom * 0.96, zoom * 0.28, -3.7), (-zoom * 0.28, zoom * 0.96, 11.2), (0.0, 0.0, 1.0))
    window = ((1.0, 0.0, -corner[0]), (0.0, 1.0, -corner[1]), (0.0, 0.0, 1.0))
    data = torch.rand(1, *size, dtype=torch.float64)
    whole = resample(data, Move(turn, size, size), interpolation=how, border="reflection")
    part = resample(data, Move(compose(turn, window), size, (12, 10)), interpolation=how, border="reflection")
    assert Move(compose(turn, window), size, (12, 10)).focus[1].size != size
    torch.testing.assert_close(part, whole[:, 41:53, 33:43])


def test_a_fine_pattern_shrinks_to_grey():
    rows, columns = torch.meshgrid(torch.arange(64), torch.arange(64), indexing="ij")
    board = ((rows + columns) % 2).float()[None]
    third = ((0.3, 0.05, 1.0), (-0.05, 0.3, 4.0), (0.0, 0.0, 1.0))
    moved = resample(board, Move(third, (64, 64), (20, 20)), interpolation="linear", border="reflection")
    assert (moved - 0.5).abs().max() < 0.13


@pytest.mark.parametrize("how", ["linear", "cubic"])
def test_gradients_flow_through(how):
    data = torch.rand(1, 12, 9, requires_grad=True)
    shrink = ((0.6, 0.1, 0.0), (-0.1, 0.6, 0.0), (0.0, 0.0, 1.0))
    resample(data, Move(shrink, (12, 9), (6, 5)), interpolation=how, border="zeros").sum().backward()
    assert data.grad is not None
    assert data.grad.abs().sum() > 0


def test_data_of_another_grid_is_refused():
    with pytest.raises(DrawError, match="data of 4 x 4 cannot take a move of 12 x 9"):
        resample(torch.rand(1, 4, 4), Move(TURN_2D, (12, 9), (12, 9)), interpolation="linear", border="zeros")


BORDERS: list[BorderMode] = ["zeros", "border", "reflection"]
KINDS = [torch.uint8, torch.float16, torch.float32]
BETWEEN: list[Interpolation] = ["linear", "cubic"]


def image_of(move, kind, *, channels, interleaved):
    generator = torch.Generator().manual_seed(0)
    data = torch.rand(channels, *move.size, generator=generator)
    data = (data * 255).to(kind) if kind == torch.uint8 else data.to(kind)
    return data.movedim(0, -1).contiguous().movedim(-1, 0) if interleaved else data


def near_an_edge(move):
    """New pixels whose place is within 1e-4 of the outer edge of the old grid, where zeros may begin or not."""
    size = torch.tensor(move.size).view(-1, *(1 for _ in move.size))
    places = move.places()
    return (((places + 0.5).abs() < 1e-4) | ((places - size + 0.5).abs() < 1e-4)).any(0)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([2, 3]), st.integers(0, 10**6), st.sampled_from(KINDS), st.integers(1, 5), st.booleans())
def test_images_are_the_same_from_every_backend(some_move, axes, seed, kind, channels, interleaved):
    move = some_move(axes, seed)
    data = image_of(move, kind, channels=channels, interleaved=interleaved)
    backend: Backend = "opencv" if len(move.size) == 2 else "numba"
    shrinks = max(move.footprint) > 1
    near = {torch.uint8: 2 if shrinks else 1, torch.float16: 1e-3, torch.float32: 1e-4}[kind]
    for border, how in product(BORDERS, BETWEEN):
        fast = resample(data, move, interpolation=how, border=border, backend=backend)
        slow = resample(data, move, interpolation=how, border=border, backend="torch")
        assert fast.dtype == kind
        assert fast.shape == slow.shape
        difference = (fast.double() - slow.double()).abs()
        if border == "zeros":
            difference = difference.masked_fill(near_an_edge(move), 0)
        assert difference.max() <= (1 if how == "cubic" and kind == torch.uint8 else near)


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from([2, 3]),
    st.integers(0, 10**6),
    st.sampled_from([torch.uint8, torch.int16, torch.int32, torch.int64]),
)
def test_labels_are_the_same_from_every_backend_but_halfway_between_pixels(some_move, axes, seed, kind):
    move = some_move(axes, seed)
    labels = torch.randint(0, 100, (1, *move.size), generator=torch.Generator().manual_seed(0)).to(kind)
    backend: Backend = "opencv" if len(move.size) == 2 else "numba"
    halfway = ((move.places() - move.places().floor() - 0.5).abs() < 1e-4).any(0)
    for border in BORDERS:
        fast = resample(labels, move, interpolation="nearest", border=border, backend=backend)
        slow = resample(labels, move, interpolation="nearest", border=border, backend="torch")
        assert ((fast == slow) | halfway).all()


@pytest.mark.parametrize(("matrix", "size", "new"), CASES)
def test_real_values_do_not_vote_nor_does_opencv(matrix, size, new):
    move = Move(matrix, size, new)
    with pytest.raises(DrawError, match=r"labels vote, which are integers, got torch.float32; give 'linear'"):
        resample(torch.rand(1, *size), move, interpolation="vote", border="zeros")
    with pytest.raises(DrawError, match="the backend 'opencv' takes no vote; give 'auto'"):
        resample(torch.ones(1, *size).long(), move, interpolation="vote", border="zeros", backend="opencv")


@pytest.mark.parametrize(("matrix", "size", "new"), CASES)
@pytest.mark.parametrize("backend", ["torch", "auto"])
@pytest.mark.parametrize("how", ["linear", "cubic"])
def test_bytes_are_rounded_and_never_wrap(matrix, size, new, backend, how):
    data = torch.randint(0, 2, (1, *size)) * 255
    move = Move(matrix, size, new)
    exact = resample(data.double(), move, interpolation=how, border="reflection")
    moved = resample(data.to(torch.uint8), move, interpolation=how, border="reflection", backend=backend)
    assert (exact.max() > 260) == (how == "cubic")
    assert (moved.double() - exact.clamp(0, 255)).abs().max() <= 0.51


@pytest.mark.parametrize(("matrix", "size", "new"), CASES)
@pytest.mark.parametrize("how", ["linear", "cubic"])
def test_no_number_stays_no_number_and_harms_its_neighbours_only(matrix, size, new, how):
    data = torch.ones(1, *size)
    data[0, 3, 4] = float("nan")
    moved = resample(data, Move(matrix, size, new), interpolation=how, border="reflection")
    assert moved.isnan().any()
    torch.testing.assert_close(moved[~moved.isnan()], torch.ones(int((~moved.isnan()).sum())))


@pytest.mark.parametrize("size", [(40, 50), (20, 24, 22)])
def test_what_a_field_bent_comes_back_by_the_reversed_move(size):
    axes = len(size)
    generator = torch.Generator().manual_seed(0)
    bend = Field((2 * torch.rand(axes, *[6] * axes, generator=generator, dtype=torch.float64) - 1) * 0.03)
    turn = TURN_2D if axes == 2 else TURN_3D
    move = Move(turn, size, tuple(count + 10 for count in size), fields=(bend,))
    where = np.indices(size)
    smooth = torch.from_numpy(np.sin(where / 5).sum(0, keepdims=True))
    there = resample(smooth, move, interpolation="linear", border="border")
    back = resample(there, move.reversed(), interpolation="linear", border="zeros")
    inside = (slice(None), *(slice(6, -6) for _ in size))
    assert (there.mean() - smooth.mean()).abs() > 1e-3
    assert (back - smooth)[inside].abs().mean() < 0.03


@pytest.mark.parametrize("how", ["linear", "cubic"])
def test_a_window_costs_and_gives_its_part_of_the_whole(how):
    size = (20, 24, 22)
    bend = Field(torch.full((3, 4, 4, 4), 0.05, dtype=torch.float64))
    for shrink in (1.1, 0.45):
        turn = tuple(tuple(shrink * entry for entry in row) for row in TURN_3D[:-1])
        move = Move((*turn, TURN_3D[-1]), size, size, fields=(bend,))
        data = torch.rand(2, *size)
        whole = resample(data, move, interpolation=how, border="reflection")
        with counting() as counter:
            part = resample(data, move.window((0, 9, 0), (20, 1, 22)), interpolation=how, border="reflection")
        torch.testing.assert_close(part, whole[:, :, 9:10], atol=1e-4, rtol=0)
        assert counter.sizes == [(20, 1, 22)]


@pytest.mark.parametrize("how", ["linear", "cubic"])
@pytest.mark.parametrize("new", [(0, 4), (4, 0), (1, 1)])
def test_small_and_empty_grids_are_filled(new, how):
    for channels in (0, 1, 3):
        moved = resample(torch.ones(channels, 12, 9), Move(TURN_2D, (12, 9), new), interpolation=how, border="border")
        assert torch.equal(moved, torch.ones(channels, *new))


def test_a_grid_beyond_the_reach_of_opencv_is_read_by_torch():
    turn = ((1.0, 1e-5, 0.5), (0.0, 1.0, 0.25), (0.0, 0.0, 1.0))
    wide, move = torch.rand(1, 2, 40000), Move(turn, (2, 40000), (2, 40000))
    moved = resample(wide, move, interpolation="linear", border="border")
    assert torch.equal(moved, resample(wide, move, interpolation="linear", border="border", backend="torch"))
    with pytest.raises(DrawError, match="the backend 'opencv' reaches 32766 pixels, asked for more; give 'auto'"):
        resample(wide, move, interpolation="linear", border="border", backend="opencv")


@pytest.mark.usefixtures("unchecked")
def test_a_backend_or_interpolation_that_there_is_not_is_refused():
    with pytest.raises(DrawError, match="no interpolation named 'bicubic'; there are linear, cubic, nearest, vote"):
        resample(torch.ones(1, 12, 9), Move(*CASES[0]), border="border",
                 interpolation="bicubic")  # pyright: ignore[reportArgumentType]  # fmt: skip
    with pytest.raises(DrawError, match="no backend named 'cuda'; there are auto, torch, opencv, numba"):
        resample(torch.ones(1, 12, 9), Move(*CASES[0]), interpolation="linear", border="border",
                 backend="cuda")  # pyright: ignore[reportArgumentType]  # fmt: skip


def test_interpolations_are_counted_in_every_thread_and_copies_are_not():
    data, turn = torch.rand(1, 12, 9), Move(*CASES[0])
    flip = Move(((-1.0, 0.0, 11.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (12, 9), (12, 9))

    def work():
        for move in (turn, flip, turn):
            resample(data, move, interpolation="linear", border="border")

    with counting() as outer:
        work()
        with counting() as inner:
            threads = [threading.Thread(target=work) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    work()
    assert (outer.resamples, inner.resamples) == (10, 8)
    assert set(inner.sizes) == {(10, 11)}
