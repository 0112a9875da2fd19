"""Paths: spelling, what covers what, what can name the same thing."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import UnknownPath
from leyden.train.graph.path import ROOTS, check_paths, closest, covers, overlaps

WORDS = ["optimizer", "logged", "a", "ab", "b", "a*", "*b", "*", "?b", "[ab]"]
PATHS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(".".join)
PLAIN = st.lists(st.sampled_from(["optimizer", "logged", "a", "ab", "b"]), min_size=1, max_size=3).map(".".join)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("optimiser.lr", "did you mean 'optimizer.lr'?"),
        ("loss", "no such root"),
        ("trainer.currentepoch", "did you mean 'trainer.current_epoch'?"),
        ("batch..image", "words joined by dots"),
        ("", "words joined by dots"),
        ("logged.val loss", "words joined by dots"),
        (3, "words joined by dots"),
    ],
)
def test_a_path_that_cannot_be_one_is_named_with_the_closest(unchecked, path, told):
    with pytest.raises(UnknownPath, match="A path begins with one of batch, callback") as error:
        check_paths([path])
    assert told in str(error.value)
    assert repr(path) in str(error.value)


def test_all_misspelt_paths_are_told_at_once():
    with pytest.raises(UnknownPath, match=r"'optimiser\.lr'.*'mode\.fc'"):
        check_paths(["optimiser.lr", "batch", "mode.fc"])


def test_every_root_and_every_attribute_that_a_trainer_sets_is_a_path():
    paths = (*ROOTS, "trainer.fit_loop", "trainer.should_stop", "trainer.accumulate_grad_batches", "trainer.val_*")
    assert check_paths(paths) == paths


def test_a_path_given_twice_counts_once():
    assert check_paths(["batch", "batch"]) == ("batch",)


def test_the_closest_word_is_empty_where_none_is_alike():
    assert closest("accurcy", ["accuracy", "loss"]) == "accuracy"
    assert closest("xyz", ["accuracy", "loss"]) == ""


@given(PATHS, PLAIN)
def test_what_covers_a_path_overlaps_it(declared, path):
    if covers(declared, path):
        assert overlaps(declared, path)
        assert overlaps(path, declared)


@given(PATHS, PATHS)
def test_overlap_is_symmetric_and_never_misses_a_path_that_both_cover(one, other):
    assert overlaps(one, other) == overlaps(other, one)
    plain = ["optimizer", "logged", "a", "ab", "b", "bb", "aab"]
    both = (".".join(words) for depth in (1, 2, 3) for words in itertools.product(plain, repeat=depth))
    if any(covers(one, path) and covers(other, path) for path in both):
        assert overlaps(one, other)


def test_a_path_names_all_below_it():
    assert covers("model.parameters", "model.parameters.fc.weight")
    assert covers("batch.*", "batch")
    assert not covers("model.parameters.fc", "model.parameters.fc2.weight")
