import pytest

from leyden.errors import DataError
from leyden.recipe.folder import RESULTS, fresh_folder


def test_a_new_folder_is_made_with_its_parents(tmp_path):
    assert fresh_folder(tmp_path / "out" / "demo") is None
    assert (tmp_path / "out" / "demo").is_dir()


def test_results_of_the_run_before_move_aside_and_only_they(tmp_path):
    folder = tmp_path / "demo"
    for content in ("first", "second", "third"):
        moved = fresh_folder(folder)
        assert list(folder.iterdir()) == []
        (folder / RESULTS).write_text(content)
    assert (moved / RESULTS).read_text() == "second"


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("ten years")
    with pytest.raises(DataError, match="nothing was touched"):
        fresh_folder(tmp_path)
    assert (tmp_path / "thesis.tex").read_text() == "ten years"


def test_something_of_the_users_where_results_would_move_to_is_left_alone(tmp_path):
    folder = tmp_path / "demo"
    fresh_folder(folder)
    (folder / RESULTS).write_text("{}")
    (tmp_path / "demo.previous").mkdir()
    (tmp_path / "demo.previous" / "mine.txt").write_text("mine")
    with pytest.raises(DataError, match=r"demo\.previous"):
        fresh_folder(folder)
    assert (folder / RESULTS).exists()


@pytest.mark.parametrize("content", ["", "not mine"])
def test_a_file_is_no_folder(tmp_path, content):
    path = tmp_path / "demo"
    path.write_text(content)
    with pytest.raises(DataError, match="demo is a file; name a folder with --out"):
        fresh_folder(path)
    assert path.read_text() == content
