"""One library in a process of its own, asked over standard input: `python augment_child.py JOB NAME FOLDER`.

Every line in is a request, every line out its answer; `bench/augment.py` asks two of them in turn. A process times its
own work: the processor's time of all of its threads, and the clock on the wall.
"""

import importlib
import json
import os
import random
import statistics
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

from augment_plane import PLANES, Route, Routes
from augment_volume import VOLUMES
from augment_work import SURE, Arrays, Turn, load, save, white

__all__ = ["answer", "timed"]

TURNS = {"sure": SURE, "any": Turn(), "stiff": Turn(elastic=False)}
JOBS = {"photo": PLANES, "volume": VOLUMES}
TRIALS = 3


def timed(run: Route, sample: Arrays, *, count: int) -> tuple[float, float]:
    """Seconds a sample: of the processor, and on the wall."""
    processor, wall = time.process_time(), time.perf_counter()
    for _ in range(count):
        run(sample)
    return (time.process_time() - processor) / count, (time.perf_counter() - wall) / count


def fastest(routes: Routes, sample: Arrays, *, count: int) -> str:
    """The route that costs the processor least, in the middle of some trials in turn; also the warm-up."""
    names = list(routes)
    spent = [[timed(routes[name], sample, count=count)[0] for name in names] for _ in range(TRIALS)]
    return min(names, key=lambda name: statistics.median(row[names.index(name)] for row in spent[1:]))


def given(run: Route, sample: Arrays, *, count: int) -> Arrays:
    """What a route gives, some times over, as arrays with the sample first."""
    rows = [[np.array(part) for part in run(sample)] for _ in range(count)]
    names = ("image", "mask", "points")[: len(rows[0])]
    return {name: np.stack([row[place] for row in rows]) for place, name in enumerate(names)}


def answer(name: str, job: str, folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    """What one request asks for: `routes` (the fastest), `time` or `give`."""
    key = (request["turn"], name)
    if key not in _KEPT:
        _KEPT[key] = JOBS[job][name](TURNS[request["turn"]])
    routes, sample, count = _KEPT[key], load_once(folder / f"{job}.npz"), request["count"]
    if request["what"] == "routes":
        return {"route": fastest(routes, sample, count=count)}
    run = routes[request.get("route", next(iter(routes)))]
    if request["what"] == "time":
        processor, wall = timed(run, sample, count=count)
        return {"processor": processor, "wall": wall}
    for seed in (random.seed, np.random.seed, torch.manual_seed):
        seed(0)
    place = folder / f"{name}-{job}-{request['turn']}-{request['shown']}.npz"
    save(place, given(run, white(sample) if request["shown"] == "mask" else sample, count=count))
    return {"file": str(place)}


def load_once(path: Path) -> Arrays:
    """The sample, read at the first request."""
    if path not in _READ:
        _READ[path] = load(path)
    return _READ[path]


_KEPT: dict[tuple[str, str], Routes] = {}
_READ: dict[Path, Arrays] = {}


def main() -> None:
    """Answers requests until standard input ends."""
    job, name, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    warnings.simplefilter("ignore")
    if name == "leyden, torch alone":
        sys.modules["numba"] = None  # pyright: ignore[reportArgumentType]  # an import of it fails, as if not installed
    if name.endswith("OpenCV on one thread"):
        importlib.import_module("cv2").setNumThreads(1)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # libraries that print would spoil the answers
    with torch.inference_mode():
        for line in sys.stdin:
            out.write(json.dumps(answer(name, job, folder, json.loads(line))) + "\n")
            out.flush()


if __name__ == "__main__":
    main()
