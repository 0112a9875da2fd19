"""The page on what other libraries call the transforms of leyden, made from augment-names.toml."""

import tomllib
from pathlib import Path
from typing import Any

__all__ = ["TITLES", "faults", "page", "read"]

TITLES = {
    "torchvision": "torchvision v2",
    "albumentations": "albumentations",
    "monai": "MONAI",
    "kornia": "kornia",
    "torchio": "TorchIO",
}
"""The libraries, in the order of the columns, as they write themselves."""

FRONT = """---
title: What other libraries call it
---

Read from the sources of {versions}. Names beside each other do the same, or one a part of the other; ranges and
defaults differ, and so does what a number means. What there is no name for stands
[at the end](#no-counterpart), library by library.

"""


def read(path: Path | None = None) -> dict[str, Any]:
    """Give what augment-names.toml holds."""
    path = path or Path(__file__).with_name("augment-names.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def faults(told: dict[str, Any], names: set[str]) -> list[str]:
    """List what is wrong with the names: a transform without an entry, an entry that nothing has, a class named twice.

    Args:
        told: what `read` gave.
        names: of all transforms of leyden.
    """
    found = [f"[names.{name}] is missing: what do others call it?" for name in sorted(names - set(told["names"]))]
    found += [f"[names.{name}]: leyden has no such transform" for name in sorted(set(told["names"]) - names)]
    for library, classes in placed(told).items():
        known = told["libraries"][library]["classes"]
        found += [f"{library} has no class {name}" for name in sorted(set(classes) - set(known))]
        ways = [f"{library}.{name}" in told["others"] for name in classes]
        aside = told["aside"].get(library, [])
        twice = [
            name for name, other in zip(classes, ways, strict=True) if (name in aside) + other + bool(classes[name]) > 1
        ]
        found += [f"{library}.{name} stands in two places" for name in twice]
    return found


def placed(told: dict[str, Any]) -> dict[str, dict[str, list[str]]]:
    """Give, for each library, every class that is spoken of, with the transforms of leyden that it is named with."""
    spoken: dict[str, dict[str, list[str]]] = {library: {} for library in TITLES}
    for name, entry in told["names"].items():
        for library in TITLES:
            for one in entry.get(library, []):
                spoken[library].setdefault(one, []).append(name)
    for one in told["others"]:
        spoken[one.partition(".")[0]].setdefault(one.partition(".")[2], [])
    for library, classes in told["aside"].items():
        for one in classes:
            spoken[library].setdefault(one, [])
    return spoken


def page(names: set[str], told: dict[str, Any] | None = None) -> str:
    """Write the page.

    Args:
        names: of all transforms of leyden, which the page links to.
        told: what `read` gave.

    Raises:
        SystemExit: the names have faults; all of them at once.
    """
    told = told or read()
    wrong = faults(told, names)
    if wrong:
        raise SystemExit("docs/augment-names.toml: " + "; ".join(wrong))
    versions = ", ".join(f"{title} {told['libraries'][name]['version']}" for name, title in TITLES.items())
    texts = [
        FRONT.format(versions=versions).strip(),
        "## From leyden to others",
        table(told),
        "## From others to leyden",
    ]
    spoken = placed(told)
    for library, title in TITLES.items():
        texts += [f"### {title}", back(library, spoken[library], told)]
    texts += ["## No counterpart {#no-counterpart}", "Augmentations that leyden has nothing for."]
    for library, title in TITLES.items():
        left = [name for name in told["libraries"][library]["classes"] if name not in spoken[library]]
        texts.append(f"**{title}**: {', '.join(f'`{name}`' for name in left) or 'none'}.")
    texts += [
        "## No augmentation",
        "Reading, types, devices and what comes after a network: not the business of a transform.",
    ]
    for library, title in TITLES.items():
        aside = told["aside"].get(library, [])
        texts.append(f"**{title}**: {', '.join(f'`{name}`' for name in aside) or 'none'}.")
    return "\n\n".join(texts) + "\n"


def table(told: dict[str, Any]) -> str:
    """Write a row a transform, a column a library; what none has is marked as leyden's own."""
    lines = ["| leyden |" + "|".join(f" {title} " for title in TITLES.values()) + "|", "|---" * (len(TITLES) + 1) + "|"]
    notes = []
    for name, entry in sorted(told["names"].items(), key=lambda pair: pair[0].lower()):
        cells = [", ".join(f"`{one}`" for one in entry.get(library, [])) for library in TITLES]
        own = "" if any(cells) else " (own)"
        lines.append(f"| {link(name)}{own} | {' | '.join(cells)} |")
        if "note" in entry:
            notes.append(f"- {link(name)}: {entry['note']}.")
    return "\n".join(lines) + "\n\n" + "\n".join(notes)


def back(library: str, spoken: dict[str, list[str]], told: dict[str, Any]) -> str:
    """Write a row a class of a library."""
    lines = ["| there | leyden |", "|---|---|"]
    for name in told["libraries"][library]["classes"]:
        other = told["others"].get(f"{library}.{name}")
        if spoken.get(name) or other:
            lines.append(f"| `{name}` | {other or ', '.join(map(link, spoken[name]))} |")
    return "\n".join(lines)


def link(name: str) -> str:
    return f"[`{name}`](catalogue.qmd#{name})"
