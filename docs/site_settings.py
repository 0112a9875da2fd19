"""The settings of the site: a key that Quarto would silently ignore is told, with the one that was probably meant.

Quarto's own schema leaves most objects open, so `titles:` passes there and does nothing. The tables hold what this site
uses or may come to use, not all of Quarto; a key that is right and missing here is added here.
"""

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from site_page import Fault

__all__ = ["front_matter_faults", "settings_faults"]

Known = dict[str, Any]  # the keys of a mapping, each with the keys below it, or None where any value will do

ENTRY: Known = dict.fromkeys(("text", "href", "file", "icon", "section", "aria-label", "target", "rel", "id"))
ENTRY["contents"] = ENTRY["menu"] = ENTRY
BAR: Known = {
    **dict.fromkeys(("title", "logo", "logo-alt", "logo-href", "background", "foreground", "search", "pinned")),
    "tools": ENTRY,
}
NAVBAR: Known = {**BAR, **dict.fromkeys(("collapse", "collapse-below")), "left": ENTRY, "right": ENTRY}
SIDEBAR: Known = {
    **BAR,
    **dict.fromkeys(("id", "style", "border", "alignment", "collapse-level", "header", "footer")),
    "contents": ENTRY,
}
HTML: Known = {
    **dict.fromkeys(
        ("theme", "css", "html-math-method", "toc", "toc-depth", "toc-title", "toc-location", "toc-expand")
    ),
    **dict.fromkeys(("code-copy", "code-overflow", "code-fold", "code-line-numbers", "code-annotations", "lang")),
    **dict.fromkeys(("link-external-newwindow", "link-external-icon", "link-external-filter", "page-layout")),
    **dict.fromkeys(("number-sections", "anchor-sections", "smooth-scroll", "fig-align", "fig-responsive", "lightbox")),
    **dict.fromkeys(("include-in-header", "include-before-body", "include-after-body", "embed-resources")),
    **dict.fromkeys(("highlight-style", "mainfont", "monofont", "fontsize", "title-block-banner")),
}
OPTIONS: Known = dict.fromkeys(
    (
        "signature_name",
        "include_private",
        "include_imports",
        "include_empty",
        "include_inherited",
        "include_classes",
        "include_attributes",
        "include_functions",
        "include",
        "exclude",
        "dynamic",
        "children",
        "member_order",
    )
)
CONTENT: Known = {**OPTIONS, **dict.fromkeys(("name", "package", "members", "kind", "path", "summary", "contents"))}
SECTION: Known = {
    "title": None,
    "subtitle": None,
    "desc": None,
    "package": None,
    "options": OPTIONS,
    "contents": CONTENT,
}
QUARTODOC: Known = {
    **dict.fromkeys(("package", "source_dir", "dir", "title", "parser", "version", "out_index", "out_inventory")),
    **dict.fromkeys(("render_interlinks", "rewrite_all_pages", "sidebar", "css", "dynamic", "display_name", "style")),
    "renderer": dict.fromkeys(
        ("style", "header_level", "show_signature", "show_signature_annotations", "display_name", "render_interlinks")
    ),
    "options": OPTIONS,
    "sections": SECTION,
}
EXECUTE: Known = dict.fromkeys(("enabled", "freeze", "cache", "echo", "output", "warning", "error", "include", "eval"))
SITE: Known = {
    "project": dict.fromkeys(
        ("type", "title", "output-dir", "lib-dir", "render", "resources", "preview", "pre-render", "post-render")
    ),
    "execute": EXECUTE,
    "website": {
        **dict.fromkeys(("title", "description", "favicon", "image", "site-url", "site-path")),
        **dict.fromkeys(("repo-url", "repo-branch", "repo-subdir", "repo-actions", "page-navigation", "bread-crumbs")),
        "back-to-top-navigation": None,
        "search": dict.fromkeys(("location", "type", "limit", "keyboard-shortcut", "copy-button", "show-item-context")),
        "navbar": NAVBAR,
        "sidebar": SIDEBAR,
        "page-footer": {**dict.fromkeys(("background", "foreground", "border")), "left": ENTRY, "center": ENTRY,
                        "right": ENTRY},
    },
    "format": {"html": HTML},
    "lang": None,
    "quartodoc": QUARTODOC,
}  # fmt: skip
PAGE: Known = {
    **HTML,
    **dict.fromkeys(("title", "subtitle", "description", "author", "date", "date-modified", "abstract", "keywords")),
    **dict.fromkeys(("aliases", "image", "image-alt", "pagetitle", "search", "order", "categories", "jupyter")),
    "listing": None,
    "execute": EXECUTE,
    "format": {"html": HTML},
}


def unknown(node: object, known: Known, path: str = "") -> Iterator[tuple[str, str]]:
    """Every key of a tree that the table lacks, with its place, and what was probably meant."""
    if isinstance(node, list):
        for child in node:
            yield from unknown(child, known, path)
    elif isinstance(node, dict):
        for key, value in node.items():
            here = f"{path}.{key}" if path else str(key)
            if key not in known:
                near = difflib.get_close_matches(str(key), known, n=1, cutoff=0.6)
                meant = f"did you mean {near[0]!r}" if near else f"known here: {', '.join(sorted(known))}"
                yield here, meant
            elif known[key] is not None:
                yield from unknown(value, known[key], here)


def settings_faults(name: str, config: dict[str, Any]) -> list[Fault]:
    """What is wrong with the keys of the site's settings.

    Args:
        name: The file, as it is told.
        config: The parsed file.

    Returns:
        One fault a key that nothing reads.
    """
    return [Fault(name, "setting", f"{place!r} is no setting; {meant}") for place, meant in unknown(config, SITE)]


def front_matter_faults(root: Path, path: Path) -> list[Fault]:
    """What is wrong with the settings that a page has for itself, between its first two lines of dashes.

    Args:
        root: The folder that holds _quarto.yml.
        path: The page, relative to it; a notebook has no such settings here.

    Returns:
        One fault a key that nothing reads, or one for settings that do not parse.
    """
    found = re.match(r"---\n(.*?)\n---\n", (root / path).read_text(encoding="utf-8"), re.DOTALL)
    if path.suffix == ".ipynb" or found is None:
        return []
    try:
        settings = yaml.safe_load(found[1])
    except yaml.YAMLError as error:
        return [Fault(path.as_posix(), "setting", " ".join(f"cannot be read: {error}".split()))]
    if not isinstance(settings, dict):
        return [Fault(path.as_posix(), "setting", f"a page's settings are keys and values, not {found[1]!r}")]
    return [
        Fault(path.as_posix(), "setting", f"{place!r} is no setting; {meant}")
        for place, meant in unknown(settings, PAGE)
    ]
