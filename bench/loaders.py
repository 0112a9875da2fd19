"""One loader in a process of its own, asked over standard input: `python loaders.py NAME FOLDER`.

Every line in is a request (`{"images": 320, "what": "epoch"}`), every line out its answer. A process holds one loader,
so that what it costs in memory and what it leaves behind can be told apart; torch's loaders keep their workers between
epochs. `bench/data.py` asks two of them in turn.
"""

import gc
import importlib
import json
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch

from work import Jpegs, loaded

__all__ = ["LOADERS", "answer"]

BATCH = 32
WORKERS = 2
Loader = Iterable[Any]


def leyden_threads(data: Jpegs, folder: Path) -> Loader:
    ly = importlib.import_module("leyden")
    return data | ly.data.batch(BATCH) | ly.data.parallel(WORKERS)


def leyden_processes(data: Jpegs, folder: Path) -> Loader:
    ly = importlib.import_module("leyden")
    return data | ly.data.batch(BATCH) | ly.data.parallel(WORKERS, kind="processes")


def torch_loader(data: Jpegs, folder: Path) -> Loader:
    return torch.utils.data.DataLoader(data, BATCH, num_workers=WORKERS, persistent_workers=True)


def torchdata_stateful(data: Jpegs, folder: Path) -> Loader:
    module = importlib.import_module("torchdata.stateful_dataloader")
    return module.StatefulDataLoader(data, BATCH, num_workers=WORKERS, persistent_workers=True)


def monai_threads(data: Jpegs, folder: Path) -> Loader:
    module = importlib.import_module("monai.data")
    return module.ThreadDataLoader(data, batch_size=BATCH, num_workers=WORKERS, use_thread_workers=True)


def hf_datasets(data: Jpegs, folder: Path) -> Loader:
    module = importlib.import_module("datasets")

    def read(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
        pairs = [data[index] for index in rows["index"]]
        return {"image": [image for image, _ in pairs], "index": [index for _, index in pairs]}

    table = module.Dataset.from_dict({"index": list(range(len(data)))}).with_transform(read)
    loader = torch.utils.data.DataLoader(table, BATCH, num_workers=WORKERS, persistent_workers=True)
    return _Pairs(loader)


class _Pairs:
    """Batches that come as dicts, as the pairs of all others."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader

    def __iter__(self) -> Any:
        return ((batch["image"], batch["index"]) for batch in self.loader)


def web_dataset(data: Jpegs, folder: Path) -> Loader:
    """Two tars, one a worker, written once."""
    module = importlib.import_module("webdataset")
    shards = []
    for worker in range(WORKERS):
        shard = folder / f"{len(data)}-{worker}.tar"
        shards.append(str(shard))
        if not shard.exists():
            with module.TarWriter(str(shard)) as writer:
                for index in range(worker, len(data), WORKERS):
                    content = Path(data.paths[index]).read_bytes()
                    writer.write({"__key__": f"{index:06}", "jpg": content, "cls": str(index).encode()})
    read = module.WebDataset(shards, shardshuffle=False, nodesplitter=None).map(_web_sample).batched(BATCH)
    return module.WebLoader(read, batch_size=None, num_workers=WORKERS, persistent_workers=True)


def _web_sample(sample: dict[str, Any]) -> tuple[torch.Tensor, int]:
    return loaded(sample["jpg"], int(sample["cls"]))


def lit_data(data: Jpegs, folder: Path) -> Loader:
    """Chunks written once."""
    module = importlib.import_module("litdata")
    chunks = folder / f"{len(data)}-chunks"
    if not chunks.exists():
        content = [(Path(path).read_bytes(), index) for index, path in enumerate(data.paths)]
        module.optimize(_same, content, str(chunks), chunk_bytes="16MB", num_workers=1)
    streaming = module.StreamingDataset(str(chunks), transform=_lit_sample)
    return module.StreamingDataLoader(streaming, batch_size=BATCH, num_workers=WORKERS, persistent_workers=True)


def _same(pair: tuple[bytes, int]) -> tuple[bytes, int]:
    return pair


def _lit_sample(pair: tuple[bytes, int]) -> tuple[torch.Tensor, int]:
    return loaded(*pair)


LOADERS: dict[str, Callable[[Jpegs, Path], Loader]] = {
    "leyden, threads": leyden_threads,
    "leyden, processes": leyden_processes,
    "torch DataLoader": torch_loader,
    "torchdata StatefulDataLoader": torchdata_stateful,
    "MONAI ThreadDataLoader": monai_threads,
    "Hugging Face datasets": hf_datasets,
    "webdataset": web_dataset,
    "litdata": lit_data,
}


def answer(name: str, folder: Path, request: dict[str, Any], kept: dict[int, Loader]) -> dict[str, Any]:
    """What one request measures: `digest`, `epoch`, `first`, `memory` or `left`."""
    count = request["images"]
    files = sorted(str(path) for path in (folder / "jpeg").iterdir())
    paths = [files[index % len(files)] for index in range(count)]
    if request["what"] == "first":
        return _first(LOADERS[name], Jpegs(paths), folder)
    if request["what"] == "left":
        return _left(LOADERS[name], Jpegs(paths, broken=True), folder)
    if count not in kept:
        kept[count] = LOADERS[name](Jpegs(paths), folder)
    return {"digest": _digest, "epoch": _epoch, "memory": _memory}[request["what"]](kept[count])


def _digest(loader: Loader) -> dict[str, Any]:
    sums: dict[int, float] = {}
    for images, indices in loader:
        sums |= dict(zip(torch.as_tensor(indices).tolist(), images.double().sum((1, 2, 3)).tolist(), strict=True))
    return {"digest": round(sum((index % 97 + 1) * value for index, value in sums.items()), 3), "count": len(sums)}


def _epoch(loader: Loader) -> dict[str, Any]:
    start = time.perf_counter()
    count = sum(len(indices) for _, indices in loader)
    return {"seconds": time.perf_counter() - start, "count": count}


def _first(make: Callable[[Jpegs, Path], Loader], data: Jpegs, folder: Path) -> dict[str, Any]:
    start = time.perf_counter()
    batches = iter(make(data, folder))
    _, indices = next(batches)
    seconds = time.perf_counter() - start
    del batches
    gc.collect()
    return {"seconds": seconds, "count": len(indices)}


def _memory(loader: Loader) -> dict[str, Any]:
    """The most that the workers hold beside this process, in MiB, looked at after every batch."""
    most = 0.0
    for _ in loader:
        most = max(most, sum(_private(child.pid) for child in multiprocessing.active_children()))
    return {"mebibytes": most}


def _private(process: int | None) -> float:
    """Memory that a process has for itself alone."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:  # it ended meanwhile
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def _left(make: Callable[[Jpegs, Path], Loader], data: Jpegs, folder: Path) -> dict[str, Any]:
    """Threads and processes that are there after an error and were not before."""
    before = _alive()
    start = time.perf_counter()
    said = ""
    try:
        for _ in make(data, folder):
            pass
    except Exception as error:  # each library raises another kind
        said = str(error)
    seconds = time.perf_counter() - start
    gc.collect()
    time.sleep(0.2)
    return {"left": _alive() - before, "named": f"{len(data) // 2}" in said, "seconds": seconds}


def _alive() -> int:
    return threading.active_count() + len(multiprocessing.active_children())


def main() -> None:
    """Answers requests until standard input ends."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    kept: dict[int, Loader] = {}
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # libraries that print would spoil the answers
    for line in sys.stdin:
        out.write(json.dumps(answer(name, folder, json.loads(line), kept)) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
