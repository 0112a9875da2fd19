"""One importer in a process of its own, asked over standard input: `python bench/onnx_child.py NAME`.

Every line in is a request, every line out its answer; bench/onnx_import.py asks two of them in turn. NAME is one of
`onnx_peer.IMPORTERS`, or `original`: the network itself, as it was written.
"""

import json
import os
import sys
import time
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor, nn

from onnx_peer import importer

__all__ = ["ANSWERS", "peak"]

SMALL = '<ir_version: 8, opset_import: ["" : 17]> g (float[1] x) => (float[1] y) { y = Relu(x) }'


@cache
def load() -> Callable[[str], nn.Module]:
    """What makes a network of the path of a file, or of the name of one that was written here."""
    name = sys.argv[1]
    if name == "original":
        networks = __import__("onnx_networks")
        subjects = {**networks.NETWORKS, "large": networks.LARGE}
        return lambda path: subjects[Path(path).stem.rpartition("-")[0]].network()
    convert = importer(name)
    return lambda path: convert(path).eval()


@cache
def network(path: str) -> nn.Module:
    """The network of a file, imported once."""
    return load()(path)


@cache
def example(path: str) -> Tensor:
    """The input of a file: always the same numbers."""
    value = onnx.load(path, load_external_data=False).graph.input[0]
    shape = [axis.dim_value for axis in value.type.tensor_type.shape.dim]
    return torch.randn(shape, generator=torch.Generator().manual_seed(1))


def imports(path: str, count: int) -> dict[str, Any]:
    """Seconds of the processor to import a file; of the least of some."""
    spent = []
    for _ in range(count):
        began = time.process_time()
        load()(path)
        spent.append(time.process_time() - began)
    return {"seconds": min(spent)}


def times(path: str, count: int) -> dict[str, Any]:
    """Seconds of the processor for an inference."""
    called, given = network(path), example(path)
    with torch.inference_mode():
        called(given)
        began = time.process_time()
        for _ in range(count):
            called(given)
        return {"seconds": (time.process_time() - began) / count}


def gives(path: str, count: int) -> dict[str, Any]:
    """Where the output lies, with how many numbers the network trains and how many it holds."""
    with torch.no_grad():
        output = network(path)(example(path))
    place = f"{path}.{sys.argv[1]}.pt"
    torch.save(output[0] if isinstance(output, list | tuple) else output, place)
    held = {id(tensor.untyped_storage()): tensor for tensor in (*network(path).parameters(), *network(path).buffers())}
    trained = {parameter for parameter in network(path).parameters() if parameter.requires_grad}
    return {
        "file": place, "trained": sum(parameter.numel() for parameter in trained),
        "held": sum(tensor.numel() for tensor in held.values() if tensor.is_floating_point()),
    }  # fmt: skip


def compiles(path: str, count: int) -> dict[str, Any]:
    """The largest difference that torch.compile makes, of the whole as one graph."""
    called, given = network(path), example(path)
    compiled = torch.compile(called, fullgraph=True, backend="inductor" if count else "aot_eager")
    with torch.no_grad():
        return {"difference": float((compiled(given) - called(given)).abs().max())}


def exports(path: str, count: int) -> dict[str, Any]:
    """The largest difference that torch.export makes."""
    called, given = network(path), example(path)
    with torch.no_grad():
        exported = torch.export.export(called, (given,)).module()
        return {"difference": float((exported(given) - called(given)).abs().max())}


def weighs(path: str, count: int) -> dict[str, Any]:
    """The most memory that the whole process has held once it has imported a file, GB."""
    kept = load()(path)
    return {"gigabytes": peak() / 1e9, "layers": len(list(kept.modules()))}


def remembers(path: str, count: int) -> dict[str, Any]:
    """The most memory that an import takes on top of what the process holds, by the size of the file."""
    small = Path(f"{path}.small")
    onnx.save(onnx.parser.parse_model(SMALL), small)
    load()(str(small))  # what is set up at the first import is not the file's
    small.unlink()
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # resets the peak
    before = peak()
    kept = load()(path)
    return {"ratio": (peak() - before) / Path(path).stat().st_size, "layers": len(list(kept.modules()))}


def peak() -> int:
    """The most memory that the process has held since its peak was reset, in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


ANSWERS: dict[str, Callable[[str, int], dict[str, Any]]] = {
    "import": imports, "time": times, "give": gives, "compile": compiles, "export": exports, "memory": remembers,
    "weigh": weighs,
}  # fmt: skip


def main() -> None:
    """Answers until nobody asks."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not come between the answers
    load()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = ANSWERS[request["what"]](request["file"], request["count"])
        except Exception as error:  # that it fails is the answer
            answer = {"fault": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"}
        answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
