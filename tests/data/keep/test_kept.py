import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import leyden as ly
from leyden.data.keep.kept import cache
from leyden.data.pipe.element import guard
from leyden.errors import DataError
from leyden.items import Image


class Reader:
    """Doubles numbers; some cannot be read; notes what is read, but not as part of itself."""

    def __init__(self, bad=()):
        self.bad, self.read = set(bad), []

    def __getstate__(self):
        return {}

    def __call__(self, number):
        self.read.append(number)
        if number in self.bad:
            raise OSError(f"{number} is cut short")
        return 2 * number


def double(x):
    return 2 * x


def draw(generator, x):
    return x


def test_memory_makes_every_element_once_over_all_epochs():
    reader = Reader()
    kept = ly.data.cache(ly.data.map(range(5), lambda x: [reader(x)]))
    pipe = kept | ly.data.shuffle() | ly.data.batch(2, collate=list)
    for _ in range(3):
        list(pipe)
    assert sorted(reader.read) == [0, 1, 2, 3, 4]
    assert kept[3] is kept[3] is list(kept)[3]


def test_a_folder_makes_every_element_once_over_all_runs(tmp_path):
    readers = [Reader(), Reader()]
    for reader in readers:
        pipe = range(5) | ly.data.map(reader) | cache(folder=tmp_path / "kept") | ly.data.shuffle()
        assert sorted(pipe) == sorted(pipe) == [0, 2, 4, 6, 8]
    assert sorted(readers[0].read) == [0, 1, 2, 3, 4]
    assert readers[1].read == []


@given(st.lists(st.integers(0, 6), max_size=20), st.sets(st.integers(0, 6)), st.sampled_from([0, 2]))
def test_a_folder_streams_any_indices_in_order_whatever_it_holds(tmp_path_factory, indices, known, workers):
    kept = range(7) | ly.data.map(double) | ly.data.parallel(workers) | cache(folder=tmp_path_factory.mktemp("kept"))
    for index in known:
        assert kept[index] == 2 * index
    assert list(kept | ly.data.subset(indices)) == [2 * index for index in indices]


@dataclass(frozen=True)
class Case:
    image: torch.Tensor
    name: str


ELEMENTS = [
    torch.arange(6).reshape(2, 3)[:, 1:],
    np.array([[1.5, 2.5]]),
    np.array(["a", "bc"]),
    np.float32(2.5),
    {"x": (1, [2.0, None, True], b"\x00"), 3: "three", "z": 1 + 2j},
    Image(torch.rand(3, 4, 5)),
    Case(torch.ones(2, dtype=torch.bfloat16), "one"),
]


def test_elements_come_back_equal_and_new(tmp_path):
    pipe = ELEMENTS | cache(folder=tmp_path)
    made, read = list(pipe), list(pipe)
    assert torch.equal(read[0], ELEMENTS[0])
    assert read[0].untyped_storage().nbytes() == 4 * 8
    for place in (1, 2, 3):
        assert type(read[place]) is type(ELEMENTS[place])
        assert np.array_equal(read[place], ELEMENTS[place])
        assert read[place].dtype == ELEMENTS[place].dtype
    read[1][0, 0] = 7
    assert read[4] == ELEMENTS[4]
    assert read[4] is not ELEMENTS[4]
    assert read[5] == ELEMENTS[5]
    assert torch.equal(read[6].image, ELEMENTS[6].image)
    assert read[6].name == "one"
    assert made[5] is ELEMENTS[5]


def test_what_cannot_be_kept_is_refused_with_its_place(tmp_path):
    pipe = [{"x": [1, object()]}] | cache(folder=tmp_path)
    with pytest.raises(
        DataError, match=r"cannot keep a object at \['x'\]\[1\]: map it to tensors, .* or use cache\(\) in"
    ):
        pipe[0]


def test_a_folder_of_another_pipe_is_refused_with_both_named(tmp_path):
    list([1, 2] | ly.data.map(double) | cache(folder=tmp_path))
    with pytest.raises(
        DataError, match=r"filled by list\[2\] \| map\(double\); this pipe is list\[2\] \| map\(abs\)\. .*delete"
    ):
        [1, 2] | ly.data.map(abs) | cache(folder=tmp_path)
    with pytest.raises(DataError, match=r"the parameters, code or data of list\[2\] have changed since"):
        [1, 3] | ly.data.map(double) | cache(folder=tmp_path)
    with pytest.raises(DataError, match=r"this pipe is list\[3\]"):
        [1, 2, 3] | ly.data.map(double) | cache(folder=tmp_path)


def test_a_lambda_that_was_changed_is_another_pipe(tmp_path):
    for _ in range(2):
        list([1, 2] | ly.data.map(lambda x: 2 * x) | cache(folder=tmp_path))
    with pytest.raises(DataError, match=r"parameters, code or data of map\(lambda\) have changed"):
        [1, 2] | ly.data.map(lambda x: 3 * x) | cache(folder=tmp_path)


