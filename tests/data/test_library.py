import json

import pytest

from leyden.data.library import library
from leyden.errors import DriverMissing


def test_an_installed_library_is_loaded():
    assert library("json", purpose="reading .json files") is json


def test_a_missing_library_is_told_with_what_it_is_for_and_how_to_get_it():
    with pytest.raises(DriverMissing, match=r"reading \.xyz files needs no_such, .*: pip install no_such .*formats"):
        library("no_such", purpose="reading .xyz files")


def test_a_library_that_lacks_another_one_is_no_missing_library(tmp_path, monkeypatch):
    (tmp_path / "half_there.py").write_text("import no_such_either\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_either"):
        library("half_there", purpose="reading .half files")
