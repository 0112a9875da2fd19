"""A training step of a masked ResNet-18 beside that of the dense one, and what `bake` and an export leave of masks."""

import math
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import final

import torch
from torch import Tensor, nn

from leyden.onnx import export, summary
from leyden.prune import Magnitude, Masked, bake, masks, prune
from mask_network import DESIGNS, resnet18, weights_used

__all__ = ["export_rows", "step_rows"]

Row = dict[str, str]

IMAGES = 16
SPARSITY = 0.8
BAR = 1.15
WARM = 3
"""Steps of each run that are not counted."""


@final
class Run:
    """A network in training, by SGD with momentum, always on the same batch.

    Args:
        network: it is trained.
        side: of an image, in pixels.
    """

    def __init__(self, network: nn.Module, side: int) -> None:
        generator = torch.Generator().manual_seed(0)
        self.network = network.train()
        self.images = torch.randn(IMAGES, 3, side, side, generator=generator)
        self.labels = torch.randint(1000, (IMAGES,), generator=generator)
        self.rule = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)

    def step(self) -> float:
        """Seconds of one step."""
        begun = time.perf_counter()
        self.rule.zero_grad()
        nn.functional.cross_entropy(self.network(self.images), self.labels).backward()
        self.rule.step()
        return time.perf_counter() - begun


def step_rows(*, rounds: dict[int, int]) -> Iterator[Row]:
    """Every design beside the dense network, and that beside itself, by size and threads.

    Args:
        rounds: how many steps of each, by the side of an image in pixels.
    """
    before = torch.get_num_threads()
    keep = masks(prune(resnet18(), Magnitude(SPARSITY)))
    for side, count in rounds.items():
        for threads in (1, 2):
            torch.set_num_threads(threads)
            for name in ("dense", *DESIGNS):
                yield {"pixels": f"{side} x {side}", "threads": str(threads)} | beside(name, keep, side, rounds=count)
    torch.set_num_threads(before)


def beside(name: str, keep: dict[str, Tensor], side: int, *, rounds: int) -> Row:
    """One design beside the dense network, a step each in turn: A B, B A, A B ..."""
    dense, masked = resnet18(), DESIGNS[name](resnet18(), keep) if name in DESIGNS else resnet18()
    runs = [Run(dense, side), Run(masked, side)]
    seconds: list[tuple[float, float]] = []
    for number in range(rounds + WARM):
        spent = [0.0, 0.0]
        for which in (0, 1) if number % 2 == 0 else (1, 0):
            spent[which] = runs[which].step()
        seconds.append((spent[0], spent[1]))
    check(masked, keep, pruned=name in DESIGNS)
    counted = seconds[WARM:]
    low, middle, high = statistics.quantiles([other / one for one, other in counted], n=4)
    one, other = (statistics.median(times) for times in zip(*counted, strict=True))
    return {
        "weights": name, "its step by the dense one's": f"{middle:.3f}",
        "give or take": f"{1.57 * (high - low) / math.sqrt(rounds):.3f}",
        "bar": f"{BAR}" if name == "leyden" else "", "a step, ms": f"{1e3 * other:.0f} and {1e3 * one:.0f}",
    }  # fmt: skip


def check(network: nn.Module, keep: dict[str, Tensor], *, pruned: bool) -> None:
    """The network has learned, and what was pruned is zero; of a dense one it is not.

    Raises:
        AssertionError: it is not so.
    """
    used, start = weights_used(network, keep), weights_used(resnet18(), keep)
    for path, mask in keep.items():
        assert not torch.equal(used[path][mask], start[path][mask]), path
        assert bool((used[path][~mask] == 0).all()) == pruned, path


def export_rows() -> Iterator[Row]:
    """What is left of masks in the dense network, the pruned one, the baked one, and in the ONNX file of each."""
    dense = resnet18().eval()
    pruned = prune(dense, Magnitude(SPARSITY))
    networks = {"dense": dense, "pruned": pruned, "baked": bake(pruned)}
    example = torch.zeros(1, 3, 64, 64)
    with tempfile.TemporaryDirectory() as folder:
        for name, network in networks.items():
            path = Path(folder) / f"{name}.onnx"
            export(network, example, path)
            found = summary(path)
            yield {
                "network": name,
                "layers of a mask's class": str(sum(isinstance(layer, Masked) for layer in network.modules())),
                "mask buffers": str(len(dict(network.named_buffers())) - len(dict(dense.named_buffers()))),
                "nodes in the file": str(len(found.nodes)),
                "Where": str(found.ops.get("Where", 0)), "Mul": str(found.ops.get("Mul", 0)),
                "zeros among its parameters": f"{100 * found.zeros:.1f} %",
            }  # fmt: skip
