import pytest

import leyden as ly
from leyden.errors import LeydenError
from leyden.medical.synthetic.declared import phantoms

TOML = """
[[datasets]]
name = "small"

    [datasets.storage]
    driver = "phantom"
    type = "path"
    count = 1
    size = [24, 24, 24]
    {more}
"""


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LEYDEN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def opened(folder, more=""):
    (folder / "Data.toml").write_text(TOML.replace("{more}", more))
    return ly.data.catalog(folder)["small"]


def test_a_declared_folder_is_made_once_and_kept(tmp_path, cache):
    folder = opened(tmp_path)
    assert folder.is_relative_to(cache)
    made = (folder / "dataset.json").stat().st_mtime_ns
    assert opened(tmp_path) == folder
    assert (folder / "dataset.json").stat().st_mtime_ns == made


def test_other_options_make_another_folder(tmp_path):
    one, two = opened(tmp_path), opened(tmp_path, 'layout = "brats"\n    seed = 3')
    assert one != two
    assert (two / "BraTS2021_00000").is_dir()


def test_what_a_killed_process_left_is_swept_away(tmp_path):
    folder = opened(tmp_path)
    folder.rename(folder.with_name(".fresh"))
    (folder.with_name(".fresh") / "half").touch()
    assert not (opened(tmp_path) / "half").exists()


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("{more}", 'layout = "bids"'), ("{more}", 'kind = "round"'), ("{more}", "seed = true"),
        ("{more}", "colour = 1"),
        ("[24, 24, 24]", "3"), ("count = 1", ""),
    ],
)  # fmt: skip
def test_wrong_options_are_told_with_the_dataset(tmp_path, written, instead):
    (tmp_path / "Data.toml").write_text(TOML.replace(written, instead).replace("{more}", ""))
    with pytest.raises(LeydenError, match=r"Data.toml"):
        ly.data.catalog(tmp_path)["small"]


def test_a_cache_that_cannot_be_written_is_told(cache):
    cache.write_text("a file")
    with pytest.raises(LeydenError, match=r"cannot be kept in .*; set LEYDEN_CACHE"):
        phantoms(None, count=1, size=24)
