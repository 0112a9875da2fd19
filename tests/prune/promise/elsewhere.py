"""Promises that take other processes: two of them read pickles and train side by side, once for all designs."""

import functools
import json
import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn

from prune.promise.cases import PLAIN, train, zero_in_forward
from prune.promise.designs import DESIGNS, Design

_TESTS = Path(__file__).parents[2]
_SECONDS = 120


@functools.cache
def told_elsewhere() -> dict[str, bool]:
    """Start the two processes and give what the first of them has found: `{"pickle of leyden": True, ...}`."""
    with tempfile.TemporaryDirectory() as folder:
        for design in DESIGNS:
            _leave_pickle(design, Path(folder))
        told = [(Path(folder) / f"told {rank}").open("w+") for rank in range(2)]
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "prune.promise.elsewhere", str(rank), folder],
                env={**os.environ, "PYTHONPATH": str(_TESTS), "OMP_NUM_THREADS": "1"},
                stdout=told[rank], stderr=subprocess.STDOUT,
            )
            for rank in range(2)
        ]  # fmt: skip
        codes = [process.wait(timeout=_SECONDS) for process in running]
        texts = []
        for file in told:
            file.seek(0)
            texts.append(file.read())
            file.close()
        if codes != [0, 0]:
            raise AssertionError("\n".join(texts))
        return json.loads((Path(folder) / "found.json").read_text())


def _leave_pickle(design: Design, folder: Path) -> None:
    sparse = design.prune(PLAIN.model()).eval()
    answer = sparse(PLAIN.example).detach()
    try:
        (folder / f"{design.title}.pkl").write_bytes(pickle.dumps((sparse, answer)))
    except (RuntimeError, TypeError, pickle.PicklingError) as error:
        (folder / f"{design.title}.txt").write_text(str(error))


def _reads_pickle(design: Design, folder: Path) -> bool:
    file = folder / f"{design.title}.pkl"
    if not file.exists():
        return False
    sparse, answer = pickle.loads(file.read_bytes())
    same = torch.equal(sparse(PLAIN.example), answer)
    train(sparse.train(), PLAIN.example)
    return same and zero_in_forward(design, sparse, PLAIN)


def _trains_beside(design: Design, rank: int) -> bool:
    sparse = design.prune(PLAIN.model())
    model = nn.parallel.DistributedDataParallel(sparse)
    train(model, PLAIN.example[rank::2])
    mine = torch.cat([parameter.detach().flatten() for parameter in sparse.parameters()])
    both = [torch.empty_like(mine) for _ in range(2)]
    dist.all_gather(both, mine)
    return torch.equal(*both) and zero_in_forward(design, sparse, PLAIN)


def _main(rank: int, folder: Path) -> None:
    found = {f"pickle of {design.title}": _reads_pickle(design, folder) for design in DESIGNS}
    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    found |= {f"two processes with {design.title}": _trains_beside(design, rank) for design in DESIGNS}
    dist.destroy_process_group()
    if rank == 0:
        (folder / "found.json").write_text(json.dumps(found))


if __name__ == "__main__":
    _main(int(sys.argv[1]), Path(sys.argv[2]))
