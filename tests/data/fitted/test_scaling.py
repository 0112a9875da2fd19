import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler

import leyden as ly
from leyden.data.fitted.lesson import invert
from leyden.data.fitted.scaling import normalise, normalised
from leyden.errors import DataError
from leyden.items import Image, Row

nan = float("nan")


def test_a_table_is_scaled_as_scikit_learn_scales_it():
    features, labels = load_wine(return_X_y=True)
    expected = StandardScaler().fit(features[:100]).transform(features[100:])
    table = pd.DataFrame(features).add_prefix("f").assign(label=labels)
    train, test = (table[:100].reset_index(drop=True), table[100:].reset_index(drop=True))
    step = normalise().fit(train)
    rows = list(test | step)
    np.testing.assert_allclose([[row[f"f{i}"] for i in range(13)] for row in rows], expected, rtol=1e-12, atol=1e-13)
    assert [row["label"] for row in rows] == labels[100:].tolist(), "labels are whole numbers and stay"
    bare = normalise().fit(features[:100])
    np.testing.assert_allclose(list(features[100:] | bare), expected, rtol=1e-12, atol=1e-13)


def test_images_have_one_mean_a_channel():
    generator = torch.Generator().manual_seed(0)
    images = [torch.rand(3, 4 + i, 5, generator=generator) * torch.tensor([1, 5, 9])[:, None, None] for i in range(6)]
    step = normalise().fit(images)
    pixels = torch.cat([image.flatten(1) for image in list(images | step)], dim=1)
    assert torch.allclose(pixels.mean(1), torch.zeros(3), atol=1e-6)
    assert torch.allclose(pixels.std(1, correction=0), torch.ones(3), atol=1e-6)
    items = list([(Image(image), 1) for image in images] | normalise().fit([(Image(image), 1) for image in images]))
    assert all(torch.equal(item.data, plain) for (item, _), plain in zip(items, images | step, strict=True))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (lambda x: x, float),
        (np.float32, np.float32),
        (np.int64, np.float64),
        (lambda x: torch.tensor(x, dtype=torch.float16), torch.float16),
        (lambda x: torch.tensor(int(x)), torch.float32),
        (lambda x: np.array([x], dtype=np.float32), np.dtype("float32")),
    ],
)
def test_real_numbers_keep_their_kind_and_whole_ones_become_real(kind, expected):
    train = [kind(1.0), kind(3.0)]
    low, high = train | normalise().fit(train)
    assert (low.sum() if hasattr(low, "sum") else low, float(np.asarray(high).sum())) == (-1.0, 1.0)
    found = type(low) if isinstance(low, float | np.generic) else low.dtype
    assert found == expected


def test_every_build_of_element_keeps_its_build():
    step = normalise("a").fit([{"a": 1.0}, {"a": 3.0}])
    assert list([Row({"a": 5.0, "b": "x"})] | step) == [Row({"a": 3.0, "b": "x"})]
    assert list([(1.0, 7), (3.0, 8)] | normalise().fit([(1.0, 7), (3.0, 8)])) == [(-1.0, 7), (1.0, 8)]
    assert list([(1.0, 7), (3.0, 9)] | normalise([1]).fit([(1.0, 7), (3.0, 9)])) == [(1.0, -1.0), (3.0, 1.0)]


def test_what_is_missing_is_not_learned_from_and_stays_missing():
    train = [{"a": 1.0}, {"a": None}, {"a": nan}, {"a": 3.0}]
    step = normalise().fit(train)
    assert repr(step) == "normalised(mean={'a': 2.0}, deviation={'a': 1.0})"
    values = [row["a"] for row in train | step]
    assert values[:2] == [-1.0, None]
    assert values[2] != values[2]
    tensor = next(
        iter([torch.tensor([nan, 4.0])] | normalise().fit([torch.tensor([1.0, 2.0]), torch.tensor([nan, 4.0])]))
    )
    assert tensor[0] != tensor[0]
    assert tensor[1] == 1


def test_a_constant_field_is_shifted_only():
    step = normalise().fit([0.1, 0.1, 0.1])
    assert step.operations[0].deviation == {None: 0.0}
    low, other = [0.1, 1.1] | step
    assert abs(low) < 1e-15
    assert other == pytest.approx(1.0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20))
