"""The pictures of README and docs: every panel, from its notebook in a real JupyterLab.

    PYTHONPATH=tests python -m browser.screenshots [NAME ...]

writes docs/images/NAME.png, all of them unless some are named.
"""

import io
import sys
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Page

from browser.jupyter import Visit, execute, faults, jupyterlab, panel, place, run_all, visit

__all__ = ["SHOTS", "Shot", "main", "small", "taken"]

FOLDER = Path(__file__).parents[2] / "docs" / "images"
BYTES = 200_000
"""The most that a picture may weigh."""

COLOURS = 256
WHOLE = "async () => { await window.jupyterapp.commands.execute('application:toggle-left-area'); }"


@dataclass(frozen=True)
class Shot:
    """A picture of one panel.

    Args:
        name: of the picture.
        notebook: where the panel is.
        title: its heading.
        place: which one of that heading.
        given: parameters of the notebook; equal ones of the same notebook are run once.
        code: what is run in the kernel before.
    """

    name: str
    notebook: str
    title: str
    place: int = 0
    given: dict[str, Any] = field(default_factory=dict)
    code: str = ""


TRAINING = {"train": 40, "held_out": 8, "epochs": 14}
SCANS = {"size": 128, "cases": 3}
LEARNED = {"train": 16, "held_out": 6, "epochs": 6}
DRAWN = "panel.show(difference=False); panel.reseed(4); panel.select(2)"
MISSED = "comparing.choose(1); comparing.show(modality='flair', part='WT'); comparing.seek('difference')"
SHOTS = (
    Shot("augment", "augment", "Augmentation", given={"searched": 200}, code=DRAWN),
    Shot("data", "data", "Data", code="looking.turn_to('browse'); looking.go(10)"),
    Shot("onnx", "onnx", "ONNX", code="graph.search('conv'); graph.select(graph.nodes[1].name)"),
    Shot("prune", "prune", "Pruning"),
    Shot("train", "train", "Training", given=TRAINING),
    Shot("callbacks", "train", "Callbacks", given=TRAINING, code="watching.turn_to('graph')"),
    Shot("volume", "volume", "Volumes", 1, given=SCANS, code=MISSED),
    Shot("workbench", "workbench", "Workbench", given=LEARNED, code="bench.prune.redo(); bench.turn_to('train')"),
)


def small(png: bytes) -> bytes:
    """The same picture, in a palette only where it would be too heavy without: thin lines lose their colours there."""
    with Image.open(io.BytesIO(png)) as picture:
        whole = picture.convert("RGB")
    found = saved(whole)
    return found if len(found) <= BYTES else saved(whole.quantize(COLOURS, kmeans=4, dither=Image.Dither.NONE))


def saved(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def taken(page: Page, shot: Shot) -> bytes:
    """Take one picture.

    Raises:
        ValueError: Its code failed, or it is heavier than a page should load.
    """
    found = panel(page, shot.title, shot.place)
    if shot.code and (told := execute(page, f"{shot.code};")):
        raise ValueError(f"{shot.name}: {told}")
    page.mouse.move(0, 0)
    page.wait_for_timeout(1500)  # what is drawn at most five times a second has been drawn
    png = small(found.screenshot(animations="disabled"))
    if len(png) > BYTES:
        raise ValueError(f"{shot.name}.png weighs {len(png):,} bytes, more than {BYTES:,}: show less, or scale it down")
    return png


def run(page: Visit) -> None:
    """Run a notebook.

    Raises:
        RuntimeError: A cell failed.
    """
    run_all(page.page)
    told = faults(page.page)
    if told:
        raise RuntimeError("\n".join(told))


def main(names: list[str]) -> int:
    """Write the pictures of those names, or all."""
    unknown = set(names) - {shot.name for shot in SHOTS}
    if unknown:
        print(f"no picture is called {', '.join(sorted(unknown))}; there are {', '.join(shot.name for shot in SHOTS)}")
        return 1
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    with TemporaryDirectory() as held, jupyterlab(Path(held)) as lab:
        for notebook, shots in groupby(wanted, key=lambda shot: shot.notebook):
            together = list(shots)
            place(Path(held), notebook, **together[0].given)
            with visit(lab, f"{notebook}.ipynb", width=1100, height=1400) as found:
                found.page.evaluate(WHOLE)
                run(found)
                for shot in together:
                    (FOLDER / f"{shot.name}.png").write_bytes(taken(found.page, shot))
                    print(f"docs/images/{shot.name}.png", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
