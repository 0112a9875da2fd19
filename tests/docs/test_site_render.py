"""Quarto renders where it is installed, and its warnings count; where it is not, a preview is written."""

from pathlib import Path

import pytest
from site_render import main

CONFIG = """
project: {type: website, render: [docs/]}
website: {title: Jar, sidebar: {contents: [docs/index.qmd]}}
format: {html: {theme: [cosmo]}}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "_quarto.yml").write_text(CONFIG)
    (tmp_path / "docs/index.qmd").write_text("---\ntitle: Home\n---\n\nA jar.\n")
    return tmp_path


def install_quarto(site: Path, monkeypatch: pytest.MonkeyPatch, *, says: str, status: int) -> None:
    """Put a program of that name on the path, which writes one page and says something."""
    program = site / "bin" / "quarto"
    program.parent.mkdir()
    page = "<html><head><title>Home</title></head><body><h1>Home</h1></body></html>"
    lines = [
        "#!/bin/sh",
        "mkdir -p _site/docs",
        f"printf '{page}' > _site/docs/index.html",
        "cp _site/docs/index.html _site",
    ]
    program.write_text("\n".join([*lines, f"printf '{says}\\n'", f"exit {status}"]))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")


def test_without_quarto_a_preview_is_written_and_that_is_said(site, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(site))
    assert main([str(site)]) == 0
    assert "quarto is not installed" in capsys.readouterr().err
    assert (site / "out/site-preview/docs/index.html").exists()


def test_what_quarto_wrote_without_a_warning_is_fine(site, monkeypatch, capsys):
    install_quarto(site, monkeypatch, says="Output created: _site/index.html", status=0)
    assert main([str(site)]) == 0
    assert "1 pages, 0 faults" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("says", "status", "told"),
    [
        ("\\033[33mWARN: Unable to resolve link target\\033[0m", 0, "WARN: Unable to resolve link target\n"),
        ("out of memory", 137, "out of memory\n"),
    ],
    ids=["a warning", "a failure"],
)
def test_a_warning_or_a_failure_of_quarto_is_a_fault(site, monkeypatch, capsys, says, status, told):
    install_quarto(site, monkeypatch, says=says, status=status)
    assert main([str(site)]) == 1
    assert capsys.readouterr().out == told
