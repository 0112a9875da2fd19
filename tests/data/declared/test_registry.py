import re
import sys
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest

from leyden.data.declared.entry import DatasetEntry
from leyden.data.declared.registry import (
    closest,
    driver,
    faults_of_options,
    find_driver,
    find_reader,
    known_options,
    reader,
)
from leyden.data.declared.stack import catalog
from leyden.errors import CatalogError, DriverMissing


def fresh():
    return f"test-{uuid4().hex}"


def entry(driver_name, type_name, **options):
    return DatasetEntry(name="it", driver=driver_name, type=type_name, options=options, file=Path("Data.toml"))


def test_a_driver_and_a_type_of_ones_own_are_used(declare):
    mine, kind = fresh(), fresh()

    @driver(mine)
    def count(entry: DatasetEntry, *, number: int, word: str = "a"):
        return [{"place": place, "word": word, "of": entry.name} for place in range(number)]

    @reader(kind, takes=["rows"])
    def backwards(rows, *, skip: int = 0):
        return rows[::-1][skip:]

    path = declare(driver=mine, type=kind, number=3, word="b", skip=1)
    assert catalog(path)["it"] == [{"place": 1, "word": "b", "of": "it"}, {"place": 0, "word": "b", "of": "it"}]
    assert known_options(mine, kind) == ["driver", "type", "inside", "number", "word", "skip"]


def test_a_name_is_taken_once():
    with pytest.raises(CatalogError, match=r"a driver named 'folder' is registered already, .*choose another"):
        driver("folder")(lambda entry: [])
    with pytest.raises(CatalogError, match=r"a type named 'images' is registered already"):
        reader("images")(lambda where: [])


def test_keys_of_every_storage_are_no_options():
    def wrong(entry, *, inside: str):
        return inside

    with pytest.raises(CatalogError, match="has a keyword 'inside', a key of every storage"):
        driver(fresh())(wrong)


def test_what_is_not_registered_is_told_with_the_closest():
    with pytest.raises(DriverMissing, match=r"no driver named 'foldr'; closest: 'folder'; registered: asset, file, "):
        find_driver("foldr")
    with pytest.raises(DriverMissing, match=r"no type named 'imgs'; closest: 'images'.*@ly\.data\.reader\('imgs'\)"):
        find_reader("imgs")


def test_a_missing_driver_only_matters_to_the_dataset_that_names_it():
    text = '[[datasets]]\nname = "a"\nstorage = {driver = "foldr", type = "images", path = "a"}\n'
    text += '[[datasets]]\nname = "b"\nstorage = {driver = "inline", type = "json", text = "[1]"}\n'
    Path("Data.toml").write_text(text)
    assert catalog()["b"] == [1]
    with pytest.raises(DriverMissing, match=r"^dataset 'a' \(.*Data\.toml:1\): no driver named 'foldr'; closest"):
        catalog()["a"]


def test_options_are_checked_when_the_plugin_comes_after_the_file(declare):
    mine = fresh()
    declared = catalog(declare(driver=mine, type="path", pat="a"))

    @driver(mine)
    def late(entry, *, path: str):
        return Path(path)

    with pytest.raises(CatalogError, match=rf"the driver '{mine}' needs 'path'; .* has no key 'pat'; closest: 'path'"):
        declared["it"]


def test_faults_of_options_are_found_all_at_once():
    faults = faults_of_options(entry("folder", "images", pth="a", check="yes", inside=3))
    assert faults[:2] == ["check must be true or false; given 'yes'", "inside must be text; given 3"]
    assert faults[2] == "the driver 'folder' needs 'path'"
    assert re.match(r"driver 'folder' with type 'images' has no key 'pth'; closest: 'path'; it takes 'path'", faults[3])
    assert len(faults) == 4


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ({"words": ["a"]}, True), ({"words": ["a", 1]}, False), ({"words": "a"}, False),
        ({"size": 1}, True), ({"size": True}, False), ({"size": 1.0}, False),
        ({"rate": 1}, True), ({"rate": 1.5}, True), ({"rate": False}, False),
        ({"mode": "fast"}, True), ({"mode": "quick"}, False),
        ({"sizes": {"a": 1}}, True), ({"sizes": {"a": "b"}}, False), ({"sizes": [1]}, False),
        ({"either": "a"}, True), ({"either": ["a"]}, True), ({"either": 2}, False),
    ],
)  # fmt: skip
def test_values_are_held_against_the_types_of_the_function(value, good):
    mine = fresh()

    @driver(mine)
    def typed(
        entry, *, words: list[str] | None = None, size: int = 0, rate: float = 0, either: str | list[str] = "",
        mode: Literal["fast", "slow"] = "fast", sizes: dict[str, int] | None = None,
    ):  # fmt: skip
        return []

    faults = faults_of_options(entry(mine, "path", **value))
    assert (not faults) == good
    assert all("must be" in fault for fault in faults)


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Lay an installed package into the path, as pip would, with one module and entry points of it."""

    def lay(code, *names):
        module = f"plugged_{uuid4().hex}"
        folder = tmp_path / module
        (folder / f"{module}-1.0.dist-info").mkdir(parents=True)
        (folder / f"{module}.py").write_text(code)
        points = "".join(f"{name} = {module}\n" for name in names)
        (folder / f"{module}-1.0.dist-info" / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\n")
        (folder / f"{module}-1.0.dist-info" / "entry_points.txt").write_text(f"[leyden.data]\n{points}")
        monkeypatch.syspath_prepend(str(folder))
        return module

    return lay


def test_an_installed_package_brings_drivers_and_types_when_they_are_named(declare, install):
    mine, kind = fresh(), fresh()
    code = (
        "import leyden as ly\n"
        f"@ly.data.driver({mine!r})\n"
        "def count(entry, *, number: int):\n    return [{'place': place} for place in range(number)]\n"
        f"@ly.data.reader({kind!r}, takes=['rows'])\n"
        "def backwards(rows):\n    return rows[::-1]\n"
    )
    module = install(code, mine, kind)
    path = declare(driver=mine, type=kind, number=2)
    assert module not in sys.modules
    assert catalog(path)["it"] == [{"place": 1}, {"place": 0}]
    assert faults_of_options(entry(mine, kind, number="x")) == ["number must be a whole number; given 'x'"]


def test_options_of_a_plugin_are_checked_when_the_file_is_read(declare, install):
    kind = fresh()
    code = f"import leyden as ly\n@ly.data.reader({kind!r})\ndef read(where, *, size: int):\n    return where\n"
    install(code, kind)
    with pytest.raises(CatalogError, match="size must be a whole number; given 'big'"):
        catalog(declare(driver="file", type=kind, path="a", size="big"))


def test_a_plugin_that_cannot_be_loaded_is_named_and_matters_only_to_its_dataset(declare, install):
    kind = fresh()
    module = install("import leyden_no_such\n", kind)
    declared = catalog(declare(driver="file", type=kind, path="a", anything=1))
    told = rf"the type '{kind}' comes from '{module}' of the package '{module}', .*No module named 'leyden_no_such'"
    with pytest.raises(DriverMissing, match=told):
        declared["it"]


def test_a_plugin_that_registers_nothing_leaves_the_name_unknown(install):
    kind = fresh()
    install("", kind)
    with pytest.raises(DriverMissing, match=f"no type named '{kind}'"):
        find_reader(kind)


def test_closest_is_silent_without_a_likeness():
    assert closest("zzz", ["path"]) == ""
