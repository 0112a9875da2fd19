"""Write docs/tutorials.qmd and its pictures: the tutorials in their order, each as the notebook stores it.

    python docs/gallery.py

A picture is one that the notebook shows, made smaller; it carries the SHA-256 of what it was made from, so that
`stale` can tell when the notebook has moved on. Titles and texts for those who cannot see come from the notebooks too;
only which picture, one line and how long it takes are said here.
"""

import base64
import hashlib
import io
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from PIL import Image, PngImagePlugin

__all__ = ["CARDS", "Card", "Shown", "main", "page", "shown", "small", "stale"]

ROOT = Path(__file__).resolve().parent.parent
PICTURES = Path("docs/images/tutorials")
WIDTH, BYTES = 640, 60_000  # pixels; what one picture may weigh
FRONT = """---
title: Tutorials
---

Each takes one job from its beginning to a result that is checked: every section ends in an assertion on what its text
says, and the tests run them all. What you see here is what they stored when they ran. They need no GPU; where a file is
fetched, it is once. They build on each other little: begin where your question is.

"""
ALT = re.compile(r"^#\|\s*fig-alt:\s*\"(.*)\"\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Card:
    """What a notebook does not say of itself.

    Args:
        section: The heading of the section whose first picture is shown.
        line: Why one would read it.
        takes: How long it runs on two cores, where that was measured.
    """

    section: str
    line: str
    takes: str = ""


CARDS = {
    "01-vision-finetuning": Card(
        "Real photographs, parted by place",
        "The main job: fine-tune a network, see where it errs, prune it, and ship a file that was run.",
    ),
    "02-callbacks": Card(
        "The graph, drawn",
        "Two callbacks that overwrite each other without a word, and how their order follows from what they touch.",
    ),
    "03-onnx": Card("Teach it", "An ONNX file becomes a network of torch, learns, and goes back smaller."),
    "04-pruning": Card("Which weights?", "Nine of ten weights go; which ones, how far, and what it costs."),
    "06-data-pipelines": Card(
        "Look before you train",
        "From files to batches, in the same order and with the same chance on any number of workers.",
    ),
    "07-augmentation": Card(
        "A transform describes, a draw decides",
        "Pictures, masks and points move together, in two dimensions and in three, in one resample.",
    ),
    "10-brats-segmentation": Card(
        "Look at a case", "Four scans in, three regions of a tumour out: look, train, test honestly, prune, ship."
    ),
}


@dataclass(frozen=True)
class Shown:
    """A picture of a notebook: the bytes that it stores, what is to be seen, and the title of the notebook."""

    png: bytes
    alt: str
    title: str

    @property
    def source(self) -> str:
        """The SHA-256 of the bytes."""
        return hashlib.sha256(self.png).hexdigest()


def shown(path: Path, section: str) -> Shown:
    """The first picture of a section of a notebook.

    Raises:
        LookupError: There is no such section, or no picture in it.
    """
    book = nbformat.v4.reads(path.read_text(encoding="utf-8"))
    title = str(re.sub(r"^#\s+", "", book.cells[0].source.splitlines()[0]))
    inside = False
    for cell in book.cells:
        heading = re.search(r"^##\s+(.+)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        inside = heading[1] == section if heading else inside
        picture = stored_picture(cell) if inside and cell.cell_type == "code" else None
        alt = ALT.search(cell.source)
        if picture and alt:
            return Shown(picture, alt[1], title)
    raise LookupError(f"{path.name}: no picture with a fig-alt in a section {section!r}; edit docs/gallery.py")


def stored_picture(cell: NotebookNode) -> bytes | None:
    """The first picture that a cell stores."""
    found = [output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})]
    return base64.b64decode(found[0]) if found else None


def small(picture: Shown) -> bytes:
    """A picture as a light PNG, in as many colours as its weight allows, which carries its source."""
    with Image.open(io.BytesIO(picture.png)) as opened:
        full = opened.convert("RGB")
    size = (WIDTH, round(full.height * WIDTH / full.width)) if full.width > WIDTH else full.size
    note = PngImagePlugin.PngInfo()
    note.add_text("source", picture.source)
    for colours, share in ((256, 1.0), (64, 1.0), (64, 0.8), (32, 0.7), (32, 0.5), (16, 0.4)):
        part = full.resize((round(size[0] * share), round(size[1] * share)), Image.Resampling.LANCZOS)
        written = io.BytesIO()
        part.quantize(colours).save(written, "PNG", optimize=True, pnginfo=note)
        if written.tell() <= BYTES:
            break
    return written.getvalue()


def notebooks(root: Path) -> dict[str, Path]:
    """The tutorials by name, in their order.

    Raises:
        LookupError: A tutorial has no card, or a card no tutorial.
    """
    found = {path.stem: path for path in sorted(root.glob("tutorials/*.ipynb"))}
    odd = set(found) ^ set(CARDS)
    if odd:
        raise LookupError(f"tutorials and cards differ: {', '.join(sorted(odd))}; edit CARDS in docs/gallery.py")
    return found


def page(root: Path) -> str:
    """The page of all tutorials.

    Raises:
        LookupError: A tutorial has no card, or none of the picture that its card names.
    """
    parts = [FRONT]
    for name, path in notebooks(root).items():
        card, picture = CARDS[name], shown(path, CARDS[name].section)
        takes = f" Takes about {card.takes}." if card.takes else ""
        parts.append(
            f"## [{picture.title}](../tutorials/{name}.ipynb)\n\n{card.line}{takes}\n\n"
            f"[![{picture.alt}](images/tutorials/{name}.png){{width=640}}](../tutorials/{name}.ipynb)\n\n"
        )
    return "".join(parts).rstrip("\n") + "\n"


def stale(root: Path) -> list[str]:
    """What is not as the notebooks are now: the page, or pictures that were made from another one."""
    written = root / "docs/tutorials.qmd"
    faults = [] if written.exists() and written.read_text(encoding="utf-8") == page(root) else [written.name]
    for name, path in notebooks(root).items():
        kept = root / PICTURES / f"{name}.png"
        with Image.open(kept) if kept.exists() else Image.new("1", (1, 1)) as opened:
            if opened.info.get("source") != shown(path, CARDS[name].section).source:
                faults.append(kept.name)
    return faults


def main() -> int:
    """Write the page and the pictures.

    Returns:
        0.
    """
    (ROOT / PICTURES).mkdir(parents=True, exist_ok=True)
    for name, path in notebooks(ROOT).items():
        (ROOT / PICTURES / f"{name}.png").write_bytes(small(shown(path, CARDS[name].section)))
    (ROOT / "docs/tutorials.qmd").write_text(page(ROOT), encoding="utf-8")
    print(f"{len(CARDS)} tutorials", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
