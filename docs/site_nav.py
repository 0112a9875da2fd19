"""What _quarto.yml says of the site: which pages are rendered, and which of them a reader can reach."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from site_page import MARKUP, Fault

__all__ = ["CONFIG", "generated_folder", "home_of", "navigation_faults", "read_config", "rendered"]

CONFIG = "_quarto.yml"
CATALOGUE = Path("docs/augment")  # written by catalogue.py
FILES = ("file", "href", "logo", "favicon", "image")


def read_config(root: Path) -> dict[str, Any]:
    """The settings of the site.

    Args:
        root: The folder that holds _quarto.yml.

    Returns:
        The parsed file.

    Raises:
        SystemExit: There is no such file, or it does not parse.
    """
    try:
        config = yaml.safe_load((root / CONFIG).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SystemExit(f"{CONFIG}: cannot be read: {error}") from error
    if not isinstance(config, dict):
        raise SystemExit(f"{CONFIG}: holds no settings")
    return config


def generated_folder(config: dict[str, Any]) -> Path | None:
    """The folder that quartodoc writes, if the site has one."""
    return Path(config["quartodoc"].get("dir", "reference")) if "quartodoc" in config else None


def home_of(path: Path, config: dict[str, Any]) -> Path | None:
    """The folder of written pages that a path lies in: that of quartodoc, or the catalogue; None for pages by hand."""
    folders = [folder for folder in (generated_folder(config), CATALOGUE) if folder is not None]
    return next((folder for folder in folders if path.is_relative_to(folder)), None)


def rendered(root: Path, config: dict[str, Any]) -> set[Path]:
    """The pages that become part of the site, relative to the root."""
    found: set[Path] = set()
    for pattern in config.get("project", {}).get("render", ["."]):
        name = pattern.removeprefix("!").rstrip("/")
        whole = (root / name).is_dir()
        here = {path for path in (root / name).rglob("*") if path.suffix in MARKUP} if whole else set(root.glob(name))
        here = {path.relative_to(root) for path in here if path.is_file()}
        found = found - here if pattern.startswith("!") else found | here
    return {path for path in found if not any(part.startswith(("_", ".")) for part in path.parts)}


def entries(node: object) -> Iterator[str]:
    """Every path and address that a navigation names, patterns as they stand."""
    if isinstance(node, list):
        for child in node:
            yield from [child] if isinstance(child, str) else entries(child)
    elif isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, str):
                if key in (*FILES, "contents") or (key == "section" and value.endswith(MARKUP)):
                    yield value
            else:
                yield from entries(value)


def style_files(node: object) -> Iterator[str]:
    """Every style sheet that the formats name."""
    if isinstance(node, str) and node.endswith((".scss", ".css")):
        yield node
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from style_files(child)


def reached(root: Path, config: dict[str, Any]) -> tuple[set[Path], list[str]]:
    """The pages that navbar and sidebar lead to, and the entries that lead nowhere."""
    website = config.get("website", {})
    pages, dead = set(), []
    named = [name for part in ("navbar", "sidebar", "favicon") for name in entries({part: website.get(part, {})})]
    for name in [*named, *style_files(config.get("format", {}))]:
        if name == "auto" or name.startswith(("https://", "---")):
            continue
        here = {path.relative_to(root) for path in root.glob(name.lstrip("/"))} if name.strip("/") else set()
        home = home_of(Path(name), config)
        unbuilt = home is not None and not (root / home).is_dir()
        if not here and not unbuilt:
            dead.append(name)
        pages |= here
    return pages, dead


def navigation_faults(root: Path, config: dict[str, Any], pages: set[Path]) -> list[Fault]:
    """Entries that lead nowhere, pages that nothing leads to, tutorials that are no page.

    Args:
        root: The folder that holds _quarto.yml.
        config: The parsed file.
        pages: The pages that are rendered.

    Returns:
        One fault an entry or page.
    """
    linked, dead = reached(root, config)
    tutorials = {path.relative_to(root) for path in root.glob("tutorials/*.ipynb")}

    def written(paths: set[Path]) -> list[Path]:
        return sorted(path for path in paths if home_of(path, config) is None)

    unrendered = [path.as_posix() for path in written(linked - pages) if path.suffix in MARKUP]
    unreached = [path.as_posix() for path in written((pages | tutorials) - linked)]
    return [
        *[Fault(CONFIG, "navigation", f"{name!r}: no such file") for name in dead],
        *[Fault(CONFIG, "navigation", f"{name!r} is named but not rendered (project: render)") for name in unrendered],
        *[Fault(name, "navigation", f"not in the sidebar or navbar of {CONFIG}") for name in unreached],
    ]
