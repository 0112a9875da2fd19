"""Each rule on imports passes a small good package and names the fault of a bad one."""

from pathlib import Path

import pytest

from house import imports

LAYERS = """
[tool.importlinter]
root_package = "jar"
[[tool.importlinter.contracts]]
name = "widget sits above plot"
type = "layers"
layers = ["jar.widget", "jar.plot"]
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    package = tmp_path / "package/jar"
    package.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(LAYERS)
    (package / "__init__.py").write_text("")
    (package / "plot.py").write_text("import matplotlib.figure\n")
    (package / "widget.py").write_text("import jar.plot\nfrom ipywidgets import Image\n")
    return tmp_path


def test_a_good_package_keeps_every_rule(tree: Path) -> None:
    assert imports.homeless_libraries(tree) == []
    assert imports.broken_layers(tree) == []
    assert imports.heavy_after("import jar", source=tree / "package", heavy=("json",)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import ipywidgets as w\n", "import ipywidgets"),
        ("def f():\n    from pytorch_lightning.callbacks import Timer\n", "import pytorch_lightning"),
        ("from importlib import import_module\nimport_module('onnx.helper')\n", "import onnx"),
        ("import torchvision\n", "import torchvision"),
    ],
)
def test_a_library_away_from_its_home_is_found(tree: Path, text: str, found: str) -> None:
    (tree / "package/jar/plot.py").write_text(text)
    (fault,) = imports.homeless_libraries(tree)
    assert (fault.file.split(":")[0], fault.found) == ("package/jar/plot.py", found)


def test_a_library_may_be_a_guest_in_one_file_and_in_no_other(tree: Path) -> None:
    data = tree / "package/jar/data"
    data.mkdir()
    for name in ("module.py", "other.py", "part/module.py"):
        (data / name).parent.mkdir(exist_ok=True)
        (data / name).write_text("import pytorch_lightning as pl\n")
    (tree / "package/jar/module.py").write_text("import pytorch_lightning\n")
    places = [fault.file.removeprefix("package/jar/") for fault in imports.homeless_libraries(tree)]
    assert sorted(places) == ["data/other.py:1", "data/part/module.py:1", "module.py:1"]


def test_an_upward_import_is_found(tree: Path) -> None:
    (tree / "package/jar/plot.py").write_text("import jar.widget\n")
    (fault,) = imports.broken_layers(tree)
    assert "jar.plot is not allowed to import jar.widget" in " ".join(fault.found.split())


def test_a_heavy_import_is_found(tree: Path) -> None:
    (tree / "package/jar/__init__.py").write_text("import json\n")
    (fault,) = imports.heavy_after("import jar", source=tree / "package", heavy=("json", "sqlite3"))
    assert str(fault) == "import jar: import cost: found loads json; allowed: loaded when used"


def test_an_import_that_fails_says_why(tree: Path) -> None:
    with pytest.raises(RuntimeError, match=r"No module named 'jar\.gone'"):
        imports.in_child("import jar.gone", source=tree / "package")


def test_the_ratio_of_costs_is_that_of_the_work(tree: Path) -> None:
    small, large = "sum(range(2_000_000))", "sum(range(6_000_000))"
    assert imports.import_ratio(large, to=small, source=tree, allowed=1.15, rounds=3) > 2
    assert imports.import_ratio(small, to=large, source=tree, allowed=1.15, rounds=3) < 1
