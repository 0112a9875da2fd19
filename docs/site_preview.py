"""Render the site without Quarto: a preview of one HTML file a page, to be read offline.

    python docs/site_preview.py [ROOT] [--out FOLDER]
    python docs/site_preview.py [ROOT] --read FOLDER

It takes _quarto.yml and the pages as they are, runs nothing, and then reads every file it wrote: a link that leads
nowhere, a page that is not there, or anything that a browser would load from another host is told, and the exit code
is 1. What it shows is the content; Quarto's own look, its cross references and folded code come with Quarto. With
--read it only reads what Quarto wrote, which reports success wherever its links lead.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from site_nav import read_config, rendered
from site_page import Fault
from smalldocs.config import BuildError, ConfigError, load
from smalldocs.site import Site

__all__ = ["main", "preview", "written_faults"]

LINK = re.compile(r"<(\w+)\b[^>]*?\s(?:href|src)=[\"']([^\"']*)[\"']")
ANCHOR = re.compile(r"\s(?:id|name)=[\"']([^\"']+)[\"']")
STYLE = re.compile(r"(?:@import\s+|url\()\s*[\"']?(https?:[^\"')\s]+)")
HOME = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title><meta http-equiv="refresh" content="0; url={home}"></head>
<body><p><a href="{home}">{title}</a></p></body>
</html>
"""
TITLE = re.compile(r"\A\s*# .*?\{ ?#([\w.]+) ?\}")
RULES = """
html.quarto-dark body.docked .sidebar-navigation { background: transparent; }
.cell-output-display :is(td, th) { padding: 0.2rem 0.4rem; font-size: 0.8rem; line-height: 1.35; }
"""
"""What smalldocs leaves as it is: a light sidebar in the dark, and the tables of cells large and without gaps."""
EXPECTED = (
    "compiles no Sass",  # what that sets, the reader's own fonts, comes of taking the theme's out
    "is ignored",
    "unknown key quartodoc",
    "is not read by smalldocs",
    "broken link",  # found by reading what was written
)


def preview(root: Path, out: Path) -> list[str]:
    """Write the site.

    Args:
        root: The folder that holds _quarto.yml.
        out: Where the pages go; a preview that is there is written anew, any other folder is left alone.

    Returns:
        What the renderer warned of, a line each, but for settings that are for Quarto alone.

    Raises:
        SystemExit: The site cannot be built, or the folder holds something else.
    """
    try:
        site = Site(load(root), quiet=True)
        site.out = out.resolve()
        site.build()
    except (BuildError, ConfigError) as error:
        raise SystemExit(f"no preview: {error}") from error
    pages = rendered(root, read_config(root))
    settle(root, out, pages)
    title = str(site.project.website.get("title", "home"))
    homes = [path for path in (Path("docs/index.qmd"), *sorted(pages)) if path in pages]
    if not (out / "index.html").exists():
        home = homes[0].with_suffix(".html").as_posix()
        (out / "index.html").write_text(HOME.format(title=title, home=home), encoding="utf-8")
    return [warning for warning in site.warnings if not any(word in warning for word in EXPECTED)]


def settle(root: Path, out: Path, pages: set[Path]) -> None:
    """Make a written site whole: fonts of other hosts go, anchors of titles come back, folders become their pages.

    Args:
        root: The folder that holds _quarto.yml.
        out: The folder of the site; files in it are written anew.
        pages: The sources, relative to the root.
    """
    for sheet in out.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        sheet.write_text(re.sub(r"@import\s+url\(\s*[\"']?https?:[^)]*\);?", "", text), encoding="utf-8")
    with (out / "site_libs/smalldocs.css").open("a", encoding="utf-8") as sheet:
        sheet.write(RULES)
    for path in pages:
        page = out / path.with_suffix(".html")
        if page.exists():
            text = re.sub(
                r'(class="navbar-brand" href="(?:\.\./)*(?:\./)?)"', r'\1index.html"', page.read_text(encoding="utf-8")
            )
            anchor = TITLE.match((root / path).read_text(encoding="utf-8"))
            if anchor:
                text = text.replace('<h1 class="title"', f'<h1 id="{anchor[1]}" class="title"', 1)
            page.write_text(text, encoding="utf-8")


def written_faults(out: Path, pages: set[Path]) -> list[Fault]:
    """What is wrong with a site as it was written.

    Args:
        out: The folder of the site.
        pages: The sources that should have become pages, relative to the root.

    Returns:
        Pages that are missing, links to files or anchors that are not there, and what would be loaded from elsewhere.
    """
    faults = [
        Fault(path.as_posix(), "preview", "has not become a page")
        for path in sorted(pages)
        if not (out / path.with_suffix(".html")).is_file()
    ]
    for page in sorted(out.rglob("*.html")):
        name = page.relative_to(out).as_posix()
        faults += [Fault(name, "preview", message) for message in dict.fromkeys(page_faults(page, out))]
    for sheet in sorted(out.rglob("*.css")):
        for match in STYLE.finditer(sheet.read_text(encoding="utf-8")):
            faults.append(Fault(sheet.relative_to(out).as_posix(), "preview", f"loads {match[1]!r} from another host"))
    return faults


def page_faults(page: Path, out: Path) -> Iterator[str]:
    """What is wrong with the links of one written page."""
    text = page.read_text(encoding="utf-8")
    for tag, address in LINK.findall(re.sub(r"<!--.*?-->|<(script)\b[^>]*>.+?</script>", "", text, flags=re.DOTALL)):
        target = urlsplit(unescape(address))
        if target.scheme or target.netloc:
            if tag != "a" and target.scheme != "data":
                yield f"<{tag}> loads {address!r} from another host"
            continue
        file = (page.parent / unquote(target.path)) if target.path else page
        file = file / "index.html" if file.is_dir() else file
        if not file.exists():
            yield f"{address!r}: no such file"
        elif not file.resolve().is_relative_to(out.resolve()):
            yield f"{address!r} leads out of the site"
        elif target.fragment and file.suffix == ".html" and unquote(target.fragment) not in anchors(file.resolve()):
            yield f"{address!r}: no such anchor"


@cache
def anchors(page: Path) -> frozenset[str]:
    """The places of a written page that a link may lead to."""
    return frozenset(unescape(name) for name in ANCHOR.findall(page.read_text(encoding="utf-8")))


def main(arguments: list[str] | None = None) -> int:
    """Write a preview of the site under the given root, and read it again; or read a site that is there.

    Returns:
        1 if anything is wrong with what was written, else 0.
    """
    parser = argparse.ArgumentParser(description="Render the site without Quarto.")
    parser.add_argument("root", nargs="?", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--out", type=Path, help="the folder of the preview; out/site-preview if none is named")
    parser.add_argument("--read", type=Path, help="a site that is written already; nothing is rendered")
    given = parser.parse_args(arguments)
    out = given.read or given.out or given.root / "out" / "site-preview"
    warnings = [] if given.read else preview(given.root, out)
    pages = rendered(given.root.resolve(), read_config(given.root))
    faults = written_faults(out, pages)
    for line in [*warnings, *faults]:
        print(line)
    print(f"{len(pages)} pages, {len(faults)} faults: open {out / 'index.html'}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
