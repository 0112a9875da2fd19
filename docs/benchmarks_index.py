"""Write docs/benchmarks/index.qmd: one table over all benchmarks, its figures taken out of their own tables.

    python docs/benchmarks_index.py

The pages of the benchmarks are written by what measured; a figure here is looked up in them, so that none is old.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["ROWS", "Figure", "main", "page", "tables"]

FOLDER = Path(__file__).resolve().parent / "benchmarks"
MACHINE = re.compile(r"^Measured on: (.+?)\. Run it:", re.MULTILINE)
FRONT = """---
title: Benchmarks
---

What leyden costs and what it saves, beside the tools that people use for the same. Both sides are asked in turn in one
run, must first give the same result, and are told by medians; each page says how, and on what. They are the figures of
one machine: the ratios carry over to others better than the times. `make bench` measures all of them anew.

"""
BACK = """
The last rows are where leyden is behind, or no further ahead than chance: they are here on purpose.
"""


@dataclass(frozen=True)
class Figure:
    """One row: what, beside whom, and which cells of which page tell it.

    Args:
        what: What is compared.
        beside: With whom.
        source: The page, without its ending.
        match: Cells of the row that is meant, by column; one that ends in `*` is the beginning of a cell.
        text: What is said, cells in braces.
    """

    what: str
    beside: str
    source: str
    match: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


TIMES = "{leyden, ms} against {peer, ms} ms"
BOTH = "{leyden} against {peer}"
ROWS = (
    Figure("accuracy of the main job, three seeds: fine-tuned", "", "demo",
           {"": "fine-tuned from ImageNet weights"}, "{mean} ± {standard deviation}"),
    Figure("the same, 70 % of the weights pruned", "", "demo",
           {"": "70 % of the weights pruned"}, "{mean} ± {standard deviation}"),
    Figure("the same, from scratch, equal steps", "", "demo",
           {"": "from scratch, equal steps"}, "{mean} ± {standard deviation}"),
    Figure("JPEGs decoded and warped in a second, two workers", "torch's DataLoader", "data",
           {"loader": "leyden, threads"}, "{3200: images a second}, {3200: times torch} times as many"),
    Figure("their first batch", "torch's DataLoader", "data",
           {"loader": "leyden, threads"}, "{3200: first batch, ms} ms, {3200: times sooner} times sooner"),
    Figure("reading a scan, 240 x 240 x 155, .nii.gz", "nibabel", "data",
           {"peer": "nibabel"}, TIMES),
    Figure("a photograph with mask and points, one thread", "albumentations", "augment",
           {"threads": "1", "peer": "albumentations: ColorJitter"}, TIMES),
    Figure("a volume of 4 x 128 x 128 x 128 with labels, one thread", "batchgeneratorsv2", "augment",
           {"threads": "1", "steps": "all", "who": "leyden", "peer": "batchgeneratorsv2: mode_seg='nearest'"}, TIMES),
    Figure("four spatial steps on photographs, nearness to the truth", "", "augment",
           {"what": "13 photographs, four spatial steps, linear"}, "{one resample} against {otherwise}"),
    Figure("a training item from .nii.gz", "MONAI", "medical",
           {"what": "item from .nii.gz, crop anywhere; MONAI eager"}, BOTH),
    Figure("a training item from the cache", "MONAI CacheDataset", "medical",
           {"what": "item from cache, crop anywhere; MONAI CacheDataset"}, BOTH),
    Figure("a training step of SegResNet, 64 x 64 x 64, on the processor", "the same network in float32", "medical",
           {"what": "training step, SegResNet, 8 channels, 64^3,*"}, BOTH),
    Figure("all scores of a case", "brats-evaluation", "medical",
           {"what": "all scores of a case from its codes, brats-evaluation"}, BOTH),
    Figure("102 million weights pruned by global magnitude", "torch.nn.utils.prune", "masks",
           {"call": "`prune(model, Magnitude(0.8))`"}, "{seconds} s, {its time by torch's} of torch's"),
    Figure("ONNX's own tests of single operators", "", "onnx",
           {"importer": "leyden"}, "{cases that pass}"),
    Figure("the same", "onnx2pytorch", "onnx",
           {"importer": "onnx2pytorch", "over 60 s": "0"}, "{cases that pass}"),
    Figure("two callbacks that wait for a server, side by side", "one after the other", "graph",
           {"runner": "Threads(2, threads=1)", "two callbacks": "wait, as for a server"},
           "{its time by the serial one's} of the time"),
)  # fmt: skip
BEHIND = (
    Figure("a training step with the callback graph and its log", "Lightning's plain list", "graph",
           {"callbacks": "8", "images": "21", "run": "graph", "beside": "plain list"},
           "{its time by the other's} of the time, give or take {give or take}"),
    Figure("a training step with masks, ResNet-18 at 64 x 64", "the dense network", "masks",
           {"pixels": "64 x 64", "threads": "1", "weights": "leyden"}, "{its step by the dense one's} of the time"),
    Figure("the same with torch's masks", "the dense network", "masks",
           {"pixels": "64 x 64", "threads": "1", "weights": "torch.nn.utils.prune"},
           "{its step by the dense one's} of the time"),
    Figure("importing EfficientNet-Lite0", "onnx2pytorch", "onnx",
           {"network": "EfficientNet-Lite0", "beside": "onnx2pytorch"}, "{import} of the time"),
    Figure("a forward pass of SegResNet, 16 channels, in onnxruntime", "torch", "medical",
           {"what": "forward pass in onnxruntime, SegResNet, 16 channels, 64^3*"}, BOTH),
)  # fmt: skip


def tables(text: str) -> Iterator[dict[str, str]]:
    """Every row of every table of a page, cells by the names of their columns."""
    head: list[str] | None = None
    for line in text.splitlines():
        if not line.startswith("|"):
            head = None
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        cells = [cell.strip(" |") for cell in cells]
        if head is None:
            head = cells
        elif not set("".join(cells)) <= set("-: |"):
            yield dict(zip(head, [*cells, *[""] * len(head)], strict=False))


def fits(cell: str | None, wanted: str) -> bool:
    """Whether a cell is the one that is wanted."""
    return cell is not None and (cell.startswith(wanted[:-1]) if wanted.endswith("*") else cell == wanted)


def told(figure: Figure, folder: Path) -> str:
    """The words of a figure, its cells looked up.

    Raises:
        LookupError: Not exactly one row of the page fits.
    """
    text = (folder / f"{figure.source}.md").read_text(encoding="utf-8")
    rows = [row for row in tables(text) if all(fits(row.get(name), cell) for name, cell in figure.match.items())]
    rows = [row for row in rows if all(name in row for name in re.findall(r"\{(.+?)\}", figure.text))]
    if len(rows) != 1:
        raise LookupError(
            f"{figure.source}.md: {len(rows)} rows fit {dict(figure.match)}; edit docs/benchmarks_index.py"
        )
    return re.sub(r"\{(.+?)\}", lambda name: rows[0][name[1]], figure.text)


def page(folder: Path) -> str:
    """The index of the benchmarks in a folder.

    Raises:
        LookupError: A page does not say on what it was measured, is in no row, or lacks a row that is named here.
    """
    machines = {}
    for path in sorted(folder.glob("*.md")):
        found = MACHINE.search(path.read_text(encoding="utf-8"))
        if found is None:
            raise LookupError(f"{path.name}: does not say on what it was measured ('Measured on: ...')")
        machines[path.stem] = (re.match(r"# (.+)", path.read_text(encoding="utf-8")) or ["", path.stem])[1], found[1]
    unseen = set(machines) - {figure.source for figure in (*ROWS, *BEHIND)}
    if unseen:
        raise LookupError(f"{', '.join(sorted(unseen))}: no figure of it in docs/benchmarks_index.py")
    lines = ["| What | Beside | Figure | Page |", "|---|---|---|---|"]
    lines += [
        f"| {figure.what} | {figure.beside} | {told(figure, folder)} | [{figure.source}]({figure.source}.md) |"
        for figure in (*ROWS, *BEHIND)
    ]
    pages = ["", "## The pages, and on what they were measured", "", "| Page | Machine |", "|---|---|"]
    pages += [f"| [{title}]({name}.md) | {machine} |" for name, (title, machine) in machines.items()]
    return FRONT + "\n".join(lines) + "\n" + BACK + "\n".join(pages) + "\n"


def main() -> int:
    """Write the index.

    Returns:
        0.
    """
    (FOLDER / "index.qmd").write_text(page(FOLDER), encoding="utf-8")
    print(f"{len(ROWS) + len(BEHIND)} figures", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
