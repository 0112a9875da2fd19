"""Augmenting beside its peers: paired, interleaved, medians of ratios; writes docs/benchmarks/augment.md.

Run it with `make bench`, on a machine that does nothing else; `--quick` is a smoke run that writes nothing. Every
library lives in a process of its own (`bench/augment_child.py`), peers in an environment of their own
(`bench/augment-peers.txt`). A round asks two libraries for the same work, one after the other, and in the next round
the other way about; a ratio is of one round. Before anything is timed, all libraries must give the same pictures where
nothing is left to chance, and sound ones where something is.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
import torch

import leyden as ly
from augment_check import like_ours, sound
from augment_panel import panel_rows
from augment_quality import DRAWS, quality_rows
from augment_work import load, photo, save, volume
from data import Row, table
from results import today

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks" / "augment.md"
PEERS = ROOT / ".augment-peers" / "bin" / "python"
THREADS = (1, 2)
WORDS = {"any": "all", "stiff": "all but elastic"}
Pairs: TypeAlias = tuple[tuple[str, str], ...]
Ask: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
TEXT = """# Augmenting, beside its peers

One sample at a time, each library in a process of its own; milliseconds are the processor's, of all threads, and
ratios are medians over rounds in which two libraries were asked in turn: below 1, leyden takes less. Threads are those
of OpenMP and numba; OpenCV's are as they come (leyden sets one), or one. Where a library knows more than one way to the
same result, the one that was fastest here is named and was taken. Before anything was timed, every library's images
agreed with its masks, and its points with the disks drawn around them; and with nothing left to chance, all gave
leyden's picture, as nearly as the last column says.

## A photograph

375 x 500 pixels in bytes, with a mask and 17 points: a resized crop to 224 x 224, a flip, a rotation by up to 15
degrees, brightness, contrast and saturation, normalised to real numbers. Leyden averages where the crop shrinks, as
torchvision does; albumentations and kornia do not.

{photos}

## A volume

4 x 128 x 128 x 128 in single precision with a label: a flip, an affine map, an elastic one, gamma, a bias field, noise.
MONAI has two elastic transforms. Rand3DElasticd blurs noise, as batchgeneratorsv2 does; RandSmoothDeformd enlarges a
lattice, as leyden does, but resamples once more for it. batchgeneratorsv2 has no bias field; a hill of brightness is
added instead.

{volumes}

## What one resample is worth

A rotation, a zoom, a shear and a shift; the truth is a spline of order 5 of the original. Images say whether they are
read `linear`, as all are that say nothing, or `cubic`, masks whether they are read by the `nearest` label, as all are
that say nothing, or by a `vote`; here in one resample and a step at a time alike. Medians over all photographs of the
asset `photos` that are large enough, and over {draws} draws for each scan: one drawn, and the asset `mni152` with grey
and white matter.

{quality}

A vote takes longer, on one thread about 1.7 ms for a mask of 375 x 500 and 25 ms for one of 128 x 128 x 128, where the
nearest takes 0.24 and 7; without numba 9.5 and 310. It takes more where labels change from pixel to pixel. And it wears
off what is less than about three new pixels across, of which the nearest keeps the area on average.

## The panel

From a control moved to all pictures ready to send, on the wall, without a browser, on a scan of 155 x 240 x 240 with
labels:

{panel}

