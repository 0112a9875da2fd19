"""The site of this repository has no faults, its code runs, and what it says of the project is so."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from check import check
from site_names import left_out
from site_page import read_page

from docs.pages import Pages
from house import names

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "package"
CONFIG = yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))
SOURCES = [ROOT / "README.md", *(ROOT / "docs").rglob("*.qmd")]
PAGES = sorted(path.relative_to(ROOT) for path in SOURCES if "reference" not in path.parts)


def publishing_files() -> set[str]:
    """The files whose names a user reads: those a room's `__init__` brings in, and the files beside the rooms."""
    found = {
        name
        for name in names.submodules(PACKAGE / "leyden") - names.PROGRAMS
        if (PACKAGE / "leyden" / f"{name}.py").exists()
    }
    for room in (PACKAGE / "leyden").glob("*/__init__.py"):
        found |= files_behind(room)
    return found


def files_behind(init: Path) -> set[str]:
    """The files whose names an `__init__` brings in, now or on first use, also through those of its sub-folders."""
    found: set[str] = set()
    tree = ast.parse(init.read_text(encoding="utf-8"))
    for node in [*tree.body, *names.on_first_use(tree)]:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("leyden."):
            if all((name.asname or "").startswith("_") for name in node.names):
                continue  # kept to itself
            inner = PACKAGE.joinpath(*str(node.module).split("."), "__init__.py")
            found |= files_behind(inner) if inner.exists() else {str(node.module).removeprefix("leyden.")}
    return found


def test_the_site_has_no_faults() -> None:
    faults, _ = check(ROOT)
    assert not faults, "\n".join(map(str, faults))


def photographs(folder: Path) -> None:
    """Two classes of small pictures, as a reader of the page on own images would have them."""
    from PIL import Image

    for index, name in enumerate(("daisy", "tulip")):
        (folder / "flowers" / name).mkdir(parents=True)
        for number in range(20):
            colour = (60 + 150 * index, 200 - 9 * number, 90)
            Image.new("RGB", (80, 64), colour).save(folder / "flowers" / name / f"{number:04}.png")


