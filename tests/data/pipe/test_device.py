from dataclasses import dataclass

import pytest
import torch

import leyden as ly
from leyden.data.pipe.device import checked_device
from leyden.errors import DataError
from leyden.items import Keypoints, Label


@dataclass(frozen=True)
class Scan:
    voxels: torch.Tensor
    name: str


def test_on_the_device_already_every_object_stays_itself():
    element = {"x": [torch.zeros(1), 2], "y": (Scan(torch.zeros(1), "a"), None)}
    assert ly.data.move(element, "cpu") is element
    assert ([element] | ly.data.to_device("cpu"))[0] is element


def test_all_tensors_of_a_nested_structure_move_and_nothing_else_changes():
    scan, words = Scan(torch.zeros(2), "a"), ["b"]
    element = {"x": [torch.zeros(1), 2], "scan": scan, "words": words}
    moved = ([element] | ly.data.to_device("meta"))[0]
    assert moved["x"][0].device.type == moved["scan"].voxels.device.type == "meta"
    assert moved["x"][1] == 2
    assert moved["words"] is words
    assert (type(moved["scan"]), moved["scan"].name) == (Scan, "a")
    assert scan.voxels.device.type == element["x"][0].device.type == "cpu"


def test_items_move_and_stay_items():
    points = Keypoints(torch.zeros(2, 2), (4, 5), labels=("a", "b"))
    moved = ly.data.move([points, Label(1)], "meta")
    assert (type(moved[0]), moved[0].data.device.type, moved[0].labels) == (Keypoints, "meta", ("a", "b"))
    assert points.data.device.type == "cpu"
    assert moved[1] == Label(1)


def test_only_the_parts_that_move_are_rebuilt():
    still = {"a": torch.zeros(1, device="meta")}
    moved = ly.data.move((still, torch.zeros(1)), "meta")
    assert moved[0] is still


def test_all_forms_name_the_device():
    d, data = ly.data, [torch.zeros(1)]
    for pipe in (data | d.to_device("meta"), d.to_device(data, "meta"), d.to_device(data, torch.device("meta"))):
        assert repr(pipe) == "list[1] | to_device('meta')"
        assert [x.device.type for x in pipe] == ["meta"]


def test_without_a_device_it_is_the_accelerator_or_the_cpu():
    there = torch.accelerator.is_available()
    expected = str(torch.accelerator.current_accelerator()) if there else "cpu"
    assert checked_device(None) == expected
    assert repr(ly.data.to_device()) == repr(ly.data.to_device([1])).split(" | ")[1] == f"to_device({expected!r})"


@pytest.mark.parametrize("wrong", ["cuda:99", "no-such", "xpu:7"])
def test_a_device_that_is_not_there_is_refused_at_the_door(wrong):
    with pytest.raises(DataError, match=f"this machine has no device '{wrong}'; it has cpu"):
        ly.data.to_device([1], wrong)


def test_a_device_that_is_no_word_is_refused():
    with pytest.raises(DataError, match="the device is a word such as 'cuda:0'; given 3"):
        ly.data.to_device([1], 3)
