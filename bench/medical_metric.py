"""Scores beside those of MONAI and of the challenge: agreement first, then processor time on a full case.

brats-evaluation runs in an environment and a process of its own (`bench/medical_challenge.py`). Its scores of whole
regions know no millimetres, so those are compared at 1 mm, and anisotropic voxels through its scores of lesions. Where
it says NaN or infinity of an empty region, leyden says what the challenges count. The bar of agreement is 1e-6; MONAI
computes in single precision, so there it is 1e-5 of the value.
"""

import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from monai.metrics.hausdorff_distance import compute_hausdorff_distance
from monai.metrics.meandice import compute_dice
from monai.metrics.surface_dice import compute_surface_dice
from torch import Tensor

from data import ROOT, Row
from leyden.medical.labelling import scheme
from leyden.medical.metric import MISSED, LesionScore, dice, hd95, lesion_wise, score_case, surface_dice
from leyden.medical.synthetic import phantom

__all__ = ["rows"]

PEERS = ROOT / ".medical-peers" / "bin" / "python"
CODES = scheme("brats23")
ROUNDS = 5
SPACINGS = ((1.0, 1.0, 1.0), (3.0, 1.0, 0.5), (0.8, 2.0, 1.1))
NEAR = 1e-6
Pair = tuple[Tensor, Tensor, tuple[float, float, float]]
"""Codes predicted, true codes, spacing in mm."""


class Challenge:
    """brats-evaluation, asked pair by pair."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [str(PEERS), str(Path(__file__).with_name("medical_challenge.py")), str(folder)]
        self.log = (folder / "challenge.log").open("w", encoding="utf-8")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True
        )

    def ask(self, pair: Pair) -> dict[str, Any]:
        """What it says of a pair."""
        prediction, truth, spacing = pair
        path = self.folder / "pair.npz"
        np.savez(path, prediction=prediction.numpy(), truth=truth.numpy(), spacing=spacing)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError((self.folder / "challenge.log").read_text(encoding="utf-8")[-2000:])
        return json.loads(line)

    def close(self) -> None:
        """Ends it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.log.close()


def box(*spans: tuple[slice, ...], size: int = 24) -> Tensor:
    """Codes 3 in some boxes."""
    codes = torch.zeros(size, size, size, dtype=torch.uint8)
    for span in spans:
        codes[span] = 3
    return codes


def by_hand() -> Iterator[tuple[Tensor, Tensor]]:
    """Empty, missed, false, equal, touching by a corner, two in one, one in two, several at the border."""
    one, far, corner = (slice(4, 8),) * 3, (slice(15, 19),) * 3, (slice(8, 12),) * 3
    beside, over = (slice(10, 12), *one[1:]), (slice(4, 12), *one[1:])
    edge = (slice(0, 3), slice(20, 24), slice(0, 9))
    nothing = box()
    yield nothing, nothing
    yield nothing, box(one)
    yield box(one), nothing
    yield box(one, far), box(one, far)
    yield box(one), box(one, corner)
    yield box(over), box(one, beside)
    yield box(one, beside), box(over)
    yield box(one, edge), box(far, edge).roll(1, dims=2)


def random_codes(seed: int) -> tuple[Tensor, Tensor]:
    """Coarse random codes, and the same with some of them drawn again."""
    draw = torch.Generator().manual_seed(seed)
    coarse = torch.randint(0, 4, (6, 7, 8), generator=draw) * (torch.rand(6, 7, 8, generator=draw) > 0.7)
    other = torch.where(torch.rand(6, 7, 8, generator=draw) > 0.8, coarse.flip(0), coarse)
    fine = [each.repeat_interleave(3, 0).repeat_interleave(3, 1).repeat_interleave(3, 2) for each in (other, coarse)]
    return fine[0].to(torch.uint8), fine[1].to(torch.uint8)