def test_the_linter_of_quarto_pages_finds_nothing() -> None:
    command = [
        str(Path(sys.executable).parent / "panache"),
        "lint",
        "--no-cache",
        "--isolated",
        "--message-format=short",
    ]
    places = ["_quarto.yml", "README.md", "CONTRIBUTING.md", "docs"]
    done = subprocess.run([*command, *places], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def script_of(page: Path) -> str:
    """The code of a page, on the lines where the page has it, so that a traceback points there."""
    lines = [""] * len((ROOT / page).read_text(encoding="utf-8").splitlines())
    for code in read_page(ROOT, page).code:
        if not code.shown:
            source = code.source.splitlines()
            lines[code.line - 1 : code.line - 1 + len(source)] = source
    return "\n".join(lines)


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    running = Pages(PACKAGE)
    yield running
    running.close()


@pytest.mark.parametrize("page", [page for page in PAGES if script_of(page).strip()], ids=str)
def test_the_code_of_a_page_runs(page: Path, pages: Pages, tmp_path: Path) -> None:
    photographs(tmp_path)
    (tmp_path / "page.py").write_text(script_of(page), encoding="utf-8")
    told = pages.run(tmp_path, "page.py")
    assert not told, f"{page}, line as in page.py:\n{told}"


def test_a_page_that_fails_is_told_with_its_line_and_the_next_one_sees_nothing_of_it(
    pages: Pages, tmp_path: Path
) -> None:
    (tmp_path / "one.py").write_text("import leyden\nleyden.seen = True\n1 / 0\n", encoding="utf-8")
    (tmp_path / "two.py").write_text("import leyden\nassert not hasattr(leyden, 'seen')\n", encoding="utf-8")
    told = pages.run(tmp_path, "one.py")
    assert 'one.py", line 3' in told
    assert "ZeroDivisionError" in told
    assert pages.run(tmp_path, "two.py") == ""


def test_the_reference_has_a_page_for_every_file_that_a_room_publishes() -> None:
    listed = [name for section in CONFIG["quartodoc"]["sections"] for name in section["contents"]]
    missing, gone = sorted(publishing_files() - set(listed)), sorted(set(listed) - publishing_files())
    assert not missing, f"quartodoc: sections: in _quarto.yml lack {missing}"
    assert not gone, f"quartodoc: sections: in _quarto.yml name {gone}, which publish nothing"
    assert len(listed) == len(set(listed))


def test_every_public_name_is_in_the_reference() -> None:
    assert not left_out(PACKAGE / "leyden", CONFIG)


def test_pages_show_what_is_stored_and_load_nothing_from_elsewhere() -> None:
    assert CONFIG["execute"] == {"enabled": False}
    assert CONFIG["format"]["html"]["html-math-method"] == "mathml"
    for theme in CONFIG["format"]["html"]["theme"].values():
        styles = [(ROOT / name).read_text(encoding="utf-8") for name in theme if name.endswith(".scss")]
        assert any("$web-font-path: false;" in style for style in styles), f"{theme} loads its fonts from another host"
        assert not any("http" in style for style in styles)
    assert "http" not in (ROOT / "_quarto.yml").read_text(encoding="utf-8")


def version() -> str:
    found = re.search(
        r'^__version__ = "(.+)"$', (PACKAGE / "leyden/__init__.py").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert found
    return found[1]


def test_the_newest_entry_of_the_changes_is_this_version() -> None:
    entries = re.findall(r"^## (.+)$", (ROOT / "docs/changes.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert entries[0] == version()


def citation_faults(cited: dict[str, Any]) -> list[str]:
    """What keeps a citation file from the parts of format 1.2.0 that this project uses."""
    required = {"cff-version": str, "message": str, "title": str, "authors": list}
    optional = {"type": str, "abstract": str, "version": str, "license": str, "keywords": list, "date-released": str}
    known = {**required, **optional, "repository-code": str, "url": str, "doi": str}
    faults = [f"{key} is missing" for key in required if key not in cited]
    faults += [f"{key} is unknown" for key in cited if key not in known]
    faults += [
        f"{key} is no {known[key].__name__}" for key in cited if key in known and not isinstance(cited[key], known[key])
    ]
    if cited.get("cff-version") != "1.2.0":
        faults.append("cff-version is not 1.2.0")
    if cited.get("type", "software") not in ("software", "dataset"):
        faults.append("type is neither software nor dataset")
    people = [
        set(author) <= {"name"} or set(author) <= {"family-names", "given-names", "orcid"}
        for author in cited.get("authors", [])
    ]
    if not people or not all(people) or not all(cited["authors"]):
        faults.append("an author has a name, or family-names and given-names")
    return faults


def test_the_citation_file_is_valid_and_of_this_version() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation_faults(cited) == []
    assert cited["version"] == version()
    assert f'license = "{cited["license"]}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"title": None}, "title is no str"),
        ({"version": 0.1}, "version is no str"),
        ({"licence": "MIT"}, "licence is unknown"),
        ({"cff-version": "1.1.0"}, "cff-version is not 1.2.0"),
        ({"type": "book"}, "type is neither software nor dataset"),
        ({"authors": []}, "an author has a name, or family-names and given-names"),
        ({"authors": [{"email": "a@example.org"}]}, "an author has a name, or family-names and given-names"),
    ],
)
def test_a_bad_citation_is_told(change: dict[str, Any], fault: str) -> None:
    good = {"cff-version": "1.2.0", "message": "cite", "title": "jar", "authors": [{"name": "Ada"}]}
    assert citation_faults(good) == []
    assert fault in citation_faults({**good, **change})


def test_hooks_are_local_and_download_nothing() -> None:
    settings = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repository["repo"] for repository in settings["repos"]] == ["local"]
    assert {hook["language"] for hook in settings["repos"][0]["hooks"]} == {"system"}


def test_the_commands_that_contributors_are_told_exist() -> None:
    told = set(re.findall(r"^make (\w+)", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert told == {"lint", "test", "docs"}
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert told <= set(targets)


def test_the_layer_tables_name_every_room() -> None:
    rooms = names.submodules(PACKAGE / "leyden")
    for page in ("CONTRIBUTING.md", "docs/design/index.qmd"):
        text = (ROOT / page).read_text(encoding="utf-8")
        rows = "\n".join(line for line in text.splitlines() if line.startswith("|"))
        assert not [room for room in sorted(rooms) if f"`{room}`" not in rows], page