Measured on: {machine}, torch {torch}, OpenCV {opencv}; {day}. Run it: `make bench`.
"""


@dataclass(frozen=True)
class Job:
    """One kind of sample, and who is compared on it.

    Args:
        name: of the sample.
        turns: how much chance there is in what is timed.
        pairs: leyden's way and the peer's.
        fewer: those of them that differ where a turn is not the first.
        count: samples a round.
        rounds: of timing.
        seen: samples that are looked at before.
    """

    name: str
    turns: tuple[str, ...]
    pairs: Pairs
    count: int
    rounds: int
    seen: int
    fewer: Pairs = ()


PHOTO = Job(
    "photo", ("any",), (
        ("leyden", "albumentations"), ("leyden", "albumentations, OpenCV on one thread"), ("leyden", "torchvision"),
        ("leyden", "kornia"),
    ),
    count=20, rounds=11, seen=12,
)  # fmt: skip
VOLUME = Job(
    "volume", ("any", "stiff"), (
        ("leyden", "MONAI, Rand3DElasticd"), ("leyden", "MONAI, RandSmoothDeformd"), ("leyden", "batchgeneratorsv2"),
        ("leyden, torch alone", "MONAI, Rand3DElasticd"), ("leyden, torch alone", "batchgeneratorsv2"),
    ),
    count=1, rounds=5, seen=1, fewer=(
        ("leyden", "MONAI, Rand3DElasticd"), ("leyden", "batchgeneratorsv2"),
        ("leyden, torch alone", "MONAI, Rand3DElasticd"),
    ),
)  # fmt: skip


@contextmanager
def library(name: str, job: str, folder: Path, *, threads: int) -> Iterator[Ask]:
    """A library in a process of its own, to be asked."""
    python = sys.executable if name.startswith("leyden") else str(PEERS)
    command = [python, str(ROOT / "bench" / "augment_child.py"), job, name, str(folder)]
    log, pipe = folder / f"{name}-{job}-{threads}.log", subprocess.PIPE
    counts = {f"{what}_NUM_THREADS": str(threads) for what in ("OMP", "NUMBA")}
    with (
        log.open("w", encoding="utf-8") as said,
        subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=said, text=True, bufsize=1, env=os.environ | counts
        ) as child,
    ):
        yield partial(asked, child, log)


def asked(child: "subprocess.Popen[str]", log: Path, request: dict[str, Any]) -> dict[str, Any]:
    """One answer of a library.

    Raises:
        RuntimeError: it failed; with the end of what it said.
    """
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(json.dumps(request) + "\n")
    line = child.stdout.readline()
    if not line:
        raise RuntimeError(f"{request}: {log.read_text(encoding='utf-8')[-2000:]}")
    return json.loads(line)


def job_rows(job: Job, folder: Path, *, threads: int, rounds: int) -> Iterator[Row]:
    """Every pair of a job."""
    with ExitStack() as stack:
        asks = {
            name: stack.enter_context(library(name, job.name, folder, threads=threads)) for name in named(job.pairs)
        }
        agreed = check(asks, job, folder)
        for number, turn in enumerate(job.turns):
            warm = {"what": "routes", "turn": turn, "count": max(1, job.count // 4)}
            pairs = job.fewer if number else job.pairs
            routes = {name: asks[name](warm)["route"] for name in named(pairs)}
            for ours, theirs in pairs:
                request = {"what": "time", "turn": turn, "count": job.count}
                one, other = (partial(asks[name], request | {"route": routes[name]}) for name in (ours, theirs))
                row = {"steps": WORDS[turn]} if len(job.turns) > 1 else {}
                row |= {"threads": str(threads), "who": ours, "peer": f"{theirs}: {routes[theirs]}"}
                row |= times(one, other, rounds=rounds) | {"alike, dB": agreed[theirs]}
                print(row, flush=True)
                yield row


def named(pairs: Pairs) -> list[str]:
    """Everybody in some pairs, once."""
    return list(dict.fromkeys(name for pair in pairs for name in pair))


def times(one: Callable[[], dict[str, Any]], other: Callable[[], dict[str, Any]], *, rounds: int) -> Row:
    """Both in turn: milliseconds a sample, and the median of the ratios."""
    pairs = []
    for number in range(rounds):
        if number % 2:
            theirs, ours = other(), one()
        else:
            ours, theirs = one(), other()
        pairs.append((ours, theirs))
    ratio = statistics.median(ours["processor"] / theirs["processor"] for ours, theirs in pairs)
    middle = [
        1e3 * statistics.median(pair[who][what] for pair in pairs) for what in ("processor", "wall") for who in (0, 1)
    ]
    return {
        "leyden, ms": f"{middle[0]:.3g}", "peer, ms": f"{middle[1]:.3g}", "leyden's time by peer's": f"{ratio:.2f}",
        "on the wall, ms": f"{middle[2]:.3g} and {middle[3]:.3g}",
    }  # fmt: skip


def check(asks: dict[str, Ask], job: Job, folder: Path) -> dict[str, str]:
    """All libraries give sound samples, and the same where nothing is left to chance; how alike, dB."""
    labels = np.unique(load(folder / f"{job.name}.npz")["mask"])
    sure: dict[str, Any] = {}
    for name, ask in asks.items():
        for turn in job.turns:
            seen = ask({"what": "give", "turn": turn, "shown": "mask", "count": job.seen})["file"]
            print(name, turn, sound(load(Path(seen)), labels), flush=True)
        sure[name] = load(Path(ask({"what": "give", "turn": "sure", "shown": "image", "count": 1})["file"]))
    return {name: f"{like_ours(found, sure['leyden']):.0f}" for name, found in sure.items()}


def write_samples(folder: Path) -> None:
    """One photograph and one volume, as arrays."""
    picture = ly.data.read_image(ly.assets.read("photos", "china.jpg"))
    save(folder / "photo.npz", photo(picture.permute(1, 2, 0).numpy()))
    save(folder / "volume.npz", volume())


def page(photos: list[Row], volumes: list[Row], quality: list[Row], panel: list[Row]) -> str:
    """What is written to docs."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return TEXT.format(
        photos=table(photos), volumes=table(volumes), quality=table(quality), panel=table(panel), draws=DRAWS,
        machine=machine, torch=torch.__version__, opencv=cv2.__version__, day=today(),
    )  # fmt: skip


def main() -> None:
    """Measures everything, prints the page and writes it."""
    quick = "--quick" in sys.argv
    tables: dict[str, list[Row]] = {"photo": [], "volume": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_samples(folder)
        quality = list(quality_rows())
        panel = list(panel_rows())
        for job in (PHOTO, VOLUME):
            for threads in THREADS[:1] if quick else THREADS:
                tables[job.name] += job_rows(job, folder, threads=threads, rounds=1 if quick else job.rounds)
    text = page(tables["photo"], tables["volume"], quality, panel)
    sys.stdout.write(text)
    if not quick:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
