import importlib
import importlib.util
import sys

import pytest

from leyden.onnx.conformance.barrier import Barrier


def test_a_module_is_refused_with_all_that_is_in_it():
    with Barrier(["json.tool", "this"]) as barrier:
        for name in ("json.tool", "this"):
            with pytest.raises(ImportError, match=f"{name} must not be imported here"):
                importlib.import_module(name)
        assert importlib.import_module("json")
        assert barrier.find_spec("this.that") is not None


def test_to_ask_for_a_module_is_no_import():
    with Barrier(["this"]) as barrier:
        assert importlib.util.find_spec("this") is not None
        assert barrier.intruders() == []


def test_a_name_that_only_begins_alike_is_let_in():
    sys.modules.pop("colorsys", None)
    with Barrier(["color"]):
        assert importlib.import_module("colorsys")


def test_what_was_imported_before_is_an_intruder():
    importlib.import_module("json.decoder")
    assert Barrier(["json"]).intruders()[:2] == ["json", "json.decoder"]
    assert Barrier(["jsonless"]).intruders() == []


def test_it_goes_when_its_block_ends():
    before = list(sys.meta_path)
    with Barrier(["this"]) as barrier:
        assert sys.meta_path[0] is barrier
    assert sys.meta_path == before
