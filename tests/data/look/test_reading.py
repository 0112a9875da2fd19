import pytest
import torch

import leyden as ly
from leyden.data.look.reading import beneath_batches, class_names, read, samples_of, spread, visit, without_batches
from leyden.data.pipe.broken import Broken
from leyden.items import Image


class Holes:
    """Ten numbers, every third of which cannot be read."""

    classes = ("even", "odd")

    def __len__(self):
        return 10

    def __getitem__(self, index):
        if index % 3 == 2:
            raise OSError(f"file {index} is cut short")
        return index


def test_an_element_that_cannot_be_read_is_broken_and_the_way_goes_on():
    seen = {}
    assert visit(Holes(), range(10), seen.__setitem__) == 10
    assert seen[1] == 1
    assert seen[2] == Broken(2, "OSError: file 2 is cut short")
    assert sum(type(element) is Broken for element in seen.values()) == 3
    view = Holes() | ly.data.map(str)
    assert read(view, 4) == "4"
    assert read(view, 5).problem.endswith("file 5 is cut short")


def test_a_view_is_read_as_of_its_present_epoch():
    view = range(100) | ly.data.shuffle(seed=0)
    first = read(view, 0)
    view.set_epoch(1)
    assert read(view, 0) == view[0] != first


@pytest.mark.parametrize("sample", [1, 2, 3, 7, 10, 11, None])
def test_a_sample_is_spread_over_all_without_repeats(sample):
    found = list(spread(10, sample))
    assert len(found) == len(set(found)) == min(10, sample or 10)
    assert found == sorted(found)
    assert max(found) < 10


def test_the_way_ends_where_progress_says_so_or_at_ctrl_c():
    calls = []

    def progress(done, total):
        calls.append((done, total))
        return done < 3

    seen = []
    assert visit(range(10), range(10), lambda index, _: seen.append(index), progress=progress) == 3
    assert (seen, calls) == ([0, 1, 2], [(1, 10), (2, 10), (3, 10)])

    def interrupted(index, _):
        if index == 4:
            raise KeyboardInterrupt

    assert visit(range(10), range(10), interrupted) == 4


def test_the_elements_beneath_batches_are_found_through_later_steps():
    plain = range(10) | ly.data.map(float)
    assert beneath_batches(plain) is None
    assert beneath_batches(plain | ly.data.batch(2) | ly.data.shuffle(seed=0) | ly.data.parallel(2)) is plain
    assert beneath_batches(plain | ly.data.batch(2) | ly.data.batch(2)) is plain
    assert beneath_batches([1, 2]) is None
    numbers = torch.arange(6)
    assert without_batches(numbers) is without_batches(numbers | ly.data.batch(2)) is numbers


def test_a_batch_is_taken_apart_into_elements_of_its_structure():
    elements = [{"x": torch.full((2,), float(k)), "name": str(k), "n": k} for k in range(5)]
    apart = samples_of(ly.data.stack(elements), 3)
    assert [(part["x"].tolist(), part["name"], int(part["n"])) for part in apart] == [
        ([0.0, 0.0], "0", 0), ([1.0, 1.0], "1", 1), ([2.0, 2.0], "2", 2)
    ]  # fmt: skip
    assert [part[0].shape for part in samples_of(ly.data.stack([(Image(torch.zeros(1, 2, 2)), 1)] * 2), 9)] == [
        (1, 2, 2)
    ] * 2
    assert samples_of(3, 4) == []


def test_class_names_are_those_of_the_first_container_beneath_that_has_any():
    assert class_names(Holes() | ly.data.map(str) | ly.data.batch(2)) == ("even", "odd")
    assert class_names([1, 2]) == ()
