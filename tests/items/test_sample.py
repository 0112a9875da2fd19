from typing import NamedTuple

import pytest
import torch

from leyden.errors import ItemError
from leyden.items import Image, Label, items_of, map_items
from leyden.items.sample import map_together


class Pair(NamedTuple):
    image: Image
    path: str


def image(value):
    return Image(torch.full((1, 2, 2), float(value)))


def double(item):
    return item.recolour(lambda data: data * 2)


def test_a_sample_keeps_its_build():
    bare = torch.zeros(2)
    sample = {"pair": Pair(image(1), "a.png"), "list": [image(2), (Label(0), None)], "bare": bare}
    mapped = map_items(double, sample)
    assert mapped["pair"] == Pair(image(2), "a.png")
    assert type(mapped["pair"]) is Pair
    assert mapped["list"] == [image(4), (Label(0), None)]
    assert mapped["bare"] is bare
    assert sample["pair"].image == image(1)


def test_one_item_is_a_sample():
    assert map_items(double, image(1)) == image(2)


def test_items_are_found_in_order_and_nothing_else_is_looked_into():
    assert items_of({"b": [image(1), "text"], "a": (Label(3), {"c": image(2)})}) == [image(1), Label(3), image(2)]
    assert items_of(torch.zeros(3)) == []
    assert items_of("text") == []


def summed(images):
    return Image(torch.stack([each.data for each in images]).sum(0))


def test_several_samples_become_one_of_the_same_build():
    one = {"pair": Pair(image(1), "a.png"), "list": [image(2), 3]}
    other = {"list": [image(20), 4], "pair": Pair(image(10), "b.png")}
    both = map_together(summed, [one, other])
    assert both == {"pair": Pair(image(11), "a.png"), "list": [image(22), 3]}
    assert type(both["pair"]) is Pair
    assert map_together(summed, [image(1)]) == image(1)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ([], "at least one sample"),
        ([(image(1),), (image(1), image(2))], "got tuple of 1, tuple of 2"),
        ([{"a": image(1)}, {"b": image(1)}], r"got dict of \['a'\], dict of \['b'\]"),
        ([image(1), "a.png"], "got Image, str"),
        ([[image(1)], (image(1),)], "got list of 1, tuple of 1"),
    ],
)
def test_samples_of_different_builds_are_refused(samples, message):
    with pytest.raises(ItemError, match=message):
        map_together(summed, samples)
