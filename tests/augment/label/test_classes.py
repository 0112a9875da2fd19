from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.augment.label import OneHot, Remap
from leyden.errors import DrawError, ItemError
from leyden.items import Mask
from leyden.items.heatmap import Heatmap

NONE = torch.Generator()
labels = st.integers(0, 9)


@given(st.dictionaries(labels, labels, min_size=1), st.none() | labels, st.lists(labels, min_size=1, max_size=30))
def test_labels_change_as_by_looking_each_up(changes, rest, values):
    mask = Mask(torch.tensor([values], dtype=torch.uint8))
    expected = [changes.get(value, value if rest is None else rest) for value in values]
    assert Remap(changes, rest=rest)(NONE, mask).data[0].tolist() == expected


@given(st.permutations(range(6)), st.lists(st.integers(0, 5), min_size=1))
def test_what_swaps_numbers_has_a_way_back(order, values):
    remap = Remap(dict(enumerate(order)))
    mask = Mask(torch.tensor([values]))
    draw = remap.draw(NONE, mask)
    assert draw.invert(draw(mask)) == mask


def test_labels_of_files_become_those_of_a_network_and_come_back():
    mask = Mask(torch.tensor([[0, 1, 2, 4, 7]]), spacing=(1.0, 2.0))
    draw = Remap({1: 1, 2: 2, 4: 3}, rest=0).draw(NONE, mask)
    assert draw(mask) == Mask(torch.tensor([[0, 1, 2, 3, 0]]), (1.0, 2.0))
    assert draw(replace(mask, interpolation="vote")) == replace(draw(mask), interpolation="vote")
    assert draw.invert(draw(mask)).data.tolist() == [[0, 1, 2, 4, 0]]


def test_two_labels_under_one_number_cannot_be_told_apart_again():
    mask = Mask(torch.tensor([[1, 2]]))
    for remap in (Remap({1: 3, 2: 3}), Remap({1: 0}, rest=0)):
        draw = remap.draw(NONE, mask)
        with pytest.raises(DrawError, match="two labels one number; it cannot be undone"):
            draw.invert(draw(mask))


def test_a_number_that_the_mask_cannot_hold_is_refused():
    with pytest.raises(DrawError, match=r"torch.uint8 holds no \[300\]; use data.to\(torch.int16\)"):
        Remap({1: 300})(NONE, Mask(torch.ones(2, 2, dtype=torch.uint8)))
    small = Mask(torch.ones(2, 2, dtype=torch.uint8))
    assert Remap({300: 1, -1: 2})(NONE, small) == small


@pytest.mark.usefixtures("unchecked")
def test_what_is_no_remap_is_refused():
    with pytest.raises(DrawError, match="each old label once"):
        Remap(((1, 2), (1, 3)))
    with pytest.raises(DrawError, match="pairs of whole numbers"):
        Remap({1.5: 2})  # pyright: ignore[reportArgumentType]
    with pytest.raises(DrawError, match="at least one label to change"):
        Remap({})


def test_it_prints_as_what_makes_it():
    remap = Remap({1: 2, 4: 3}, rest=0)
    assert repr(remap) == "Remap(((1, 2), (4, 3)), rest=0)"
    assert eval(repr(remap)) == remap
    assert remap.describe() == "remap 1 to 2, 4 to 3, the rest to 0"


@pytest.mark.parametrize("size", [(5, 6), (3, 4, 5)])
def test_one_hot_has_a_one_where_the_label_is(size):
    mask = Mask(torch.randint(0, 4, size, dtype=torch.int32), spacing=(2.0,) * len(size))
    heat = OneHot(4)(NONE, mask)
    assert isinstance(heat, Heatmap)
    assert heat.spacing == mask.spacing
    assert np.array_equal(heat.data.movedim(0, -1).numpy(), np.eye(4, dtype=np.float32)[mask.data.numpy()])


def test_labels_beyond_the_classes_are_refused():
    with pytest.raises(ItemError, match=r"labels 0\.\.3 for 3 classes; they must be 0\.\.2"):
        OneHot(3)(NONE, Mask(torch.tensor([[0, 3]])))
    with pytest.raises(DrawError, match="at least one class"):
        OneHot(0)


def test_inverting_leaves_shares_shares():
    mask = Mask(torch.tensor([[0, 1]]))
    draw = OneHot(2).draw(NONE, mask)
    heat: Any = draw(mask)
    assert draw.invert(heat) == heat
    assert heat.to_mask(torch.int64) == mask
