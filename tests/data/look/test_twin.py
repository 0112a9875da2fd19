import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden import assets, data
from leyden.data.look.twin import Place, close_pairs, duplicates
from leyden.errors import DataError


@pytest.fixture(scope="module")
def photographs():
    names = ("chelsea.png", "coffee.png", "astronaut.png", "coins.png", "rocket.jpg")
    return [data.read_image(assets.read("photos", name))[:, 20:220, 100:300] for name in names]


def darker(picture):
    return (picture * 0.9).to(torch.uint8)


@given(st.lists(st.integers(0, 2**63 - 1), max_size=40), st.integers(0, 63))
def test_pairs_are_those_that_a_slow_search_finds(hashes, most):
    found = [
        pair
        for rows, columns in close_pairs(np.array(hashes, np.uint64), most)
        for pair in zip(rows, columns, strict=True)
    ]
    slow = [
        (a, b) for a, b in itertools.combinations(range(len(hashes)), 2) if (hashes[a] ^ hashes[b]).bit_count() <= most
    ]
    assert sorted((int(a), int(b)) for a, b in found) == slow


def test_equal_elements_are_grouped_whatever_their_label(photographs):
    cat, cup, *_ = photographs
    found = duplicates([(cat, 0), (cup, 1), (cat.clone(), 2), (cup, 1)], classes=("cat", "cup", "dog"))
    assert found.exact == ((Place(0, 0), Place(0, 2)), (Place(0, 1), Place(0, 3)))
    assert found.near == ()
    assert found.conflicts == ((Place(0, 0), Place(0, 2)),)
    assert found.labels[Place(0, 2)] == "dog"
    assert found.extra() == (2, 3)


def test_pictures_that_look_alike_are_grouped_and_others_are_not(photographs):
    pictures = [*photographs, darker(photographs[0]), photographs[3][:, ::2, ::2]]
    found = duplicates(pictures)
    assert found.exact == ()
    assert found.near == ((Place(0, 0), Place(0, 5)), (Place(0, 3), Place(0, 6)))
    assert duplicates(pictures, near=None).near == ()


def test_what_was_trained_on_and_is_held_out_leaks(photographs):
    cat, cup, man, coins, rocket = photographs
    found = duplicates([cat, cup, man], [coins, cup, darker(man), rocket], names=("train", "held out"))
    assert found.leaks == ((Place(0, 1), Place(1, 1)), (Place(0, 2), Place(1, 2)))
    assert found.extra(1) == (1, 2)
    assert found.extra(0) == ()
    assert found.extra(1, near=False) == (1,)
    words = repr(found)
    assert "3 of train, 4 of held out read: 1 group of equal elements, 1 group of images that look alike" in words
    assert "2 groups in more than one of them" in words
    assert "alike: train[2] held out[2]" in words


def test_a_group_without_its_extras_has_no_duplicate_left(photographs):
    pictures = photographs * 2 + [darker(each) for each in photographs]
    extra = duplicates(pictures).extra()
    assert duplicates([each for index, each in enumerate(pictures) if index not in extra]).extra() == ()
    assert len(pictures) - len(extra) == len(photographs)


def test_smooth_pictures_that_agree_by_chance_are_told_apart():
    ramp = torch.linspace(0, 255, 64).expand(64, 64)
    wave = ramp.clone()
    wave[:, 20:] = 255 - wave[:, 20:]
    assert duplicates([ramp[None].to(torch.uint8), wave[None].to(torch.uint8)], near=20).near == ()


def test_even_pictures_are_equal_or_not_but_never_alike():
    black, grey = torch.zeros(1, 16, 16, dtype=torch.uint8), torch.full((1, 16, 16), 9, dtype=torch.uint8)
    found = duplicates([black, grey, black])
    assert found.exact == ((Place(0, 0), Place(0, 2)),)
    assert (found.near, found.even) == ((), 2)
    assert "2 images are too even" in repr(found)


def test_texts_rows_and_tensors_are_compared_by_what_they_are_about():
    assert duplicates([("fine", 0), ("bad", 1), ("fine", 1)]).exact == ((Place(0, 0), Place(0, 2)),)
    rows = [{"town": "Leiden", "age": 3}, {"town": "Leiden", "age": 4}, {"town": "Leiden", "age": 3}]
    assert duplicates(rows).exact == ((Place(0, 0), Place(0, 2)),)
    assert duplicates(rows, compared="town").exact == ((Place(0, 0), Place(0, 1), Place(0, 2)),)
    assert duplicates([torch.ones(3), torch.zeros(3), torch.ones(3)]).exact == ((Place(0, 0), Place(0, 2)),)


def test_broken_elements_are_told_and_a_field_that_is_not_there_too():
    numbers = [1, 2, 1] | data.map(lambda x: 1 // (x - 2))
    found = duplicates(numbers)
    assert found.exact == ((Place(0, 0), Place(0, 2)),)
    assert found.broken[0][0] == Place(0, 1)
    assert "ZeroDivisionError" in repr(found)
    assert duplicates([{"a": 1}], compared="b").broken[0][1] == "has no field 'b'; there is 'a'"


def test_one_call_of_progress_an_element_over_all_containers_and_an_early_end():
    calls = []
    duplicates([1, 2], [3], progress=lambda *call: calls.append(call))
    assert calls == [(1, 3), (2, 3), (3, 3)]
    found = duplicates([1, 1, 1], [1], progress=lambda done, _: done < 2)
    assert found.seen == (2, 0)
    assert found.exact == ((Place(0, 0), Place(0, 1)),)


def test_few_or_no_elements_have_no_duplicates():
    assert duplicates([]).exact == duplicates([1]).exact == ()


@pytest.mark.parametrize(("given_data", "how"), [((), {}), (([1],), {"near": 21}), (([1], [2]), {"names": ("one",)})])
def test_wrong_questions_are_refused_at_the_door(given_data, how):
    with pytest.raises(DataError, match="at least one container, near from 0 to 20"):
        duplicates(*given_data, **how)


def test_long_reports_are_cut():
    words = repr(duplicates([number // 2 for number in range(40)] + [7] * 20))
    assert "equal: 10 groups more" in words
    assert "and 14 more" in words
