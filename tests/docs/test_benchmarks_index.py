"""The index of the benchmarks has the figures of their pages, and every page says on what it was measured."""

from pathlib import Path

import pytest
from benchmarks_index import FOLDER, Figure, page, tables, told


def test_the_index_of_the_benchmarks_is_up_to_date() -> None:
    written = (FOLDER / "index.qmd").read_text(encoding="utf-8")
    assert written == page(FOLDER), "run python docs/benchmarks_index.py"


TEXT = """# Jars

| who | a step, ms | bar |
| --- | --- | --- |
| ours | 1.5 | |
| theirs, old | 3 | 2 |

text

| who | seconds |
|---|---|
| ours | 7 |
"""


def test_tables_are_read_by_their_columns() -> None:
    assert list(tables(TEXT)) == [
        {"who": "ours", "a step, ms": "1.5", "bar": ""},
        {"who": "theirs, old", "a step, ms": "3", "bar": "2"},
        {"who": "ours", "seconds": "7"},
    ]


def test_a_figure_is_looked_up(tmp_path: Path) -> None:
    (tmp_path / "jars.md").write_text(TEXT, encoding="utf-8")
    assert told(Figure("", "", "jars", {"who": "ours"}, "{seconds} s"), tmp_path) == "7 s"
    assert told(Figure("", "", "jars", {"who": "theirs*"}, "{a step, ms} ms"), tmp_path) == "3 ms"
    with pytest.raises(LookupError, match=r"jars\.md: 0 rows fit {'who': 'nobody'}; edit docs/benchmarks_index\.py"):
        told(Figure("", "", "jars", {"who": "nobody"}, "{seconds}"), tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TEXT, r"jars\.md: does not say on what it was measured"),
        (f"{TEXT}\nMeasured on: 2 cores. Run it: `make bench`.\n", "jars: no figure of it in docs/benchmarks_index"),
    ],
)
def test_a_page_without_a_machine_or_without_a_figure_is_told(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "jars.md").write_text(text, encoding="utf-8")
    with pytest.raises(LookupError, match=message):
        page(tmp_path)
