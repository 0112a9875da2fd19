from pathlib import Path

import pytest

from leyden.data.declared.entry import DatasetEntry
from leyden.errors import CatalogError


def entry(driver="folder", sha256="", **options):
    return DatasetEntry(
        name="it", driver=driver, type="images", options=options, sha256=sha256, file=Path("/data/Data.toml")
    )


@pytest.mark.parametrize(
    ("made", "pin"),
    [
        (entry(path="a"), "local"),
        (entry(path="s3://bucket/a"), "none"),
        (entry("https", sha256="0" * 64, url="https://example.org/a"), "sha256"),
        (entry("https", url="https://example.org/a"), "none"),
        (entry("git", revision="main"), "none"),
        (entry("git", revision="0123456789" * 4), "commit"),
        (entry("hub", revision="0123456789" * 4), "commit"),
        (entry("hub"), "none"),
        (entry("asset"), "asset"),
        (entry("inline"), "inline"),
    ],
)
def test_the_pin_says_how_data_are_known_to_be_the_right_ones(made, pin):
    assert made.pin == pin


def test_variables_and_the_home_folder_are_expanded(monkeypatch):
    monkeypatch.setenv("SCANS", "/mnt/scans")
    monkeypatch.setenv("HOME", "/homes/ada")
    monkeypatch.setenv("TOKEN", "a$b${c}")
    assert entry().local("${SCANS}/one") == Path("/mnt/scans/one")
    assert entry().local("~/one") == Path("/homes/ada/one")
    assert entry().local("one/two") == Path("/data/one/two")
    assert entry().expand("https://${TOKEN}/~/$HOME") == "https://a$b${c}/~/$HOME"


def test_variables_that_are_not_set_are_all_named(monkeypatch):
    monkeypatch.delenv("SCANS", raising=False)
    with pytest.raises(CatalogError, match=r"'\$\{SCANS\}/\$\{NO_SUCH\}' needs NO_SUCH and SCANS, not set"):
        entry().local("${SCANS}/${NO_SUCH}")


def test_an_unknown_home_folder_is_told():
    with pytest.raises(CatalogError, match="no home folder to stand for '~'"):
        entry().local("~nobody-of-that-name/a")
