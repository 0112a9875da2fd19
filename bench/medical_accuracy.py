"""What a small network learns of phantoms, and what pruning leaves of it: three seeds, another head in the test.

Dice only: means over cases and regions of the test. The seeds are those of training; the cases of the test are the
twelve of `brats-unseen` in tutorials/Data.toml. `python bench/medical_accuracy.py --test-seed 2000` makes twelve others
on that head, from this seed on, and prints the same rows of them; the page stays as it is.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import torch

from data import ROOT, Row
from leyden import data, medical, train, vision
from leyden.augment import CenterCrop, Flip, Maybe, OneOf, RandomCrop, Rotate, Zoom
from leyden.medical import Cases, Evaluation, PackedCases, Predictor
from leyden.prune import Magnitude, prune

__all__ = ["rows"]

SEEDS = (0, 1, 2)
EPOCHS, AGAIN = 18, 3
PART, WINDOW = (40, 48, 40), (56, 64, 56)
MOVE = Maybe(Flip("x")) | Maybe(Rotate(15) | Zoom(0.9, 1.1), 0.3)
LIGHT = Maybe(medical.BiasField(0.2), 0.3) | Maybe(medical.RicianNoise(0, 0.1), 0.3)
CATALOG = data.catalog(ROOT / "tutorials" / "Data.toml")


def mean_dice(found: Evaluation) -> float:
    """Over cases and regions."""
    return sum(found.of(region).mean for region in found.regions) / len(found.regions)


def learned(learn: PackedCases, check: PackedCases, seed: int) -> Iterator[tuple[str, torch.nn.Module]]:
    """A network of this seed, whole and pruned by half."""
    cases = CATALOG["brats"]
    brain, target = CenterCrop(*WINDOW, outside="fill"), medical.Targets(cases.scheme)
    patch = OneOf(RandomCrop(*PART), brain, weights=(2, 1))
    pipe = learn.patches(MOVE | patch | LIGHT, seed=seed) | data.map(target)
    batches = pipe | data.shuffle(seed=seed) | data.batch(1)
    held_out = check.patches(brain) | data.map(target) | data.batch(1)
    torch.manual_seed(seed)
    task = train.Segmenter(vision.unet(4, 3, stem_stride=2), list(cases.scheme.regions))
    whole = train.fit(task, batches, held_out, epochs=EPOCHS, seed=seed, keep="best").task
    yield "the network", whole.model
    tuning = train.Tuning(rate=1e-3, freeze=0, discount=1.0)
    sparse = whole.replace(model=prune(whole.model, Magnitude(0.5)), tuning=tuning)
    yield (
        "half of its weights pruned",
        train.fit(sparse, batches, held_out, epochs=AGAIN, seed=seed, keep="best").task.model,
    )


def others(folder: Path, seed: int) -> Cases:
    """As many cases of the test's head as are declared, from another seed on."""
    count = len(CATALOG["brats-unseen"])
    medical.write_phantoms(folder, count, seed=seed, layout="brats", anatomy="colin27")
    return medical.cases_in(folder, layout="brats")


def rows(test_seed: int | None = None) -> Iterator[Row]:
    """One row a method; of other test cases if the seed of the first of them is given."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _rows(CATALOG["brats-unseen"] if test_seed is None else others(Path(folder) / "unseen", test_seed))


def _rows(unseen: Cases) -> Iterator[Row]:
    cases = CATALOG["brats"]
    ready = medical.to_grid(*cases[0].image.spacing) | medical.NonzeroZNorm()
    found = {
        "threshold": [medical.evaluate(medical.fit_threshold(cases, scheme=cases.scheme), unseen, scheme="brats21")]
    }
    with tempfile.TemporaryDirectory() as folder:
        packed = medical.pack(cases, Path(folder))
        parts = data.split(range(len(packed)), 0.8, seed=0, groups=packed.subjects)
        learn, check = (packed.chosen(list(part)) for part in parts)
        for seed in SEEDS:
            for name, network in learned(learn, check, seed):
                predict = Predictor(network, transform=ready, window=WINDOW)
                found.setdefault(name, []).append(medical.evaluate(predict, unseen, scheme="brats21"))
    bars = {"the network": ">= .80", "half of its weights pruned": ">= the network's - .03"}
    for name, evaluations in found.items():
        means = [mean_dice(one) for one in evaluations]
        told = {
            region: f"{median(one.of(region).mean for one in evaluations):.3f}" for region in evaluations[0].regions
        }
        spread = f"{min(means):.3f} to {max(means):.3f}" if len(means) > 1 else ""
        mean = f"{median(means):.3f}"
        yield {"Dice on another head": name, **told, "mean": mean, "of three seeds": spread, "bar": bars.get(name, "")}


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--test-seed", type=int, help="of the first test case; left out, the cases of Data.toml")
    for one in rows(asked.parse_args().test_seed):
        print(one)
