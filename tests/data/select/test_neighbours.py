import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import leyden as ly
from leyden.data.pipe.element import guard
from leyden.data.select.grouping import group
from leyden.data.select.neighbours import window
from leyden.errors import DataError


class Counting:
    """A container that notes what is read."""

    def __init__(self, count):
        self.count, self.read = count, []

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        self.read.append(index)
        return index


sizes = st.integers(1, 6)


@given(st.integers(0, 20), sizes, sizes)
def test_windows_are_the_slices_of_a_list(count, size, step):
    data = list(range(count))
    view = data | window(size, step, collate=list)
    assert list(view) == [view[i] for i in range(len(view))]
    assert list(view) == [data[i : i + size] for i in range(0, count, step) if i + size <= count]


@given(st.integers(0, 20), sizes, sizes, st.data())
def test_windows_read_in_any_order_are_the_same(count, size, step, more):
    view = range(count) | window(size, step, drop_last=False, collate=list)
    order = more.draw(st.lists(st.integers(0, len(view) - 1), max_size=9)) if len(view) else []
    assert list(view | ly.data.subset(order)) == [view[i] for i in order]


@given(st.integers(0, 20), sizes, st.booleans())
def test_windows_side_by_side_are_batches(count, size, drop_last):
    options = {"drop_last": drop_last, "collate": tuple}
    assert list(window(range(count), size, size, **options)) == list(ly.data.batch(range(count), size, **options))


@given(st.integers(0, 20), sizes, sizes)
def test_a_kept_last_window_holds_what_no_full_one_does(count, size, step):
    full = list(window(range(count), size, step, collate=list))
    every = list(window(range(count), size, step, drop_last=False, collate=list))
    assert every[: len(full)] == full
    assert len(every) - len(full) <= 1
    if step <= size:
        assert sorted({x for each in every for x in each}) == list(range(count))


def test_a_loop_reads_each_element_once_and_an_index_its_window():
    data = Counting(6)
    view = window(data, 4)
    assert (len(view), data.read) == (3, [])
    assert [x.tolist() for x in view] == [[0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5]]
    assert data.read == [0, 1, 2, 3, 4, 5]
    assert (view[2].tolist(), data.read[6:]) == ([2, 3, 4, 5], [2, 3, 4, 5])


def test_windows_of_structures_are_stacked_and_batch_again():
    rows = [{"t": i, "x": torch.full((2,), float(i))} for i in range(6)]
    first = next(iter(rows | window(3) | ly.data.batch(2) | ly.data.parallel(2)))
    assert first["t"].tolist() == [[0, 1, 2], [1, 2, 3]]
    assert first["x"].shape == (2, 3, 2)


def test_windows_stay_inside_their_group():
    parts = group(range(7), [0, 0, 0, 1, 1, 1, 1])
    inside = ly.data.concatenate(*(window(part, 3, collate=list) for part in parts))
    assert list(inside) == [[0, 1, 2], [3, 4, 5], [4, 5, 6]]


def test_random_steps_beneath_draw_alike_in_all_windows_of_an_epoch():
    view = [0] * 4 | ly.data.map_random(lambda g, x: g.initial_seed()) | window(2, collate=list)
    first = list(view)
    assert first[0][1] == first[1][0] != first[1][1]
    assert list(view) != first


def test_a_window_that_holds_a_broken_element_is_broken():
    view = [1, 2, 0, 4, 5, 6] | ly.data.map(lambda x: 60 // x) | guard() | window(2, collate=list)
    with pytest.warns(UserWarning, match="1 broken element in .* 2 of 5 short"):
        assert list(view) == [[60, 30], [15, 12], [12, 10]]


def test_a_window_with_a_sound_element_in_place_of_a_broken_one_is_handed_out_and_reported():
    view = [1, 2, 0, 4] | ly.data.map(lambda x: 60 // x) | guard(instead="next") | window(2, 2)
    with pytest.warns(UserWarning, match="1 broken"):
        assert [x.tolist() for x in view] == [[60, 30], [15, 15]]


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((0,), "the size is at least 1; given 0"),
        ((2, 0), "the step is at least 1; given 0"),
        ((2.5,), "the size is a whole number; given 2.5"),
        ((2, None), "the step is a whole number; given None"),
    ],
)
def test_sizes_and_steps_that_make_no_windows_are_refused(numbers, message):
    with pytest.raises(DataError, match=message):
        window([1, 2], *numbers)
    with pytest.raises(DataError, match=message):
        window(*numbers)


def test_window_says_how_it_is_written():
    for given_ in ((), ([1],), ([1], 2, 3, 4)):
        with pytest.raises(TypeError, match=r"write window\(data, size, step=1\)"):
            window(*given_)
    assert repr(range(9) | window(3, 2)) == "range(0, 9) | window(3, 2)"
