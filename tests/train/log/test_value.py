import copy
import enum
import math
import pickle

import numpy as np
import pytest
import torch

from leyden.train.log.value import LARGE, UNCOUNTED, Glance, Later, alike, held, near, plain, settle


class Far(torch.Tensor):
    """A tensor that says it is on an accelerator, and raises where reading it would make the host wait."""

    may_be_read = False

    @property
    def is_cpu(self):
        return False

    @classmethod
    def __torch_function__(cls, function, kinds, args=(), kwargs=None):
        waits = {"item", "tolist", "__bool__", "__float__", "__int__", "__eq__", "__ne__", "eq", "equal", "numpy"}
        if function.__name__ in waits and not cls.may_be_read:
            raise AssertionError(f"{function.__name__} waits for the accelerator")
        return super().__torch_function__(function, kinds, args, kwargs or {})


def far(value):
    return torch.tensor(value).as_subclass(Far)


@pytest.fixture
def reading(monkeypatch):
    """Allows far tensors to be read from now on."""
    return lambda: monkeypatch.setattr(Far, "may_be_read", True)


class Colour(enum.Enum):
    RED = "red"


class Own(float):
    pass


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (0.5, 0.5),
        ("text", "text"),
        (Colour.RED, "red"),
        (Own(0.5), 0.5),
        (np.float32(0.5), 0.5),
        (torch.tensor(2), 2),
        (torch.tensor([0.5]), 0.5),
        (torch.nn.Parameter(torch.tensor(0.5)), 0.5),
        ((0.9, 0.999), (0.9, 0.999)),
        ([1, [2, "a"]], (1, (2, "a"))),
    ],
)
def test_small_values_are_held_as_plain_data(value, expected):
    found = held(value)
    assert found == expected
    assert type(found) in (type(None), bool, int, float, str, tuple)


@pytest.mark.parametrize(
    "value", [torch.zeros(2), torch.zeros(0), torch.empty((), device="meta"), {"a": 1}, list(range(9)), [object()]]
)
def test_everything_else_is_large(value):
    assert held(value) is LARGE
    assert plain(held(value)) is None


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (0.5, 0.5, True),
        (0.5, 0.25, False),
        (None, 0.0, False),
        (float("nan"), float("nan"), True),
        (float("nan"), 1.0, False),
        ((0.9, float("nan")), (0.9, float("nan")), True),
        ((0.9, 1), (0.9, 2), False),
        ((0.9,), (0.9, 1), False),
        (LARGE, LARGE, True),
        (LARGE, 1.0, False),
        ("a", 1, False),
    ],
)
def test_values_are_compared_as_a_reader_would(before, after, same):
    assert alike(before, after) is same
    assert alike(after, before) is same


def test_a_number_on_an_accelerator_is_read_when_it_is_asked_for(reading):
    number = held(far(0.5))
    assert isinstance(number, Later)
    reading()
    assert plain(number) == 0.5


def test_a_copy_is_kept_of_what_may_change_in_place(reading):
    tensor = far(0.5)
    number = held(tensor)
    tensor.fill_(9.0)
    reading()
    assert plain(number) == 0.5


def test_what_changed_in_place_without_a_copy_is_not_read_as_something_else(reading):
    tensor = far(0.5)
    number = held(tensor, copy=False)
    tensor.fill_(9.0)
    reading()
    assert plain(number) is None


def test_numbers_on_an_accelerator_are_compared_without_waiting():
    tensor = far(0.5)
    before = held(tensor)
    assert alike(before, held(tensor))
    assert alike(before, held(tensor.detach(), copy=False))
    assert not alike(before, held(far(0.5)))
    assert not alike(before, 0.5)
    tensor.fill_(0.25)
    assert not alike(before, held(tensor))


def test_many_are_read_at_once_and_their_tensors_let_go(reading):
    numbers = [
        held(far(1.5)),
        held(far(2)),
        held(far(True)),
        Later(far(3.0), count=far(2)),
        Later(far(0.0), count=far(0)),
    ]
    reading()
    settle(numbers)
    assert [one.value for one in numbers[:4]] == [1.5, 2, True, 1.5]
    assert math.isnan(numbers[4].value)
    assert all(one.tensor is one.source is one.count is None for one in numbers)
    settle(numbers)
    assert numbers[0].value == 1.5


def test_one_that_was_read_is_plain_data(reading):
    number = held(far(0.5))
    reading()
    settle([number])
    assert plain(pickle.loads(pickle.dumps(number))) == plain(copy.deepcopy(number)) == 0.5


def test_a_number_on_the_processor_is_read_where_it_does_not_wait():
    number = Later(torch.tensor(3.0), count=torch.tensor(2))
    assert (near(number), number.tensor, number.count) == (1.5, None, None)
    assert math.isnan(near(Later(torch.tensor(0.0), count=torch.tensor(0))))
    assert (near(0.5), near(LARGE)) == (0.5, LARGE)
    later = Later(far(0.5))
    assert near(later) is later


def test_a_number_that_changed_in_place_before_it_was_read_is_none():
    tensor = torch.tensor(0.5)
    number = Later(tensor)
    tensor.fill_(9.0)
    assert near(number) is None


def test_tensors_made_in_inference_mode_have_no_count_of_changes():
    with torch.inference_mode():
        one = torch.tensor(0.5)
    assert Later(one).version is UNCOUNTED
    assert near(Later(one)) == 0.5
    assert alike(Later(one), Later(one))


def test_a_glance_sees_other_tensors_and_those_that_changed_in_place():
    glance, tensor = Glance(), torch.tensor(0.5)
    assert [glance.held(value) for value in (None, tensor, tensor, 2, tensor)] == [None, 0.5, 0.5, 2, 0.5]
    tensor.fill_(0.25)
    assert glance.held(tensor) == 0.25
    assert glance.held(torch.tensor(1.0)) == 1.0
    with torch.inference_mode():
        free = torch.tensor(3.0)
        assert glance.held(free) == 3.0
        free.fill_(4.0)
        assert glance.held(free) == 4.0
