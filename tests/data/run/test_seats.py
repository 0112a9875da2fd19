import pytest
import torch

import leyden as ly
from leyden.data.run.buffers import Buffers
from leyden.data.run.seats import Seats

ROWS, SIDE = 3, 200  # 160 kB a row: large enough to be lent


def image(number: float) -> torch.Tensor:
    return torch.full((SIDE, SIDE), float(number))


def test_elements_laid_into_their_rows_are_the_batch_in_whatever_order_they_come():
    seats = Seats(Buffers(), ROWS)
    laid = {place: seats.laid((image(place), place), place) for place in (2, 0, 1)}
    whole = seats.whole([laid[place][0] for place in range(ROWS)])
    assert whole is not None
    assert torch.equal(whole, torch.stack([image(place) for place in range(ROWS)]))
    assert [laid[place][1] for place in range(ROWS)] == [0, 1, 2]


def test_the_element_given_stays_as_it_is_and_shares_nothing():
    seats, given = Seats(Buffers(), ROWS), {"x": [image(1)], "name": "a"}
    laid = seats.laid(given, 0)
    laid["x"][0].fill_(9)
    assert torch.equal(given["x"][0], image(1))
    assert laid["name"] == "a"


def test_rows_in_another_order_or_too_few_are_not_the_batch():
    seats = Seats(Buffers(), ROWS)
    rows = [seats.laid(image(place), place) for place in range(ROWS)]
    assert seats.whole(rows[:2]) is None
    assert seats.whole(rows[::-1]) is None
    assert seats.whole([*rows[:2], rows[2].clone()]) is None


def test_what_fits_no_row_stays_the_same_object():
    seats = Seats(Buffers(), ROWS)
    seats.laid(image(0), 0)
    other = [torch.zeros(SIDE + 1, SIDE), image(1).double(), image(1).requires_grad_(), image(1).T[:, ::2], "text"]
    assert [seats.laid(each, 1) is each for each in other] == [True] * len(other)
    small = torch.zeros(3)
    assert Seats(Buffers(), ROWS).laid(small, 0) is small


def test_a_batch_of_rows_of_the_users_own_memory_is_a_copy():
    data = torch.rand(4, SIDE, SIDE)
    before = data.clone()
    for part in data | ly.data.batch(4) | ly.data.parallel(2):
        assert torch.equal(part, before)
        part.zero_()
    assert torch.equal(data, before)


def test_batches_with_a_broken_element_or_of_different_kinds_are_what_one_worker_makes():
    def made(number):
        if number == 4:
            raise ValueError("torn")
        return {"x": image(number), "pair": [number, image(-number)]}

    pipe = range(8) | ly.data.map(made) | ly.data.guard() | ly.data.batch(3)
    expected, found = [pipe.at(place, ly.data.Moment(0)) for place in range(3)], []
    threads = ly.data.parallel(pipe, 2)
    found = [threads.at(place, ly.data.Moment(0)) for place in range(3)]
    streamed = list(threads.stream(range(3), ly.data.Moment(0)))
    for ours in (found, streamed):
        for one, other in zip(expected, ours, strict=True):
            one_x, other_x = (getattr(each, "element", each)["x"] for each in (one, other))
            assert torch.equal(one_x, other_x)


@pytest.mark.filterwarnings("ignore:.*quantized tensor creation functions:UserWarning")
def test_quantised_tensors_are_batched_as_without_workers():
    data = [torch.quantize_per_tensor(image(number / 10), 0.1, 0, torch.quint8) for number in range(ROWS)]
    (plain,), (laid,) = (list(data | ly.data.batch(ROWS) | ly.data.parallel(workers)) for workers in (0, 2))
    assert laid.dtype is plain.dtype is torch.quint8
    assert torch.equal(laid.dequantize(), plain.dequantize())
