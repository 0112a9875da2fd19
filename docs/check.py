"""Check the site before it is built: settings, links, anchors, cross references, navigation, alt texts and code.

Quarto renders a page with a dead link and reports success, so this reads the sources instead. It needs neither Quarto
nor leyden, and follows no link to another host: those are checked for their form only.

    python docs/check.py [ROOT]

prints one line a fault and exits with 1 if there is any.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import site_nav
from site_page import MARKUP, Fault, Page, Prose, read_page
from site_settings import front_matter_faults, settings_faults

__all__ = ["check", "main"]

IMAGE = re.compile(r"!\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*<?([^)\s>]*)>?(?:\s+\"[^\"]*\")?\s*\)(\{[^}]*\})?")
LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]*)>?(?:\s+\"[^\"]*\")?\s*\)")
DEFINITION = re.compile(r"^\[([^\]^][^\]]*)\]:\s+<?(\S+?)>?(?:\s+\"[^\"]*\")?\s*$", re.MULTILINE)
USE = re.compile(r"(?<!!)\[([^\[\]]+)\]\[([^\[\]]*)\]")
ATTRIBUTE = re.compile(r"<\w[^>]*?\b(?:href|src)=[\"']([^\"']+)[\"']")
INCLUDE = re.compile(r"\{\{<\s*include\s+(\S+)\s*>\}\}")
AUTOLINK = re.compile(r"<((?:https?|ftp|file):[^>\s]+)>")
REFERENCE = re.compile(r"(?<![\w.@/])@((?:fig|tbl|sec|eq|lst)-[\w-]*\w)")
TAG = re.compile(r"<img\b[^>]*>")
ALT = re.compile(r"\balt=[\"'][^\"']*\S[^\"']*[\"']")
LOADED = re.compile(r"<(?:img|script|link|iframe|video|audio)\b[^>]*?\b(?:src|href)=[\"'](https?:[^\"']+)")
WIDGET = "application/vnd.jupyter.widget-view+json"


def targets(prose: Prose) -> Iterator[tuple[str, int]]:
    """Every address a text points at, with its place."""
    text = prose.masked
    for pattern, group in ((IMAGE, 2), (LINK, 1), (DEFINITION, 2), (ATTRIBUTE, 1), (INCLUDE, 1), (AUTOLINK, 1)):
        for match in pattern.finditer(text):
            yield match[group], match.start()


def external_fault(target: str) -> str | None:
    """What is wrong with the form of an address on another host, or None."""
    parts = urlsplit(target)
    if parts.scheme == "mailto":
        return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.\w+", parts.path) else f"{target!r} is not a mail address"
    if parts.scheme != "https":
        return f"{target!r}: a link to another host begins with https://"
    return None if "." in parts.netloc else f"{target!r} names no host"


class Site:
    """The pages under a root, read once.

    Args:
        root: The folder that holds _quarto.yml.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.config = site_nav.read_config(self.root)
        self.rendered = site_nav.rendered(self.root, self.config)
        beside = {path.relative_to(self.root) for path in self.root.glob("*.md")}
        self.pages = {path: read_page(self.root, path) for path in sorted(self.rendered | beside)}
        self.unbuilt: list[str] = []  # the folder that each link leads into

    def is_generated(self, path: Path) -> bool:
        return site_nav.home_of(path, self.config) is not None

    def link_fault(self, page: Page, target: str) -> str | None:
        """What is wrong with one address, or None."""
        if target.startswith("#"):
            return None if target[1:] in page.anchors else f"{target!r}: this page has no such anchor"
        if re.match(r"[a-zA-Z][\w+.-]*:", target) or target.startswith("//"):
            return external_fault(target)
        address, _, anchor = target.partition("#")
        address = unquote(address.partition("?")[0])
        base = self.root if address.startswith("/") else (self.root / page.path).parent
        full = (base / address.lstrip("/")).resolve()
        if not full.is_relative_to(self.root):
            return f"{target!r} leads out of the repository"
        return self.file_fault(page, target, full.relative_to(self.root), anchor)

    def file_fault(self, page: Page, target: str, path: Path, anchor: str) -> str | None:
        full = self.root / path
        if full.is_dir():
            index = [path / f"index{suffix}" for suffix in MARKUP if (full / f"index{suffix}").exists()]
            if page.path in self.rendered and not index and not self.is_generated(path):
                return f"{target!r} is a folder without an index page"
            path = index[0] if index else path
        elif not full.exists():
            home = site_nav.home_of(path, self.config)
            if home is not None and not (self.root / home).is_dir():
                self.unbuilt.append(home.as_posix())
                return None
            source = [path.with_suffix(s) for s in MARKUP if path.suffix == ".html" and full.with_suffix(s).exists()]
            return f"{target!r}: no such file" + (f"; link to the source, {source[0].name}" if source else "")
        if page.path in self.rendered and path.suffix in MARKUP and path not in self.rendered:
            return f"{target!r} is no page of the site, so the link dies when it is rendered"
        if anchor and path.suffix in MARKUP:
            found = self.pages[path] if path in self.pages else read_page(self.root, path)
            return None if anchor in found.anchors else f"{target!r}: {path} has no anchor {anchor!r}"
        return None