def worsened(codes: Tensor, seed: int) -> Tensor:
    """What a fair network might say: a little beside, here and there something else."""
    draw = torch.Generator().manual_seed(seed)
    moved = codes.roll(tuple(torch.randint(-1, 2, (3,), generator=draw).tolist()), dims=(0, 1, 2))
    coarse = torch.rand(1, 1, *(max(2, count // 6) for count in codes.shape), generator=draw)
    noise = torch.nn.functional.interpolate(coarse, size=codes.shape, mode="trilinear")[0, 0]
    return torch.where(noise > 0.8, moved.flip(2), moved)


def pairs() -> list[Pair]:
    """Some made by hand, some random, some phantoms."""
    made = [*by_hand(), *(random_codes(seed) for seed in range(6))]
    for seed in range(8):
        label = phantom(seed, size=64, scheme=CODES).label
        assert label is not None
        made.append((worsened(label.data, seed), label.data))
    return [(*each, SPACINGS[place % len(SPACINGS)]) for place, each in enumerate(made)]


def challenge_says(value: float | None, *, empty: float, missed: float) -> float:
    """Its number, or what is counted where it gives none."""
    if value is None or math.isnan(value):
        return empty
    return missed if math.isinf(value) else value


def apart(challenge: Challenge, pair: Pair) -> dict[str, float]:
    """The largest differences from the challenge's package on one pair, by metric."""
    prediction, truth, spacing = pair
    maps = (CODES.to_regions(prediction), CODES.to_regions(truth))
    told = challenge.ask(pair)["regions"].values()
    even = (1.0, 1.0, 1.0)
    own = {
        "dsc": (dice(*maps), 1.0, 0.0),
        "hd95": (hd95(*maps, spacing=even), 0.0, MISSED),
        "nsd": (surface_dice(*maps, spacing=even, tolerance=0.5), 1.0, 0.0),
    }
    found = {
        name: max(
            abs(float(score) - challenge_says(one[f"global_bin_{name}"], empty=empty, missed=missed))
            for score, one in zip(scores, told, strict=True)
        )
        for name, (scores, empty, missed) in own.items()
    }
    scored = lesion_wise(*maps, spacing=spacing, rule="brats26")
    found["lesions"] = max(lesions_apart(one, other) for one, other in zip(scored, told, strict=True))
    return found


def lesions_apart(own: LesionScore, told: dict[str, Any]) -> float:
    """The largest difference of any lesion; infinite where not the same ones are found."""
    theirs = sorted(
        (each["volume"], each["sq_dsc"], each["sq_hd95"]) for each in told["reference_instances"] if each["is_matched"]
    )
    mine = sorted((each.volume, each.dice, each.hd95) for each in own.lesions if each.found)
    if (len(mine), own.missed, own.false) != (told["tp"], told["fn"], told["fp"]):
        return math.inf
    return float(np.abs(np.array(mine) - np.array(theirs)).max(initial=0.0))


def agreement(challenge: Challenge) -> Iterator[Row]:
    """Differences from the challenge's package and from MONAI, the largest of all pairs."""
    every = pairs()
    found = [apart(challenge, pair) for pair in every]
    titles = {"dsc": "Dice", "hd95": "HD95", "nsd": "surface Dice", "lesions": "lesions in pairs (Dice, HD95, volume)"}
    for name, title in titles.items():
        largest = max(each[name] for each in found)
        assert largest <= NEAR, (title, [each[name] for each in found])
        what = f"{title}, difference from brats-evaluation, largest of {len(every)} pairs and 3 regions"
        yield {"what": what, "leyden": f"{largest:.1e}", "peer": "0", "ratio": "", "bar": "at most 1e-6"}
    largest = max(from_monai(pair) for pair in every)
    assert largest <= 10 * NEAR, largest
    what = f"Dice, HD95 and surface Dice by MONAI's convention, relative difference, largest of {len(every)} pairs"
    yield {"what": what, "leyden": f"{largest:.1e}", "peer": "0", "ratio": "", "bar": "at most 1e-5"}


def from_monai(pair: Pair) -> float:
    """The largest relative difference from MONAI where it gives a number."""
    prediction, truth, spacing = pair
    maps = (CODES.to_regions(prediction), CODES.to_regions(truth))
    one, other = (each[None].float() for each in maps)
    asked: dict[str, Any] = {"include_background": True, "spacing": spacing}
    theirs = [
        compute_dice(one, other),
        compute_hausdorff_distance(one, other, percentile=95, **asked),
        compute_surface_dice(one, other, class_thresholds=[1.0] * 3, **asked),
    ]
    own = [
        dice(*maps),
        hd95(*maps, spacing=spacing, convention="monai"),
        surface_dice(*maps, spacing=spacing, convention="monai"),
    ]
    mine, told = torch.cat(own), torch.cat([each[0].double() for each in theirs])
    known = told.isfinite()
    return float(((mine - told)[known].abs() / told[known].clamp(min=1)).max()) if known.any() else 0.0


def seconds_of(run: Callable[[], object]) -> float:
    """Processor seconds."""
    start = time.process_time()
    run()
    return time.process_time() - start


def row(what: str, own: Callable[[], float], peer: Callable[[], float], bar: str) -> Row:
    """Both in turn; the ratio is the median of leyden's by the other's, round by round."""
    rounds = [(own(), peer()) for _ in range(ROUNDS + 1)][1:]
    mine, theirs = (statistics.median(each) for each in zip(*rounds, strict=True))
    ratio = statistics.median(one / other for one, other in rounds)
    return {"what": what, "leyden": f"{mine:.3f} s", "peer": f"{theirs:.3f} s", "ratio": f"{ratio:.2f}", "bar": bar}


def times(challenge: Challenge) -> Iterator[Row]:
    """A full case: 240 x 240 x 155, three regions."""
    label = phantom(0, size=(155, 240, 240), scheme=CODES).label
    assert label is not None
    pair: Pair = (worsened(label.data, 0), label.data, (1.0, 1.0, 1.0))
    maps, even = (CODES.to_regions(pair[0]), CODES.to_regions(pair[1])), pair[2]
    one, other = (each[None].float() for each in maps)
    asked: dict[str, Any] = {"include_background": True, "percentile": 95, "spacing": even}
    yield row(
        "Dice of three regions, MONAI",
        lambda: seconds_of(lambda: dice(*maps)),
        lambda: seconds_of(lambda: compute_dice(one, other)),
        "",
    )
    yield row(
        "HD95 of three regions, MONAI",
        lambda: seconds_of(lambda: hd95(*maps, spacing=even)),
        lambda: seconds_of(lambda: compute_hausdorff_distance(one, other, **asked)),
        "",
    )
    yield row(
        "all scores of a case from its codes, brats-evaluation",
        lambda: seconds_of(lambda: score_case(CODES.to_regions(pair[0]), CODES.to_regions(pair[1]), spacing=even)),
        lambda: challenge.ask(pair)["seconds"],
        "leyden at most 3 s",
    )


def rows() -> Iterator[Row]:
    """Every line of the table."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MONAI warns of empty maps, and of itself
        challenge = Challenge(Path(folder))
        try:
            yield from agreement(challenge)
            yield from times(challenge)
        finally:
            challenge.close()


if __name__ == "__main__":
    for line in rows():
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
