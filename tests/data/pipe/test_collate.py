from collections import OrderedDict, UserDict, namedtuple
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import default_collate

import leyden as ly
from leyden.data.pipe.collate import branches, rebuilt
from leyden.errors import DataError
from leyden.items import Image, Keypoints, Label, Mask

Pair = namedtuple("Pair", "x y")


@dataclass(frozen=True)
class Scan:
    voxels: torch.Tensor
    name: str

    def __post_init__(self):
        assert self.voxels.ndim == 1, "stack must not call this on a batch"


def test_numbers_become_tensors_of_the_usual_dtypes():
    assert ly.data.stack([1, 2]).dtype == torch.int64
    assert ly.data.stack([True, False]).dtype == torch.bool
    assert ly.data.stack([0.5, 1]).dtype == torch.float32
    assert ly.data.stack([np.float64(0.5), np.float64(1)]).dtype == torch.float64
    assert ly.data.stack([np.int16(3)]).tolist() == [3]


def test_structures_keep_their_types():
    batch = ly.data.stack([(Pair(1, "a"), [2, None], OrderedDict(k=np.zeros(2))) for _ in range(3)])
    pair, inner, ordered = batch
    assert isinstance(pair, Pair)
    assert pair.y == ["a", "a", "a"]
    assert torch.equal(inner[0], torch.tensor([2, 2, 2]))
    assert inner[1] is None
    assert isinstance(ordered, OrderedDict)
    assert ordered["k"].shape == (3, 2)
    assert isinstance(ly.data.stack([UserDict(a=1)]), UserDict)


def test_dataclasses_are_stacked_by_field_without_their_constructor():
    batch = ly.data.stack([Scan(torch.tensor([1.0]), "a"), Scan(torch.tensor([2.0]), "b")])
    assert isinstance(batch, Scan)
    assert batch.voxels.tolist() == [[1.0], [2.0]]
    assert batch.name == ["a", "b"]


def test_items_become_the_plain_tensors_that_a_network_takes():
    sample = (
        Image(torch.zeros(3, 4, 5)),
        Mask(torch.ones(4, 5).long()),
        Keypoints(torch.zeros(2, 2), (4, 5)),
        Label(1),
    )
    image, mask, points, label = ly.data.stack([sample, sample])
    assert [type(part) for part in (image, mask, points, label)] == [torch.Tensor] * 4
    assert (image.shape, mask.shape, points.shape, label.tolist()) == ((2, 3, 4, 5), (2, 4, 5), (2, 2, 2), [1, 1])


leaf = (
    st.integers(-9, 9)
    | st.booleans()
    | st.text(max_size=2)
    | st.builds(lambda n: torch.arange(3) + n, st.integers(0, 5))
)
structure = st.recursive(leaf, lambda inner: st.tuples(inner, inner) | st.dictionaries(st.sampled_from("ab"), inner))


def equal(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(equal, a, b))
    return torch.equal(a, b) and a.dtype == b.dtype if isinstance(a, torch.Tensor) else a == b


@given(structure, st.integers(1, 3))
def test_stack_agrees_with_torchs_collate_where_both_apply(element, count):
    assert equal(ly.data.stack([element] * count), default_collate([element] * count))


def test_a_batch_shares_no_memory_with_its_elements():
    tensor, array = torch.zeros(2), np.zeros(2)
    batch = ly.data.stack([(tensor, array)])
    batch[0].fill_(1)
    batch[1].fill_(1)
    assert tensor.sum() == array.sum() == 0


