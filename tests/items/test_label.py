import numpy as np
import pytest
import torch

from leyden.errors import ItemError
from leyden.items import Label, Move
from leyden.items.label import SoftLabel


def test_no_move_changes_a_label():
    label = Label(2, ("cat", "dog", "owl"))
    moved = label.warp(Move(((2.0, 0.0, 0.0), (0.0, 2.0, 0.0), (0.0, 0.0, 1.0)), (4, 4), (8, 8)))
    assert moved is label
    assert label.size is None


def test_a_label_knows_its_name():
    assert Label(2, ("cat", "dog", "owl")).name == "owl"
    assert Label(2).name == "2"


def test_an_index_beyond_the_classes_or_below_0_is_refused():
    with pytest.raises(ItemError, match="index 2 is beyond the 2 classes"):
        Label(2, ("cat", "dog"))
    with pytest.raises(ItemError, match="0 and up, got -1"):
        Label(-1)


def test_a_label_is_a_whole_share_of_its_class():
    soft = SoftLabel.of(Label(1, ("cat", "dog", "owl")))
    assert soft == SoftLabel(torch.tensor([0.0, 1.0, 0.0]), ("cat", "dog", "owl"))
    assert repr(soft) == "SoftLabel(dog 1)"
    assert soft.size is None
    assert soft.warp(Move(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (4, 4), (2, 2))) is soft
    with pytest.raises(ItemError, match="among 0 classes; name all classes, or give how many there are"):
        SoftLabel.of(Label(3))


@pytest.mark.usefixtures("unchecked")
def test_shares_that_are_none_are_refused():
    with pytest.raises(ItemError, match=r"1 together, got 1.5, the least -0.5"):
        SoftLabel(torch.tensor([2.0, -0.5]))
    with pytest.raises(ItemError, match="1 together, got nan"):
        SoftLabel(torch.tensor([float("nan"), 1.0]))
    with pytest.raises(ItemError, match=r"2 classes .* for 1 shares"):
        SoftLabel(torch.tensor([1.0]), ("a", "b"))
    with pytest.raises(ItemError, match=r"got torch.int64 of shape \(2,\)"):
        SoftLabel(torch.tensor([1, 0]))
    with pytest.raises(ItemError, match="wants a tensor, got list"):
        SoftLabel([1.0])  # pyright: ignore[reportArgumentType]


def test_half_precision_keeps_shares_well_enough():
    assert len(SoftLabel(torch.full((300,), 1 / 300, dtype=torch.float16)).data) == 300


@pytest.mark.usefixtures("unchecked")
def test_an_index_is_a_whole_number():
    assert Label(np.int64(3)) == Label(3)
    assert type(Label(np.int64(3)).index) is int
    assert Label(0, ["a", "b"]) == Label(0, ("a", "b"))
    wrong = (1.5, "got 1.5"), ("cat", "got 'cat'; give a number"), (torch.tensor(3), r"give index\.item\(\)")
    for index, told in wrong:
        with pytest.raises(ItemError, match=told):
            Label(index)
