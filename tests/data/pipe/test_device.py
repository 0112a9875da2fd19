import threading
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import pytest
import torch

import leyden as ly
from leyden.data.pipe import device
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


class Stream:
    """What a stream of CUDA is asked for here; it writes down what happens, and on which stream."""

    told: list[tuple[str, object]]

    def __init__(self, name: str) -> None:
        self.name = name

    def record_event(self):
        self.told.append((f"{self.name} recorded", moved_last(self.told)))
        return self.told[-1]

    def wait_event(self, event):
        self.told.append((f"{self.name} waits", event[1]))


def moved_last(told):
    return [what for how, what in told if how.startswith("moved")][-1]


@pytest.mark.usefixtures("unchecked")
def test_on_cuda_copies_run_on_a_stream_of_their_own_and_the_reader_waits_for_each(monkeypatch):
    told: list[tuple[str, object]] = []
    streams, now = {"side": Stream("side"), "reader's": Stream("reader's")}, ["reader's"]
    Stream.told = told

    @contextmanager
    def on(stream):
        now.append(stream.name)
        yield
        now.pop()

    def moving(element, target):
        told.append((f"moved on {now[-1]}", element))
        assert target == torch.device("cuda:0")
        return element

    monkeypatch.setattr(torch.cuda, "Stream", lambda target: streams["side"])
    monkeypatch.setattr(torch.cuda, "stream", on)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda target: streams[now[-1]])
    monkeypatch.setattr(device, "move", moving)
    transfer = device._Transfer(torch.device("cuda:0"))
    begun = [transfer.begun(number) for number in (7, 8)]
    assert [transfer.finished(each) for each in begun] == [7, 8]
    assert told == [
        ("moved on side", 7), ("side recorded", 7), ("moved on side", 8), ("side recorded", 8),
        ("reader's waits", 7), ("reader's waits", 8),
    ]  # fmt: skip


DEVICES = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


@pytest.mark.parametrize("prefetch", [0, 1, 3])
@pytest.mark.parametrize("name", DEVICES)
def test_a_device_gets_every_batch_whole_while_it_works_on_others_and_few_are_alive(name, prefetch):
    large, least = 16 * 2**20, torch.cuda.memory_allocated() if name == "cuda" else 0
    batches = [{"x": torch.full((2**18, 16), float(number)), "y": [torch.tensor(number)]} for number in range(8)]
    weights = torch.eye(16, device=name)
    for number, batch in enumerate(batches | ly.data.to_device(name, prefetch=prefetch)):
        result = batch["x"]
        for _ in range(3):  # the reader's stream is busy, and what earlier batches took is free for copies
            result = result @ weights
        assert (result.device.type, batch["y"][0].device.type, int(batch["y"][0])) == (name, name, number)
        assert result.eq(number).all()
        if name == "cuda":  # two results beside them
            assert torch.cuda.max_memory_allocated() - least <= (prefetch + 1 + 2) * large + 2**20
    assert "leyden-data-ahead" not in {each.name for each in threading.enumerate()}


@pytest.mark.parametrize("name", DEVICES)
def test_the_device_that_is_meant_is_the_readers_and_not_the_threads(name):
    last = torch.cuda.device_count() - 1 if name == "cuda" else None
    with torch.cuda.device(last) if name == "cuda" else nullcontext():
        assert [each.device.index for each in [torch.zeros(1)] | ly.data.to_device(name)] == [last]
