"""Two processes that train side by side, forked once all is imported: python beside.py FOLDER PORT."""

import json
import os
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any, cast

import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader, Dataset

sys.path.insert(0, str(Path(__file__).parents[2]))

from leyden.errors import PruneError
from leyden.prune import Random, masks
from leyden.recipe import Pruning
from recipe.during.tasks import Small


def own(share):
    """A method that chooses otherwise in each process."""
    return lambda weights: Random(share, seed=torch.distributed.get_rank())(weights)


def refuse(weights):
    raise ValueError("no luck in process 0")


def fit(task, *callbacks):
    trainer = pl.Trainer(
        max_epochs=2,
        callbacks=list(callbacks),
        accelerator="cpu",
        devices=2,
        strategy="ddp",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    generator = torch.Generator().manual_seed(1)
    points = [(point, int(point.sum() > 0)) for point in torch.randn(16, 6, generator=generator)]
    trainer.fit(task, DataLoader(cast("Dataset[Any]", points), batch_size=4))
    return trainer


def main(folder):
    torch.manual_seed(0)
    task = Small()
    trainer = fit(task, Pruning(own, (0.3, 0.6)))
    try:
        fit(Small(), Pruning(lambda share: refuse, (0.5,)))
        refused = ""
    except PruneError as error:
        refused = str(error)
    told = {
        "masks": {name: mask.tolist() for name, mask in masks(task).items()},
        "weights": {name: value.tolist() for name, value in task.state_dict().items() if "running" not in name},
        "sparsity": float(trainer.callback_metrics["sparsity"]),
        "refused": refused,
    }
    (Path(folder) / f"{trainer.global_rank}.json").write_text(json.dumps(told))


def begin(rank):
    os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2"}
    try:
        main(sys.argv[1])
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": sys.argv[2], "TORCHELASTIC_RUN_ID": "test"}
    children = [os.fork() or begin(rank) for rank in range(2)]
    sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
