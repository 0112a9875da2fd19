from typing import NamedTuple

import torch

from leyden.items import Image, Label, items_of, map_items


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
