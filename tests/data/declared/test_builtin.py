import pytest

from leyden.data.declared.builtin import register_builtin
from leyden.data.declared.registry import find_driver, find_reader
from leyden.errors import CatalogError

DRIVERS = ["asset", "file", "folder", "git", "https", "hub", "inline", "zip"]
TYPES = ["arrays", "bytes", "files", "hdf5", "images", "json", "path", "table", "text", "volume", "volumes"]


@pytest.mark.parametrize("name", DRIVERS)
def test_every_driver_is_there_and_takes_the_entry_first(name):
    plugin = find_driver(name)
    assert plugin.name == name
    assert plugin.forms == ()


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_there_and_says_what_it_takes(name):
    assert set(find_reader(name).forms) <= {"file", "folder", "zip", "zip part", "archive", "remote", "rows"}
    assert find_reader(name).forms


def test_they_are_registered_once():
    with pytest.raises(CatalogError, match="is registered already"):
        register_builtin()
