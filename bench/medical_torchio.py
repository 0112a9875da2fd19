"""Torchio with nothing to resample, in the environment of bench/medical-peers.txt: `python medical_torchio.py FILE`.

Every line in asks for one run, every line out is its processor time in seconds. The file holds `image` (`channel x y
z`), `label` (`x y z`) and `affine`.
"""

import importlib
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import torch

__all__ = ["answers"]


def answers(path: Path) -> None:
    """Answers requests until standard input ends; the first answer is whether the result has the volume's shape."""
    torchio, held = importlib.import_module("torchio"), np.load(path)
    names = [f"m{place}" for place in range(len(held["image"]))]
    images = {
        name: torchio.ScalarImage(tensor=torch.from_numpy(data[None]), affine=held["affine"])
        for name, data in zip(names, held["image"], strict=True)
    }
    label = torchio.LabelMap(tensor=torch.from_numpy(held["label"][None]), affine=held["affine"])
    subject = torchio.Subject(label=label, **images)
    change = torchio.Compose([torchio.ToCanonical(), torchio.Resample(1)])
    for _ in sys.stdin:
        begun = time.process_time()
        made = change(subject)
        spent = time.process_time() - begun
        if made[names[0]].shape != (1, *held["image"].shape[1:]):
            raise SystemExit(f"torchio gave {made[names[0]].shape}")
        sys.stdout.write(f"{spent}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    answers(Path(sys.argv[1]))
