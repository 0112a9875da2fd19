import pickle
import zipfile
from dataclasses import dataclass
from multiprocessing import get_context
from operator import itemgetter

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import leyden as ly
from leyden.data.source.arrays import arrays_in
from leyden.data.source.files import files_in
from leyden.data.source.hdf5 import hdf5_in
from leyden.data.source.indexed import Source
from leyden.data.source.table import table_in
from leyden.data.source.zipped import zip_in
from leyden.errors import DataError


@dataclass(repr=False)
class Squares(Source):
    size: int

    def count(self):
        return self.size

    def at(self, place):
        return place * place

    def expression(self):
        return f"squares({self.size})"


bounds = st.none() | st.integers(-12, 12)


@given(st.integers(0, 10), st.lists(st.builds(slice, bounds, bounds, bounds.filter(bool)), max_size=3))
def test_slices_of_slices_are_those_of_a_list(size, slices):
    source, reference = Squares(size), [place * place for place in range(size)]
    for part in slices:
        source, reference = source[part], reference[part]
    assert list(source) == reference
    assert len(source) == len(reference)
    assert [source[place - len(reference)] for place in range(len(reference))] == reference
    assert list(pickle.loads(pickle.dumps(source))) == reference


def test_a_source_and_its_slices_print_as_what_makes_them():
    source = Squares(9)
    assert repr(source) == "squares(9)"
    assert repr(source[2:]) == "squares(9)[2:9]"
    assert repr(source[::-2]) == "squares(9)[8::-2]"
    assert eval(repr(source[::-2]), {"squares": Squares}).rows == range(8, -1, -2)
    assert repr(source.chosen([3, 1])) == "squares(9) | subset([3, 1])"
    assert repr(source[1:4] | ly.data.batch(2)) == "squares(9)[1:4] | batch(2)"


def test_every_kind_of_source_is_read_in_a_spawned_process(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a.txt").write_text("a")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    (tmp_path / "x.csv").write_text("a\n1\n")
    np.savez(tmp_path / "x.npz", a=np.array(["a"]))
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["a"] = ["a"]
    made = [files_in(tmp_path / "folder"), zip_in(tmp_path / "x.zip"), table_in(tmp_path / "x.csv")]
    made += [arrays_in(tmp_path / "x.npz"), hdf5_in(tmp_path / "x.h5")]
    here = [source[0] for source in made]  # what is open here stays here
    with get_context("spawn").Pool(1) as pool:
        assert pool.map(itemgetter(0), made) == here == ["a", "a", {"a": 1}, {"a": "a"}, {"a": "a"}]


def test_indices_outside_and_of_other_kinds_are_refused():
    with pytest.raises(IndexError, match=r"index 3 lies outside squares\(5\)\[2:5\], which has 3 elements"):
        Squares(5)[2:][3]
    with pytest.raises(TypeError, match=r"float|1\.0"):
        Squares(5)[1.0]  # type: ignore[call-overload]


def test_a_source_goes_through_every_view():
    pipe = Squares(7) | ly.data.shuffle(seed=1) | ly.data.batch(3) | ly.data.parallel(2)
    assert sorted(value for batch in pipe for value in batch.tolist()) == [0, 1, 4, 9, 16, 25, 36]
    with pytest.raises(DataError):
        _ = Squares(0) | ly.data.shuffle(seed=1) | ly.data.batch(0)
