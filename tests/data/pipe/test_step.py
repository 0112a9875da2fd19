from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
import pytest
import torch

import leyden as ly
from leyden.data.pipe.step import spell
from leyden.errors import DataError


def double(x):
    return 2 * x


def three_forms(data, workers):
    d = ly.data
    piped = data | d.shuffle(seed=5) | d.batch(4) | d.parallel(workers) | d.to_device("cpu")
    nested = d.to_device(d.parallel(d.batch(d.shuffle(data, seed=5), 4), workers), "cpu")
    loader = d.DataLoader(data, batch_size=4, shuffle=True, seed=5, parallel=workers, device="cpu")
    return piped, nested, loader


@pytest.mark.parametrize("workers", [0, 1, 2, 4])
def test_the_pipe_nested_and_loader_forms_give_equal_tensors_for_one_seed(workers):
    data = (torch.arange(30.0).reshape(10, 3), list(range(10)))
    forms = three_forms(data, workers)
    assert len({repr(form) for form in forms}) == 1
    for _ in range(2):
        for one, two, three in zip(*forms, strict=True):
            assert all(torch.equal(a, b) and torch.equal(b, c) for a, b, c in zip(one, two, three, strict=True))


def test_the_order_of_steps_is_kept_in_both_forms():
    d, data = ly.data, torch.arange(10)
    piped = data | d.batch(4) | d.shuffle(seed=1) | d.parallel(2)
    nested = d.parallel(d.shuffle(d.batch(data, 4), seed=1), 2)
    for one, two in zip(piped, nested, strict=True):
        assert torch.equal(one, two)
    assert repr(piped) == repr(nested)


@pytest.mark.parametrize(
    "data", [[1, 2], range(1, 3), np.array([1, 2]), torch.tensor([1, 2]), torch.nn.Parameter(torch.tensor([1.0, 2.0]))]
)
def test_data_of_any_library_can_stand_left_of_a_step(data):
    assert [int(x) for x in data | ly.data.map(double)] == [2, 4]
    assert [int(x) for x in data | (ly.data.map(double) | ly.data.map(double))] == [4, 8]


def test_dicts_and_tuples_can_stand_left_of_a_step():
    assert ({"x": [1]} | ly.data.map(len))[0] == 1
    assert (([1], [2]) | ly.data.map(len))[0] == 2


def test_steps_compose_without_data_in_any_grouping():
    d = ly.data
    a, b, c = d.map(double), d.shuffle(seed=2), d.batch(2)
    assert (a | b) | c == a | (b | c)
    assert repr(a | b | c) == "map(double) | shuffle(seed=2) | batch(2)"
    one, two, three = range(6) | (a | b | c), ((range(6) | a) | b) | c, (a | b | c)(range(6))
    assert [x.tolist() for x in one] == [x.tolist() for x in two] == [x.tolist() for x in three]


def test_a_pipe_prints_as_an_expression_that_makes_it_again():
    d = ly.data
    step = (
        d.map(double)
        | d.map_random(torch.add, seed=3)
        | d.shuffle(seed=0)
        | d.batch(2, drop_last=True)
        | d.subset([0, -1])
        | d.subset(range(1))
        | d.parallel(2)
        | d.to_device("cpu")
    )
    names = {name: getattr(d, name) for name in d.__all__} | {"double": double, "add": torch.add}
    assert eval(repr(step), names) == step
    assert eval(repr(d.map(double) | d.cache()), names) == d.map(double) | d.cache()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (double, "double"),
        (lambda x: x, "lambda"),
        (partial(double, x=[1]), "partial(double, x=[1])"),
        (torch.nn.Sequential(torch.nn.Linear(1, 1)), "Sequential"),
        (torch.nn.ReLU(), "ReLU()"),
        (object(), "object"),
        ("cpu", "'cpu'"),
        (int, "int"),
    ],
    ids=["function", "lambda", "partial", "long", "short", "address", "text", "type"],
)
def test_a_parameter_prints_on_one_line_and_without_an_address(value, words):
    assert spell(value) == words


@dataclass(frozen=True, repr=False)
class Reverse(ly.data.Operation):
    verb: ClassVar[str] = "reverse"

    def at(self, source, index, moment):
        return ly.data.pipe.take(source, len(source) - 1 - index, moment)


def test_a_new_operation_takes_one_method():
    pipe = [1, 2, 3] | ly.data.Step((Reverse(),)) | ly.data.batch(2)
    assert [x.tolist() for x in pipe] == [[3, 2], [1]]
    assert repr(pipe) == "list[3] | reverse() | batch(2)"


def test_a_step_without_operations_is_refused():
    with pytest.raises(DataError, match="at least one operation"):
        ly.data.Step(())


@pytest.mark.parametrize("verb", [ly.data.map, ly.data.batch, ly.data.subset, ly.data.map_random])
def test_a_verb_without_its_parameter_says_how_it_is_written(verb):
    with pytest.raises(TypeError, match=rf"write {verb.__name__}\(data, \w+.*given 0 positional"):
        verb()
    with pytest.raises(TypeError, match="given 3 positional"):
        verb([1], 1, 1)
