"""Write docs/augment: the catalogue of all transforms with a picture each, and what other libraries call them.

    python docs/catalogue.py [FOLDER]

Everything is made anew from the transforms themselves, so none can be missing: one without an example in
docs/catalogue_examples.py is an error.
"""

import argparse
import importlib
import inspect
import pkgutil
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import torch
from catalogue_examples import EXAMPLES, Example
from catalogue_names import page as names_page
from catalogue_pictures import Stage, drawn_head, photographs, placed, png_of, real_scan, small_volume

import leyden.augment
import leyden.medical
from leyden.augment.fusing.scene import grid_of
from leyden.augment.fusing.step import Leaf
from leyden.augment.mix import Mix
from leyden.errors import DrawError, ItemError

__all__ = ["Entry", "drawn_stage", "entries", "main", "stage", "write"]

FRONT = """---
title: The catalogue of augmentations
---

Every transform of `leyden.augment` and `leyden.medical`, before on the left, after on the right. Labels are outlined,
points are rings. All that moves places fuses into one resample a chain, neighbours that are linear in the colours into
one step; `chain.plan()` says so for a chain of yours. What a transform is called elsewhere stands on
[its own page](other-libraries.qmd).

"""


@dataclass(frozen=True)
class Entry:
    """One transform of the catalogue.

    Args:
        name: as it is written.
        make: the class, or the function that makes a chain.
        room: the package it is in, such as `leyden.augment.spatial`.
    """

    name: str
    make: Any
    room: str

    @property
    def path(self) -> str:
        """The name under which it is imported."""
        return f"{'.'.join(self.room.split('.')[:2])}.{self.name}"

    @property
    def sentence(self) -> str:
        """What it does, in the first sentence of its docstring."""
        text = " ".join((inspect.getdoc(self.make) or "").split("\n\n")[0].split())
        return re.split(r"(?<=\.) (?=[A-Z`])", text)[0]

    @property
    def signature(self) -> str:
        """How it is called, without the names of modules and of typing."""
        text = str(inspect.signature(self.make)).partition(" -> ")[0]
        text = re.sub(r"\b(?:\w+\.)+(?=[A-Z])", "", text)
        text = re.sub(r"Literal\[([^\]]*)\]", lambda found: found[1].replace(", ", " | "), text)
        return re.sub(r"Union\[([^\[\]]*)\]", lambda found: found[1].replace(", ", " | "), text)

    @property
    def fusing(self) -> str:
        """What it is fused with."""
        if not (isinstance(self.make, type) and issubclass(self.make, Leaf)):
            mixes = isinstance(self.make, type) and issubclass(self.make, Mix)
            return "joins samples" if mixes else "what it holds still fuses"
        exact = ", alone an exact copy" if self.make.exact else ""
        return {
            "spatial": f"fuses into the one resample{exact}",
            "border": "is part of the one resample",
            "linear": "fuses into one linear colour step",
            "intensity": "a pass of its own",
            "label": "on masks, after all moves",
        }[self.make.kind]


def entries() -> list[Entry]:
    """List every transform, mix and chain-making function of leyden.augment and leyden.medical, room by room."""
    found: dict[str, Entry] = {}
    for module in modules():
        for name, made in vars(module).items():
            if getattr(made, "__module__", "") == module.__name__ and is_transform(name, made):
                found[name] = Entry(
                    name, made, ".".join(module.__name__.split(".")[: 2 + ("augment" in module.__name__)])
                )
    return sorted(found.values(), key=lambda entry: (place(entry.room), entry.name.lower()))


def modules() -> Iterator[ModuleType]:
    for package in (leyden.augment, leyden.medical):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".adapt" not in info.name:  # those wrap transforms of other libraries
                yield importlib.import_module(info.name)


def is_transform(name: str, made: object) -> bool:
    if name.startswith("_"):
        return False
    if isinstance(made, type):
        return issubclass(made, leyden.augment.Transform | Mix) and getattr(made, "__final__", False)
    given = inspect.signature(made).return_annotation if inspect.isfunction(made) else None
    return isinstance(given, type) and issubclass(given, leyden.augment.Chain)


def place(room: str) -> int:
    """Give where a room stands on the page."""
    order = ["spatial", "colour", "noise", "blur", "erase", "label", "mix", "chain", "policy"]
    last = room.split(".")[-1]
    return order.index(last) if last in order else len(order) + (last == "medical")


