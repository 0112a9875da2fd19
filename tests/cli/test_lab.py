import json

from leyden.cli.lab import copy_notebooks, notebooks


def test_the_workbench_is_found_and_is_a_notebook():
    assert json.loads((notebooks() / "workbench.ipynb").read_text(encoding="utf-8"))["nbformat"] == 4


def test_notebooks_that_are_there_already_stay_as_they_are(tmp_path):
    first = copy_notebooks(tmp_path / "mine")
    assert {path.name for path in first} == {path.name for path in notebooks().glob("*.ipynb")}
    (tmp_path / "mine" / "workbench.ipynb").write_text("my own work")
    assert copy_notebooks(tmp_path / "mine") == []
    assert (tmp_path / "mine" / "workbench.ipynb").read_text() == "my own work"


def test_the_notebooks_own_folder_is_left_alone():
    before = {path: path.read_bytes() for path in notebooks().glob("*.ipynb")}
    assert copy_notebooks(notebooks()) == []
    assert {path: path.read_bytes() for path in notebooks().glob("*.ipynb")} == before
