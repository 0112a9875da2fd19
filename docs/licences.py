"""Write docs/assets.qmd: the files that leyden knows by name, whose they are, and under which licence.

    python docs/licences.py

All of it is read from `leyden.assets`; nothing is fetched.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from leyden import assets
from leyden.assets import Asset, Debian, Https, Installed, PackagedFile, PyPI

__all__ = ["main", "page"]

PAGE = Path(__file__).resolve().parent / "assets.qmd"
FRONT = """---
title: Assets and licences
---

leyden itself is under the [Apache License 2.0](https://www.apache.org/licenses/LICENSE-2.0). It ships no data and no
weights: what it knows by name comes out of packages that others publish, is pinned by its SHA-256, is read without
running anything of the package, and keeps the licence that its authors gave it. A licence here is what they state; for
what you publish with such a file, read theirs.

"""
FETCH = """
`leyden assets get NAME` or `leyden.assets.fetch(NAME)` brings one; [Without a network](how-to/air-gapped.qmd) says how
to carry it to a machine that has none.

"""
PHOTOS = """Most pictures on these pages are made of the photographs below. They come with {packages}, which leyden
needs anyway.

"""
OTHERS = """
Pictures of heads are made of the templates `mni152` and `colin27`; tumours in them are simulated, and no patient is
seen on any page. The Python packages that leyden needs have licences of their own; `pip` shows them.

## Files of your own

An asset that you register has a licence too: the field cannot be left empty.
[Files of your own](how-to/air-gapped.qmd#files-of-your-own) shows it.
"""


def origin(asset: Asset) -> str:
    """Where an asset comes from, in words."""
    source = asset.source
    if isinstance(source, PyPI):
        return f"the Python package {source.project} {source.version}"
    if isinstance(source, Debian):
        return f"Debian's package {source.package} {source.version}"
    if isinstance(source, Https):
        return f"<{source.address}>"
    return " and ".join(name.replace("==", " ") for name in source.distributions)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "".join(f"| {' | '.join(line)} |\n" for line in [head, ["---"] * len(head), *rows])


def page(known: Sequence[Asset]) -> str:
    """The page on some assets."""
    rows = [[f"`{one.name}`", one.about, f"{one.megabytes:g} MB", one.licence, origin(one)] for one in known]
    held = [one.source for one in known if isinstance(one.source, Installed)]
    files: list[PackagedFile] = [file for source in held for file in source.files]
    packages = ", ".join(name.replace("==", " ") for source in held for name in source.distributions)
    pins = [[f"`{one.name}`", f"`{one.file}`", f"`{one.sha256}`"] for one in known if one.file]
    return "".join(
        [
            FRONT, "## By name\n\n", table(["Name", "What it is", "Size", "Licence", "From"], rows), FETCH,
            "## Photographs\n\n", PHOTOS.format(packages=packages),
            table(["File", "What it shows", "Licence"], ([f"`{one.name}`", one.about, one.licence] for one in files)),
            OTHERS, "\n## What they are pinned by\n\n", table(["Name", "File", "SHA-256"], pins),
        ]
    )  # fmt: skip


def main() -> int:
    """Write the page.

    Returns:
        0.
    """
    known = [assets.find(name) for name in assets.names()]
    PAGE.write_text(page(known), encoding="utf-8")
    print(f"{len(known)} assets", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