def stage() -> Stage:
    """Give what transforms are shown on: real pictures; a drawn volume only where the real one cannot be had."""
    data, told = real_scan() or drawn_head()
    return Stage(photographs(), placed(data[None]), told)


def drawn_stage() -> Stage:
    """Give the same with a drawn volume, which needs no download."""
    data, told = drawn_head()
    return Stage(photographs(), placed(data[None]), told)


def act(transform: Any, sample: Any, example: Example, shown: Stage | None = None) -> Any:
    """Give a sample after a transform, or several after a mix."""
    generator = torch.Generator().manual_seed(example.seed)
    if not isinstance(transform, Mix):
        return transform(generator, sample)
    images = [part[:1] for part in shown.photographs] if shown else [sample[:1]] * 8
    return transform(generator, images[: transform.count(len(grid_of(images[0])))])


def grids(example: Example, names: SimpleNamespace, shown: Stage) -> str:
    """Say in which dimensions it works, by trying."""
    flat = example.make if example.subject != "scan" else example.solid or example.make
    works = []
    for dimensions, make, sample in (
        ("2-D", flat, shown.photographs[0]),
        ("3-D", example.solid or example.make, small_volume()),
    ):
        try:
            act(make(names), sample, example)
        except (DrawError, ItemError):
            continue
        works.append(dimensions)
    return " and ".join(works)


def section(entry: Entry, example: Example, names: SimpleNamespace, shown: Stage) -> tuple[str, bytes]:
    """Give the text of one transform, and its picture."""
    transform = example.make(names)
    before = shown.subject(example.subject)
    kinds = {leaf.kind for _, leaf in transform.parts()} if not isinstance(transform, Mix) else set()
    after = act(transform, before, example, shown)
    picture = png_of(before, after, stretched=example.stretched, marked=bool(kinds & {"spatial", "border", "label"}))
    works = grids(example, names, shown)
    if not works:
        raise DrawError(f"the example of {entry.name} works neither in 2-D nor in 3-D; mend it")
    alt = f"{shown.words(example.subject)}, before and after {transform!r}".replace("[", "(").replace("]", ")")
    lines = [
        f"### {entry.name} {{#{entry.name}}}",
        entry.sentence,
        f"`{entry.path}{entry.signature}`",
        f"{works}; {entry.fusing}. Shown: `{transform!r}`.",
        f"![{alt[0].upper()}{alt[1:]}](pictures/{entry.name}.png)",
    ]
    return "\n\n".join(lines), picture


def write(folder: Path, shown: Stage) -> list[str]:
    """Write both pages and all pictures, anew.

    Args:
        folder: for the pages; pictures come into one below it.
        shown: what transforms are shown on.

    Returns:
        The names on the page, in order.

    Raises:
        SystemExit: transforms without an example, or examples without a transform; all of them at once.
    """
    found = entries()
    missing = [entry.name for entry in found if entry.name not in EXAMPLES]
    gone = sorted(set(EXAMPLES) - {entry.name for entry in found})
    if missing or gone:
        raise SystemExit(
            f"docs/catalogue_examples.py lacks {', '.join(missing) or 'nothing'}; "
            f"of no transform are {', '.join(gone) or 'none'}"
        )
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "pictures").mkdir(parents=True)
    names = SimpleNamespace(**{entry.name: entry.make for entry in found})
    texts, room = [FRONT.strip()], ""
    for entry in found:
        if entry.room != room:
            room = entry.room
            texts.append(f"## {room}\n\n{(sys.modules[room].__doc__ or '').splitlines()[0]}")
        text, picture = section(entry, EXAMPLES[entry.name], names, shown)
        texts.append(text)
        (folder / "pictures" / f"{entry.name}.png").write_bytes(picture)
    (folder / "catalogue.qmd").write_text("\n\n".join(texts) + "\n", encoding="utf-8")
    (folder / "other-libraries.qmd").write_text(names_page({entry.name for entry in found}), encoding="utf-8")
    return [entry.name for entry in found]


def main(arguments: list[str] | None = None) -> int:
    """Write the catalogue into a folder, docs/augment if none is given."""
    parser = argparse.ArgumentParser(description="Write the catalogue of augmentations.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).with_name("augment"))
    folder = parser.parse_args(arguments).folder
    print(f"{len(write(folder, stage()))} transforms in {folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
