"""The challenge's own scores in a process of its own, asked over standard input: `python medical_challenge.py FOLDER`.

Every line in is the path of a pair, every line out what brats-evaluation says of it and the processor seconds that it
took. The package is under the AGPL: it is run here, and nothing of it is in leyden.
"""

import json
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from brats_evaluation import config_path  # pyright: ignore[reportMissingImports]
from panoptica import Panoptica_Evaluator  # pyright: ignore[reportMissingImports]

REGIONS = ("tc", "wt", "et")


def settings(text: str) -> str:
    """The challenge's settings with no regions but those that are compared."""
    kept, wanted = list[str](), True
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        if indent == 4 and line.endswith("Group"):
            wanted = line.split(":")[0].strip() in REGIONS
        elif indent < 4:
            wanted = True
        if wanted:
            kept.append(line)
    return "\n".join(kept) + "\n"


def answer(judge: Panoptica_Evaluator, path: Path) -> dict[str, Any]:
    """What it says of one pair, by region."""
    with np.load(path) as held:
        prediction, truth, spacing = held["prediction"], held["truth"], tuple(map(float, held["spacing"]))
    start = time.process_time()
    found = judge.evaluate(prediction, truth, voxelspacing=spacing)
    told = {name: found[name].to_dict(output_individual_instance_metrics=True) for name in REGIONS}
    return {"seconds": time.process_time() - start, "regions": told}


def main() -> None:
    """Answers until standard input ends."""
    warnings.simplefilter("ignore")
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # it prints, which would spoil the answers
    path = Path(sys.argv[1]) / "regions.yaml"
    path.write_text(settings(Path(config_path("gli")).read_text(encoding="utf-8")), encoding="utf-8")
    judge = Panoptica_Evaluator.load_from_config(str(path))
    for line in sys.stdin:
        out.write(json.dumps(answer(judge, Path(line.strip())), default=float) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
