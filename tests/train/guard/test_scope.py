import pytest
import torch

from leyden.errors import AccessError
from leyden.train.graph.access import Access
from leyden.train.guard import Guard


def scope(**said):
    made = Guard("Mine", Access(**said))
    made.within = "on_fit_start"
    return made


def test_an_undeclared_read_names_callback_path_hook_and_line():
    with pytest.raises(AccessError) as caught:
        scope(reads=("batch",)).read("optimizer.lr")
    said = (
        'Mine read optimizer.lr in on_fit_start, which it does not declare; add @reads("optimizer.lr") above class Mine'
    )
    assert str(caught.value).startswith(said)


def test_an_undeclared_write_is_refused_where_reading_is_not():
    mine = scope(reads=("optimizer",))
    mine.read("optimizer.lr")
    with pytest.raises(AccessError, match=r"Mine wrote optimizer\.lr in on_fit_start"):
        mine.write("optimizer.lr")


def test_between_hooks_everything_goes():
    mine = scope()
    mine.within = None
    mine.read("optimizer.lr")
    mine.write("optimizer.lr")


def test_a_tensor_to_read_is_watched_and_one_to_write_is_not():
    mine, tensor = scope(reads=("batch",), writes=("outputs",)), torch.ones(1)
    mine.tensor(tensor, "outputs.loss")
    assert not mine.record
    mine.tensor(tensor, "batch.0")
    assert mine.record
