"""Volumes beside MONAI, torchio and the challenge's own scores; writes docs/benchmarks/medical.md.

Run it with `make bench`, on a machine that does nothing else. `python bench/medical.py PART ...` measures some of
`phantom`, `items`, `window`, `network`, `metric`, `panel` and `accuracy` and writes the page from all that this machine
has measured, which out/medical keeps.
"""

import sys
from collections.abc import Callable, Iterable

import medical_accuracy
import medical_items
import medical_metric
import medical_network
import medical_panel
import medical_phantom
import medical_window
from data import ROOT, Row, table
from results import FOLDER, Results, filled, machine, shown, today

PAGE = ROOT / "docs" / "benchmarks" / "medical.md"
KEPT = FOLDER.with_name("medical")
NOT_YET = "Not measured on this machine yet."
PARTS: dict[str, Callable[[], Iterable[Row]]] = {
    "phantom": medical_phantom.rows,
    "items": medical_items.rows,
    "window": medical_window.rows,
    "network": medical_network.rows,
    "metric": medical_metric.rows,
    "panel": medical_panel.rows,
    "accuracy": medical_accuracy.rows,
}
TEXT = """# Volumes, beside MONAI, torchio and the challenge's own scores

MONAI 1.6.1 in the same environment, torchio 1.2.1 and brats-evaluation 0.0.10 in one of their own
(`bench/medical-peers.txt`), onnxruntime-openvino 1.24.1 in another (`bench/openvino.txt`), all on torch 2.13.0. Ratios
are leyden's figure by the other's, or the other way round where a bar says "at least"; medians over rounds in which
both were asked in turn; before anything is timed, both must give the same, or the row says how far apart they are and
has no bar. Processor time where nothing else is said. **All cases are synthetic tumours on a real template**, of
240 x 240 x 155 voxels and four modalities where nothing else is said.

## The phantoms themselves

{phantom}

## A training item

From `.nii.gz`: read, orient, regions of the labels, normalise within the brain, a crop of 96 x 96 x 96, flips and
intensities. From the cache: all that chance decides.

{items}

## A full case through a sliding window

{window}

## Networks

The peer is torch in float32, on one thread. A forward pass with OpenVINO's provider has a bar where the file gives what
the network gives, within 1e-4. OpenVINO adds up the variance of an instance norm in one float32 a channel, and a U-Net
with such norms is further off; with group norms of one channel a group, which are the same norms, it is not. *As
slices* is the file that `leyden.onnx.as_slices` writes, as sliding windows run it. A SegResNet of 16 channels stays
below its bar: nearly all of its time is the arithmetic of a few convolutions at full size, which torch does at the
processor's speed already.

{network}

## Scores

{metric}

## Panels

{panel}

## What is learned

As in [the tutorial](../../tutorials/10-brats-segmentation.ipynb), with three seeds.

{accuracy}

Measured on: {machine}. Run it: `make bench`.
"""


def page() -> str:
    """The page, of all that is there."""
    kept = {part: Results(part, KEPT).get("rows") for part in PARTS}
    return TEXT.format(
        **{part: table(filled(rows)) if rows else NOT_YET for part, rows in kept.items()},
        machine=f"{machine()}; {today()}",
    )


def main() -> None:
    """Measures what is asked for, prints the page and writes it."""
    for part in [name for name in sys.argv[1:] if name in PARTS] or list(PARTS):
        Results(part, KEPT)["rows"] = shown(PARTS[part]())
    text = page()
    sys.stdout.write(text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