def test_a_folder_of_other_files_is_refused_and_a_damaged_label_is_reported(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(DataError, match="holds something else than a cache"):
        [1] | cache(folder=tmp_path)
    with pytest.raises(DataError, match="holds something else than a cache"):
        [1] | cache(folder=tmp_path / "holiday.jpg")
    list([1] | cache(folder=tmp_path / "kept"))
    (tmp_path / "kept" / "leyden-cache.json").write_text("{")
    with pytest.raises(DataError, match=r"leyden-cache.json cannot be read .* delete .* to fill it anew"):
        [1] | cache(folder=tmp_path / "kept")


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other"])
def test_a_damaged_file_is_made_anew(tmp_path, damage):
    reader = Reader()
    pipe = [torch.arange(100)] | ly.data.map(reader) | cache(folder=tmp_path)
    expected = pipe[0]
    (file,) = tmp_path.rglob("*.element")
    content = bytearray(file.read_bytes())
    content[content.find(expected.numpy().tobytes()) + 80] ^= 1
    file.write_bytes({"cut": content[:200], "flip": content, "empty": b"", "other": b"not an element"}[damage])
    assert torch.equal(pipe[0], expected)
    assert len(reader.read) == 2
    assert torch.equal(pipe[0], expected)
    assert len(reader.read) == 2


def test_threads_and_copies_of_a_view_share_one_folder(tmp_path):
    pipe = [*range(20)] | ly.data.map(lambda x: torch.full((50,), x)) | cache(folder=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda turn: int(pipe[turn % 20][0]), range(160)))
    assert read == [turn % 20 for turn in range(160)]
    assert len(list(tmp_path.rglob("*.element"))) == 20
    assert not list(tmp_path.rglob("*.part"))


def test_another_process_reads_what_this_one_kept(tmp_path):
    step = f"ly.data.map(abs) | ly.data.cache(folder={str(tmp_path)!r})"
    script = f"import leyden as ly; print(list([-1, -2] | {step}))"
    assert list([-1, -2] | eval(step)) == [1, 2]
    files = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.element")}
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout == "[1, 2]\n"
    assert files == {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.element")}


@pytest.mark.parametrize("folder", [None, "kept"])
def test_broken_elements_are_not_kept(tmp_path, folder):
    reader = Reader({1})
    pipe = range(3) | ly.data.map(reader) | guard() | cache(folder=folder and tmp_path / folder)
    with pytest.warns(UserWarning, match="1 broken element"):
        assert list(pipe) == [0, 4]
    reader.bad.clear()
    assert list(pipe) == [0, 2, 4]
    assert sorted(reader.read) == [0, 1, 1, 2]


def test_a_copy_begins_with_an_empty_memory():
    kept = [torch.zeros(1000)] | cache()
    _ = kept[0]
    small = pickle.dumps([0] | cache())
    assert len(pickle.dumps(range(1) | ly.data.map(torch.zeros) | cache())) < len(small) + 500
    copy = pickle.loads(pickle.dumps(kept))
    assert copy[0] is copy[0]


def test_random_steps_are_refused_in_a_folder_too(tmp_path):
    with pytest.raises(DataError, match=r"cache\(\) after map_random\(draw, seed=0\) would freeze"):
        [1] | ly.data.map_random(draw) | cache(folder=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_cache_prints_with_its_folder(tmp_path):
    assert repr(cache(folder=tmp_path / "kept")) == f"cache(folder={str(tmp_path / 'kept')!r})"


@given(st.lists(st.integers(0, 6), max_size=20), st.sets(st.integers(0, 6)), st.sampled_from([0, 1, 3]))
def test_cache_streams_any_indices_in_order_whatever_it_holds_already(indices, known, workers):
    kept = range(7) | ly.data.map(lambda x: 10 * x) | ly.data.parallel(workers) | ly.data.cache()
    for index in known:
        assert kept[index] == 10 * index
    assert list(kept | ly.data.subset(indices)) == [10 * index for index in indices]


def test_threads_share_one_cached_object():
    pipe = (
        [0] * 50 | ly.data.map(lambda _: object()) | ly.data.cache() | ly.data.subset([0] * 200) | ly.data.parallel(4)
    )
    assert len(set(pipe)) == 1


@pytest.mark.parametrize(
    ("step", "name"), [(ly.data.shuffle(seed=4), r"shuffle\(seed=4\)"), (ly.data.map_random(draw), "map_random")]
)
def test_cache_refuses_to_freeze_random_steps(step, name):
    with pytest.raises(DataError, match=rf"cache\(\) after {name}.* would freeze .* before the random steps"):
        ([0.0] | step | ly.data.batch(1)) | ly.data.cache()
    with pytest.raises(DataError, match=name):
        ly.data.cache(([1.0], [0.0] | step))


@pytest.mark.parametrize("folder", ["kept", Path("kept")])
def test_a_folder_without_its_name_is_told(folder):
    for arguments in ((folder,), ([1, 2], folder)):
        with pytest.raises(DataError, match=r"cache takes its folder by name: cache\(folder='kept'\)"):
            cache(*arguments)