def test_inverting_gives_the_values_back(values):
    step = normalise().fit([{"a": value} for value in values])
    scaled = [row["a"] for row in [{"a": value} for value in values] | step]
    assert invert(step, np.array(scaled), field="a") == pytest.approx(np.array(values), abs=1e-6)
    assert [invert(step, {"a": each})["a"] for each in scaled] == pytest.approx(values, abs=1e-6)


def test_predictions_of_any_shape_come_back_in_their_units():
    step = normalise().fit([(1.0, 10.0), (3.0, 30.0)])
    assert torch.equal(invert(step, torch.zeros(4, 2), field=1), torch.full((4, 2), 20.0))
    image = normalise().fit([torch.tensor([[1.0], [10.0]]), torch.tensor([[3.0], [30.0]])])
    assert invert(image, torch.zeros(2, 5)).tolist() == [[2.0] * 5, [20.0] * 5]


def test_a_float32_far_from_0_keeps_the_digits_of_its_deviation():
    train = torch.tensor([1e6, 1e6 + 0.25, 1e6 + 0.5])
    expected = StandardScaler().fit_transform(train.double().numpy()[:, None]).ravel()
    assert [float(x) for x in train | normalise().fit(train)] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    ["mean=2.0, deviation=0.5", "mean=(1.0, 2.0), deviation=(0.5, 0.0)", "mean={'a': 1.0}, deviation={'a': 2.0}"],
)
def test_known_figures_print_and_pickle_as_they_are_written(text):
    step = eval(f"normalised({text})")
    assert repr(step) == f"normalised({text})"
    assert eval(repr(step)) == pickle.loads(pickle.dumps(step)) == step


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"mean": nan, "deviation": 1.0}, "mean is a finite number or one a channel, by field; given float\\('nan'\\)"),
        ({"mean": {}, "deviation": {}}, "mean is a finite number"),
        ({"mean": 1.0, "deviation": -1.0}, r"a deviation is 0 or more; given \[-1.0\]"),
        ({"mean": {"a": 1.0}, "deviation": {"b": 1.0}}, "mean and deviation differ in their fields or channels"),
        ({"mean": (1.0, 2.0), "deviation": (1.0,)}, "differ in their fields or channels"),
        ({"mean": "x", "deviation": 1.0}, "a figure is a number, or one a channel; given 'x'"),
        ({"mean": [[1.0]], "deviation": 1.0}, r"given shape \(1, 1\)"),
    ],
)
def test_figures_that_make_no_sense_are_refused(given, message):
    with pytest.raises(DataError, match=message):
        normalised(**given)


def test_elements_unlike_those_learned_from_are_named():
    step = normalise().fit([{"a": torch.zeros(3, 2, 2)}, {"a": torch.ones(3, 2, 2)}])
    for data, message in [
        ([{"a": torch.zeros(1, 2, 2)}], r"element 0 of list\[1\]: field 'a': .* 3 channels .*, here is a Tensor"),
        ([{"a": 3.0}], "here is 3.0"),
        ([{"b": 3.0}], r"there is no field 'a'; the element has the fields \['b'\]"),
    ]:  # fmt: skip
        for read in (list, lambda view: view[0]):
            with pytest.raises(DataError, match=message):
                read(data | step)
    single = normalise().fit([1.0, 2.0])
    with pytest.raises(DataError, match=r"held single numbers, here is a Tensor of shape \(2,\)"):
        list([torch.zeros(2)] | single)
    with pytest.raises(DataError, match="held single numbers, here is 'x'"):
        list(["x"] | single)
    with pytest.raises(DataError, match=r"normalise: a channel of \[None\] has no number in all training data"):
        normalise().fit([torch.tensor([1.0, nan])])
    with pytest.raises(DataError, match=r"normalise: element 1 of list\[2\]: the value is infinite"):
        normalise().fit([torch.zeros(1), torch.tensor([float("inf")])])


def test_all_runners_see_the_same():
    data = torch.randn(40, 3, generator=torch.Generator().manual_seed(0))
    step = normalise().fit(data)
    plain = list(data | step | ly.data.shuffle() | ly.data.batch(4))
    for workers in (1, 2):
        pipe = data | step | ly.data.shuffle() | ly.data.batch(4) | ly.data.parallel(workers)
        assert all(torch.equal(a, b) for a, b in zip(plain, pipe, strict=True))
