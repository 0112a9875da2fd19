from typing import NamedTuple

import hypothesis.extra.numpy as shapes
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import ExportError
from leyden.onnx.write.call import bind, flatten


def two(x, y=None, *, scale=None):
    return x


def many(*xs, **named):
    return xs


def test_tensors_are_bound_by_position_or_by_name():
    x, y = torch.zeros(2, 3), torch.ones(2)
    assert bind(two, (x, y)).names == ("x", "y")
    assert bind(two, x).names == ("x",)
    named = bind(two, {"scale": y, "x": x})
    assert (named.names, named.keywords) == (("x", "scale"), (None, "scale"))
    assert bind(many, {"b": x, "a": y}).names == ("b", "a")
    assert bind(many, (x, y)).names == ("xs_0", "xs_1")


def test_the_first_axis_is_the_batch_unless_there_is_none():
    call = bind(two, (torch.zeros(2, 3), torch.tensor(1.0)))
    assert call.axes == ({0: "batch"}, {})
    assert call.sizes == {"batch": 2}


@pytest.mark.parametrize(
    ("example", "message"),
    [
        ((), "an example is a tensor, a tuple of tensors or a dict of tensors, not a tuple"),
        ([1], "not a list"),
        ((torch.ones(1), 3.0, None), r"these are not: 1: a float, 2: a NoneType"),
        ({"x": np.ones(1)}, r"these are not: x: a ndarray"),
        ({"z": torch.ones(1)}, r"does not fit the network's parameters \(x, y=None, \*, scale=None\)"),
        ((torch.ones(1),) * 3, "does not fit"),
    ],
)
def test_an_example_that_does_not_fit_is_refused(example: object, message: str):
    with pytest.raises(ExportError, match=message):
        bind(two, example)


def test_a_builtin_without_a_signature_is_refused():
    with pytest.raises(ExportError, match="wrap it in a def"):
        bind(torch.sin, torch.ones(1))


def test_the_network_gets_clones():
    x = torch.zeros(2)
    net = torch.nn.Module()
    net.forward = lambda x: x.add_(1)
    assert bind(net.forward, x).on(net)[0][1].tolist() == [1, 1]
    assert x.tolist() == [0, 0]


def test_axes_of_one_name_and_two_sizes_are_a_conflict():
    (conflict,) = bind(two, (torch.zeros(2, 3), torch.ones(1))).conflicts()
    assert "the axis 'batch' has different sizes: 2 in x, 1 in y" in conflict
    assert not bind(two, (torch.zeros(2, 3), torch.ones(2))).conflicts()


@given(
    shapes.arrays(np.int64, shapes.array_shapes(min_dims=1, max_dims=3, max_side=4), elements=st.integers(-5, 5)),
    st.integers(1, 9),
    st.integers(0, 99),
)
def test_fresh_values_are_elements_of_the_example_at_the_size_asked(array: np.ndarray, size: int, seed: int):
    call = bind(two, torch.from_numpy(array))
    fresh = call.like({"batch": size}, torch.Generator().manual_seed(seed)).tensors[0]
    again = call.like({"batch": size}, torch.Generator().manual_seed(seed)).tensors[0]
    assert fresh.shape == (size, *array.shape[1:])
    assert set(fresh.flatten().tolist()) <= set(array.flatten().tolist())
    assert torch.equal(fresh, again)


def test_a_constant_floating_example_becomes_normal_and_a_constant_index_stays():
    generator = torch.Generator().manual_seed(0)
    fresh = bind(two, (torch.zeros(1, 50), torch.zeros(1, 50, dtype=torch.long))).like({}, generator)
    assert fresh.tensors[0].std() > 0.5
    assert fresh.tensors[1].tolist() == [[0] * 50]


def test_distinct_numbers_are_mixed_without_ties_and_within_their_range():
    example = torch.linspace(2, 3, 40).reshape(4, 10)
    fresh = bind(two, example).like({"batch": 50}, torch.Generator().manual_seed(0)).tensors[0]
    assert len(fresh.unique()) > 480
    assert fresh.min() >= 2
    assert fresh.max() <= 3


def test_a_floating_mask_stays_a_mask():
    fresh = bind(two, torch.tensor([[0.0, 1.0] * 8])).like({}, torch.Generator().manual_seed(0)).tensors[0]
    assert set(fresh.flatten().tolist()) == {0.0, 1.0}


def test_free_axes_of_size_one_are_doubled_for_tracing():
    wide = bind(two, (torch.rand(1, 1, 3), torch.tensor(2.0))).widened()
    assert wide.tensors[0].shape == (2, 1, 3)
    assert torch.equal(wide.tensors[0][0], wide.tensors[0][1])
    assert wide.tensors[1].shape == ()


class Found(NamedTuple):
    boxes: torch.Tensor
    scores: torch.Tensor


def test_answers_are_named_after_their_keys_fields_and_places():
    t = torch.ones(1)
    assert [name for name, _ in flatten(t)] == ["output"]
    assert [name for name, _ in flatten((t, None, [t, t]))] == ["output_0", "output_2_0", "output_2_1"]
    assert [name for name, _ in flatten(Found(t, t))] == ["boxes", "scores"]
    assert [name for name, _ in flatten({"a": t, "b": {"c": t}})] == ["a", "b_c"]


def test_an_answer_that_is_no_tensor_is_refused():
    with pytest.raises(ExportError, match="the network's output_1 is a int"):
        flatten((torch.ones(1), 5))
