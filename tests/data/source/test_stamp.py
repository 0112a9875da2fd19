import os
import pickle

import pytest

from leyden.data.source.stamp import Opened, check_file, check_unchanged, naming, stamp_of
from leyden.errors import DataChanged, DataError, UnreadableImage


def test_a_file_that_is_written_to_or_removed_is_noticed(tmp_path):
    path = tmp_path / "a file.txt"
    path.write_text("one")
    stamp = stamp_of(path)
    check_unchanged(path, stamp)
    os.utime(path, ns=(0, 1))
    with pytest.raises(DataChanged, match=r"a file\.txt was written to since when its container was made; make"):
        check_unchanged(path, stamp)
    path.write_text("other")
    with pytest.raises(DataChanged, match=r"written to since \(3 bytes then, 5 now\)"):
        check_unchanged(path, stamp)
    path.unlink()
    with pytest.raises(DataChanged, match=r"a file\.txt is gone since its container was made; restore it"):
        check_unchanged(path, stamp)
    check_unchanged(path, stamp_of(path))
    path.touch()
    with pytest.raises(DataChanged, match="did not exist when its container was made"):
        check_unchanged(path, None)


def test_a_file_must_be_there_and_hold_something(tmp_path):
    (tmp_path / "empty").touch()
    for name, message in {
        "gone": "no table '.*gone', seen from",
        "": "is no file; a table",
        "empty": r"is empty \(0 b",
    }.items():
        with pytest.raises(DataError, match=message):
            check_file(tmp_path / name, what="table")


def test_errors_are_named_once_and_keep_their_kind():
    with pytest.raises(UnreadableImage, match=r"^x: no picture$"), naming("x"):
        raise UnreadableImage("no picture")
    with pytest.raises(UnreadableImage, match=r"^x is empty$"), naming("x"), naming("x"):
        raise UnreadableImage("x is empty")
    with pytest.raises(DataError, match=r"^x cannot be read \(KeyError: 'y'\)$") as caught, naming("x"):
        {}["y"]
    assert isinstance(caught.value.__cause__, KeyError)


def opened(path):
    return [path.read_text()]


def test_a_file_is_opened_once_and_anew_after_pickling(tmp_path):
    path = tmp_path / "x"
    path.write_text("one")
    file = Opened(path, opened)
    assert file.get() is file.get()
    other = pickle.loads(pickle.dumps(file))
    assert other.get() == file.get()
    assert other.get() is not file.get()
    path.write_text("three")
    with pytest.raises(DataChanged):
        pickle.loads(pickle.dumps(file)).get()


def test_a_forked_process_opens_anew(tmp_path):
    path = tmp_path / "x"
    path.write_text("one")
    file = Opened(path, opened)
    mine = file.get()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, b"anew" if file.get() is not mine else b"shared")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 9) == b"anew"
    os.close(reading)
    os.close(writing)
