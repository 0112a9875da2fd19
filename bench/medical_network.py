"""A training step and a forward pass of small networks on the processor: plain float32 beside what leyden picks.

One thread, processor time, both asked in turn; the ratio is the median over the turns. A step is forward, backward and
AdamW, on one volume with four modalities and three regions. The gradients of leyden's precision must point where those
of float32 do, and the file that onnxruntime runs must give what the network gives.
"""

import copy
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import torch
from torch import Tensor, nn

from leyden import onnx
from leyden.medical.network import segresnet
from leyden.train.overlap import dice_and_cross_entropy
from leyden.train.speed import Precision, fastest
from leyden.vision.unets import unet

COSINE = 0.99
PARITY = 1e-4
TURNS = 5

Step = Callable[[], None]
Row = dict[str, str]


def networks() -> dict[str, tuple[nn.Module, int]]:
    """By name: a network and the side of its volume."""
    torch.manual_seed(0)
    widths = (8, 16, 32, 64)
    return {
        "SegResNet, 8 channels, 64^3": (segresnet(width=8, dropout=0.0), 64),
        "SegResNet, 8 channels, 48^3": (segresnet(width=8, dropout=0.0), 48),
        "U-Net, 8 channels, 64^3": (unet(4, 3, widths=widths), 64),
        "U-Net, 8 channels, 48^3": (unet(4, 3, widths=widths), 48),
        "U-Net, stem of stride 2, 16 channels, 64^3": (unet(4, 3, widths=(16, 32, 64, 128), stem_stride=2), 64),
        "SegResNet, 16 channels, 64^3 (the notebook's)": (segresnet(dropout=0.0), 64),
    }


def turns(ours: Step, theirs: Step) -> tuple[float, float, float]:
    """Median processor seconds of both, and the median of the ratios theirs / ours."""
    ours()
    theirs()
    seconds: list[tuple[float, float]] = []
    for _ in range(TURNS):
        pair = []
        for one in (ours, theirs):
            start = time.process_time()
            one()
            pair.append(time.process_time() - start)
        seconds.append((pair[0], pair[1]))
    first, second = zip(*seconds, strict=True)
    return median(first), median(second), median(b / a for a, b in seconds)


def step_of(network: nn.Module, images: Tensor, truth: Tensor, way: Precision) -> Step:
    """A training step of a copy of the network."""
    network = copy.deepcopy(network).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)

    def step() -> None:
        with way.on():
            logits = network(images)
        optimizer.zero_grad()
        dice_and_cross_entropy(logits, truth).backward()
        optimizer.step()

    return step


def slope(network: nn.Module, images: Tensor, truth: Tensor, way: Precision) -> Tensor:
    """The gradient of all weights."""
    network = copy.deepcopy(network)
    with way.on():
        logits = network(images)
    dice_and_cross_entropy(logits, truth).backward()
    return torch.cat([weight.grad.flatten().double() for weight in network.parameters() if weight.grad is not None])


def training(name: str, network: nn.Module, side: int) -> Row:
    """One row: a training step."""
    generator = torch.Generator().manual_seed(1)
    images = torch.randn(1, 4, side, side, side, generator=generator)
    truth = (images[:, :3] > 1).byte()
    way = fastest(network, images).best
    slopes = [slope(network, images, truth, one) for one in (way, Precision())]
    cosine = float(nn.functional.cosine_similarity(slopes[0], slopes[1], dim=0))
    assert cosine > COSINE, f"{name}: the gradients in {way} point elsewhere: cosine {cosine:.4f}"
    ours, theirs, ratio = turns(step_of(network, images, truth, way), step_of(network, images, truth, Precision()))
    what = f"training step, {name}, {way} (gradient cosine {cosine:.4f})"
    bar = "at least 4.0" if "notebook" not in name else ""
    return {"what": what, "leyden": _ms(ours), "peer": _ms(theirs), "ratio": f"{ratio:.1f}x", "bar": bar}


def inference(name: str, network: nn.Module, side: int, folder: Path) -> Row:
    """One row: a forward pass in onnxruntime beside torch's in float32, equal on two shapes."""
    network = network.eval()
    path = folder / "net.onnx"
    axes = {0: "batch", 2: "z", 3: "y", 4: "columns"}
    parameter = "x" if "SegResNet" in name else "images"
    half: dict[str, tuple[int, int]] = dict.fromkeys(("z", "y", "columns"), (side // 2, side))
    example = torch.zeros(1, 4, side // 2, side // 2, side // 2)
    onnx.export(network, example, path, dynamic={parameter: axes}, sizes=half, batch_sizes=(1,))
    session = onnx.Session(path, threads=1)
    gap = 0.0
    with torch.no_grad():
        for size in ((side,) * 3, (side // 2, side, side * 3 // 4)):
            images = torch.randn(1, 4, *size, generator=torch.Generator().manual_seed(2))
            gap = max(gap, float((network(images) - torch.from_numpy(session(images)[0])).abs().max()))
    assert gap <= PARITY, f"{name}: onnxruntime differs by {gap:.1e}"
    images = torch.randn(1, 4, side, side, side)

    def theirs() -> None:
        with torch.no_grad():
            network(images)

    def ours() -> None:
        session(images)

    ours_ms, theirs_ms, ratio = turns(ours, theirs)
    what = f"forward pass in onnxruntime, {name} (largest difference {gap:.0e})"
    return {
        "what": what,
        "leyden": _ms(ours_ms),
        "peer": _ms(theirs_ms),
        "ratio": f"{ratio:.1f}x",
        "bar": "at least 2.0",
    }


def rows() -> list[Row]:
    """What is compared, in milliseconds of one thread."""
    torch.set_num_threads(1)
    found = [training(name, network, side) for name, (network, side) in networks().items()]
    with tempfile.TemporaryDirectory() as folder:
        for name, (network, side) in networks().items():
            if side == 64:
                found.append(inference(name, network, side, Path(folder)))
    return found


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.0f} ms"


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row.values()))