def link_faults(site: Site, page: Page) -> Iterator[Fault]:
    """Links and images that lead nowhere, and reference-style links without a definition."""
    defined = {match[1].lower() for prose in page.prose for match in DEFINITION.finditer(prose.masked)}
    for prose in page.prose:
        for target, place in targets(prose):
            message = site.link_fault(page, target) if target else "a link without an address"
            if message:
                yield page.fault(prose.where(place), "link", message)
        for match in USE.finditer(prose.masked):
            label = (match[2] or match[1]).lower()
            if label not in defined:
                yield page.fault(prose.where(match.start()), "link", f"[{label}] is not defined on this page")


def reference_faults(page: Page) -> Iterator[Fault]:
    """Cross references to nothing, and labels given twice. Quarto resolves them within one page of a website."""
    for label in sorted({label for label in page.labels if page.labels.count(label) > 1}):
        yield page.fault("", "label", f"{label!r} is given {page.labels.count(label)} times")
    for prose in page.prose:
        for match in REFERENCE.finditer(prose.masked):
            if match[1] not in page.labels:
                yield page.fault(prose.where(match.start()), "reference", f"@{match[1]}: no such label on this page")


def picture_faults(page: Page) -> Iterator[Fault]:
    """Pictures that a reader who cannot see them would not know of."""
    for prose in page.prose:
        for match in IMAGE.finditer(prose.masked):
            if not match[1].strip() and not re.search(r"fig-alt=\"[^\"]*\S", match[3] or ""):
                yield page.fault(
                    prose.where(match.start()), "alt text", f"{match[2]!r} has none; write ![what is seen](file)"
                )
        for match in TAG.finditer(prose.masked):
            if not ALT.search(match[0]):
                yield page.fault(prose.where(match.start()), "alt text", f"{match[0][:60]} has none")
    for code in page.code:
        if code.pictures and not re.search(r"^#\|\s*fig-alt:\s*\S", code.source, re.MULTILINE):
            yield page.fault(code.where(), "alt text", "the cell shows a picture; say what: `#| fig-alt: ...`")


def loading_faults(page: Page) -> Iterator[Fault]:
    """Whatever makes the reader's browser ask another host."""
    for prose in page.prose:
        found = [(match[2], match.start()) for match in IMAGE.finditer(prose.masked) if match[2].startswith("http")]
        found += [(match[1], match.start()) for match in LOADED.finditer(prose.masked)]
        for target, place in found:
            yield page.fault(prose.where(place), "external", f"{target!r} is loaded from another host; keep a copy")
    for code in page.code:
        if WIDGET in code.outputs:
            yield page.fault(code.where(), "external", "stores a live widget, which a page can show only from a CDN")
        for match in LOADED.finditer(code.outputs.get("text/html", "")):
            yield page.fault(code.where(), "external", f"its output loads {match[1]!r} from another host")


def code_faults(page: Page) -> Iterator[Fault]:
    """Python that does not parse."""
    for code in page.code:
        try:
            for source in code.statements():
                compile(source, "<page>", "exec", flags=ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        except SyntaxError as error:
            line = code.line_of(error.lineno or 1)
            yield page.fault(line, "code", f"does not parse: {error.msg}: {(error.text or '').strip()!r}")


def check(root: Path) -> tuple[list[Fault], str]:
    """Look for every fault of a site.

    Args:
        root: The folder that holds _quarto.yml, docs/ and tutorials/.

    Returns:
        The faults, in the order of the pages, and one line on what was looked at.
    """
    site = Site(root)
    faults = settings_faults(site_nav.CONFIG, site.config)
    faults += site_nav.navigation_faults(site.root, site.config, site.rendered)
    for path, page in site.pages.items():
        faults += link_faults(site, page)
        if site.is_generated(path):
            continue
        faults += [*front_matter_faults(site.root, path), *picture_faults(page), *code_faults(page)]
        if path in site.rendered:
            faults += [*reference_faults(page), *loading_faults(page)]
    links = sum(len(list(targets(prose))) for page in site.pages.values() for prose in page.prose)
    told = f"{len(site.pages)} pages, {links} links, {len(faults)} faults"
    if site.unbuilt:
        folders = " and ".join(sorted(set(site.unbuilt)))
        told += f"; not built: {folders}: {len(site.unbuilt)} links into it were not followed"
    return faults, told


def main(arguments: list[str] | None = None) -> int:
    """Print the faults of the site under the given root, one a line.

    Returns:
        1 if there is a fault, else 0.
    """
    parser = argparse.ArgumentParser(description="Check the sources of the site.")
    parser.add_argument("root", nargs="?", type=Path, default=Path(__file__).resolve().parent.parent)
    faults, told = check(parser.parse_args(arguments).root)
    for fault in faults:
        print(fault)
    print(told, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
