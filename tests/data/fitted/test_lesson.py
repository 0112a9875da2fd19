import json
import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import leyden as ly
from leyden.data.fitted.categories import categorify
from leyden.data.fitted.filling import fill, filled
from leyden.data.fitted.lesson import Unfitted, invert, learned
from leyden.data.fitted.scaling import normalise, normalised
from leyden.data.pipe.element import guard
from leyden.errors import DataError, NotFitted

TRAIN = [
    {"age": 20.0, "dose": None, "colour": "red"},
    {"age": None, "dose": 3.0, "colour": "blue"},
    {"age": 40.0, "dose": 5.0, "colour": "red"},
]


def prepare():
    return fill() | normalise() | categorify(unknown="index")


class Counted:
    """Rows that count how often each is read."""

    def __init__(self, rows):
        self.rows, self.reads = rows, [0] * len(rows)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        self.reads[index] += 1
        return self.rows[index]


number = st.none() | st.floats(allow_nan=True, allow_infinity=True)
rows = st.lists(st.fixed_dictionaries({"age": number, "dose": number, "colour": st.none() | st.text()}), max_size=5)


@settings(max_examples=50)
@given(rows)
def test_validation_values_have_no_effect_on_what_is_learned(validation):
    alone = prepare().fit(TRAIN)
    data = Counted([*TRAIN, *validation])
    step = prepare().fit(ly.data.subset(data, range(3)))
    assert repr(step) == repr(alone)
    assert learned(step) == learned(alone)
    assert data.reads[3:] == [0] * len(validation), "fit does not even read them"


def test_fit_reads_the_training_part_once_a_lesson_and_the_rest_never():
    data = Counted([{"x": float(i), "y": str(i % 3)} for i in range(20)])
    train, validation = ly.data.split(data, 0.5, seed=0)
    step = (normalise() | categorify(unknown="index")).fit(train)
    assert sorted(data.reads) == [0] * 10 + [2] * 10
    list(validation | step)
    assert sorted(data.reads) == [1] * 10 + [2] * 10


def test_each_lesson_learns_from_what_those_before_it_made():
    double = ly.data.map(lambda row: {**row, "age": 2 * row["age"]})
    step = (fill("age") | double | normalise("age")).fit(TRAIN)
    deviation = step.operations[2].deviation
    assert (
        repr(step) == f"filled({{'age': 30.0}}) | map(lambda) | {normalised(mean={'age': 60.0}, deviation=deviation)!r}"
    )
    assert deviation["age"] == pytest.approx(np.std([40, 60, 80]))


def test_a_fitted_step_is_a_step_as_any_other():
    step = prepare().fit(TRAIN)
    assert type(step) is ly.data.Step
    assert (
        eval(
            repr(step),
            {
                "filled": filled,
                "normalised": normalised,
                "categorified": __import__("leyden.data.fitted.categories", fromlist=["x"]).categorified,
            },
        )
        == step
    )
    assert pickle.loads(pickle.dumps(step)) == step
    piped = TRAIN | step | ly.data.batch(2)
    nested = ly.data.batch(step(TRAIN), 2)
    for one, other in zip(piped, nested, strict=True):
        assert one.keys() == other.keys()
        assert all(torch.equal(one[name], other[name]) for name in one)
    assert [row["colour"] for row in TRAIN | step] == [1, 0, 1]


def test_what_was_learned_goes_through_json_and_back():
    step = (fill() | ly.data.map(dict) | normalise() | categorify("colour")).fit(TRAIN)
    values = json.loads(json.dumps(learned(step)))
    assert repr((fill() | ly.data.map(dict) | normalise() | categorify("colour")).recall(values)) == repr(step)
    tensors = (fill(0) | normalise([0])).fit([(torch.tensor([1.0, float("nan")]), 1), (torch.tensor([2.0, 3.0]), 1)])
    assert (fill(0) | normalise([0])).recall(json.loads(json.dumps(learned(tensors)))) == tensors
    bare = normalise().fit([1.0, 2.0])
    assert normalise().recall(learned(bare)) == bare


def test_values_of_other_lessons_are_refused():
    values = learned(normalise().fit([1.0, 2.0]))
    with pytest.raises(DataError, match=r"these steps learn \['fill'\]; the values given are of \['normalise'\]"):
        fill().recall(values)
    with pytest.raises(DataError, match=r"learn \['normalise'\]; the values given are of \[\]"):
        normalise().recall([])


@pytest.mark.parametrize(
    "data",
    [
        [1.0],
        np.zeros(3),
        torch.zeros(3),
        {"a": [1.0]},
        ([1.0],),
        pd.DataFrame({"a": [1.0]}),
        range(3) | ly.data.batch(1),
    ],
    ids=lambda data: type(data).__name__,
)
def test_data_piped_through_what_has_not_learned_say_to_fit(data):
    for use in (lambda: data | prepare(), lambda: prepare()(data)):
        with pytest.raises(
            NotFitted,
            match=r"has not learned from training data yet; given .* Write `step = \(fill\(how=.*\)\.fit\(train\)`",
        ):
            use()


def test_unfitted_steps_are_piped_in_any_order_among_others():
    parts = [ly.data.map(abs), fill(), normalise(), ly.data.shuffle()]
    left = ((parts[0] | parts[1]) | parts[2]) | parts[3]
    right = parts[0] | (parts[1] | (parts[2] | parts[3]))
    assert left == right
    assert isinstance(left, Unfitted)
    assert repr(left) == "map(abs) | fill(how='median') | normalise() | shuffle(seed=0)"
    with pytest.raises(DataError, match="is no step"):
        fill() | "x"


def test_fitting_changes_neither_the_lesson_nor_the_data():
    lesson, data = prepare(), [dict(row) for row in TRAIN]
    one, other = lesson.fit(data), lesson.fit(data[:1] * 2 + [{"age": 1.0, "dose": 1.0, "colour": "x"}])
    assert data == TRAIN
    assert repr(lesson) == "fill(how='median') | normalise() | categorify(unknown='index')"
    assert one != other


def test_broken_elements_pass_a_fitted_step_untouched():
    step = normalised(mean=1.0, deviation=1.0)
    view = [1.0, 0.0, 0.5] | ly.data.map(lambda x: 1 / x) | guard() | step
    with pytest.warns(UserWarning, match="1 broken element"):
        assert list(view) == [0.0, 1.0]
    assert [fault.index for fault in view.faults] == [1]


def test_a_fitted_step_refuses_batches():
    with pytest.raises(DataError, match="normalised works on single elements: put it before batch"):
        [1.0] | ly.data.batch(1) | normalised(mean=0.0, deviation=1.0)


def test_only_what_can_be_undone_is_inverted():
    step = prepare().fit(TRAIN)
    row = next(iter(TRAIN | step))
    assert invert(step, row) == {"age": 20.0, "dose": 4.0, "colour": "red"}, "what was filled stays"
    with pytest.raises(DataError, match=r"nothing to undo in field 'size'"):
        invert(step, 0.0, field="size")
    with pytest.raises(DataError, match=r"only fitted steps can be undone, not map\(abs\)"):
        invert(step | ly.data.map(abs), row)


def test_training_data_that_are_random_are_learned_from_as_of_epoch_0():
    noisy = [0.0] * 20 | ly.data.map_random(lambda g, x: x + torch.rand((), generator=g).item()) | ly.data.shuffle()
    first = normalise().fit(noisy)
    list(noisy)
    assert normalise().fit(noisy) == first
    assert noisy.epoch == 1