def test_read_only_reversed_and_big_endian_arrays_stack():
    array = np.arange(3, dtype=">i4")
    array.setflags(write=False)
    assert ly.data.stack([array[::-1]]).tolist() == [[2, 1, 0]]


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        ([torch.zeros(3, 10, 12), torch.zeros(3, 10, 12), torch.zeros(3, 10, 14)],
         r"whose shapes differ: element 40 has \(3, 10, 12\), element 42 has \(3, 10, 14\)\. Resize"),
        ([{"x": (np.zeros(2), 0)}, {"x": (np.zeros(3), 0)}], r"shapes at \['x'\]\[0\] differ: element 40 has \(2,\), "),
        ([torch.zeros(1), torch.zeros(1).int()], "dtypes differ: element 40 has torch.float32, .* torch.int32"),
        ([torch.zeros(1), 1], "kinds differ: element 40 has tensor, element 41 has number"),
        ([None, 1], "kinds differ: element 40 has None"),
        ([{"a": 1}, {"b": 1}], r"structures differ: .*a dict of entries \['a'\], .*a dict of entries \['b'\]"),
        ([(1, 2), (1,)], "structures differ: element 40 has a tuple of 2 entries, element 41 has a tuple of 1 entries"),
        ([(1,), 1], "structures differ: .*a tuple of 1 entries, element 41 has one number"),
        ([{"f": object()}] * 2, r"cannot batch a object at \['f'\], as in element 40: map it to tensors"),
        ([np.array(["a"])] * 2, "cannot batch elements 40 to 41: "),
        ([2**70, 1], "cannot batch elements 40 to 41: "),
    ],
    ids=lambda value: None if isinstance(value, list) else value[:20],
)  # fmt: skip
def test_elements_that_do_not_stack_are_named_with_their_difference(elements, message):
    with pytest.raises(DataError, match=message):
        ly.data.stack(elements, range(40, 40 + len(elements)))


def test_a_ragged_batch_names_the_elements_by_their_place_in_the_source():
    sizes = [5, 5, 5, 6]
    pipe = sizes | ly.data.map(torch.zeros) | ly.data.batch(2)
    for ragged in (lambda: pipe[1], lambda: list(pipe)):
        with pytest.raises(DataError, match=r"element 2 has \(5,\), element 3 has \(6,\)"):
            ragged()


def test_dicts_in_another_order_of_keys_stack():
    assert ly.data.stack([{"a": 1, "b": 2}, {"b": 4, "a": 3}])["b"].tolist() == [2, 4]


def test_nothing_cannot_be_stacked():
    with pytest.raises(DataError, match="no element was given"):
        ly.data.stack([])


@given(st.integers(0, 20), st.integers(1, 7), st.booleans())
def test_batches_joined_again_are_the_elements(count, size, drop_last):
    pipe = range(count) | ly.data.batch(size, drop_last=drop_last, collate=list)
    batches = list(pipe)
    assert len(batches) == len(pipe)
    assert [pipe[i] for i in range(len(pipe))] == batches
    kept = count - count % size if drop_last else count
    assert [element for each in batches for element in each] == list(range(kept))


def test_a_batch_of_batches_is_one_axis_more():
    pipe = range(12) | ly.data.batch(2) | ly.data.batch(3)
    assert [tuple(x.shape) for x in pipe] == [(3, 2), (3, 2)]


@pytest.mark.parametrize(
    ("size", "message"),
    [(0, "at least 1; given 0"), (-2, "given -2"), (2.5, "number; given 2.5"), (True, "number; given True")],
)
def test_a_batch_size_below_one_is_refused(size, message):
    with pytest.raises(DataError, match=message):
        ly.data.batch([1], size)


def test_a_structure_can_be_opened_and_rebuilt_without_changing_it():
    scan = Scan(torch.zeros(1), "a")
    again = rebuilt(scan, {**branches(scan), "name": "b"})
    assert (scan.name, again.name) == ("a", "b")
    assert branches(3) is None


@pytest.mark.parametrize("workers", [0, 2])
def test_masked_values_are_refused_and_not_taken_for_values(workers):
    data = np.ma.masked_array(np.arange(60_000.0).reshape(3, 20_000), np.zeros((3, 20_000)))
    assert next(iter(data | ly.data.batch(3) | ly.data.parallel(workers))).shape == (3, 20_000)
    data[1, 5] = np.ma.masked
    with pytest.raises(DataError, match=r"masked values, the first is element 1: .*x\.filled"):
        list(data | ly.data.batch(3) | ly.data.parallel(workers))
    with pytest.raises(DataError, match=r"masked values at \['x'\], the first is element 4"):
        ly.data.stack([{"x": np.ma.masked}], [4])
