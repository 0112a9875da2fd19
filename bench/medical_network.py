"""A training step and a forward pass of small networks on the processor: plain float32 beside what leyden picks.

One thread, processor time, both asked in turn; the ratio is the median over the turns. A step is forward, backward and
AdamW, on one volume with four modalities and three regions. The gradients of leyden's precision must point where those
of float32 do, and the file that onnxruntime runs must give what the network gives. With OpenVINO's provider, which is
in an environment of its own (`bench/medical_openvino.py`), a row without a bar is one of a file that does not: OpenVINO
adds up the variance of an instance norm in one float32 a channel. A group norm of one channel a group is the same norm,
but is written over another shape, and there it is added up in parts.
"""

import copy
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
import torch
from torch import Tensor, nn

from data import ROOT
from leyden import onnx
from leyden.medical.network import segresnet
from leyden.train.overlap import dice_and_cross_entropy
from leyden.train.speed import Precision, fastest
from leyden.vision.unets import unet

OPENVINO = ROOT / ".openvino" / "bin" / "python"
COSINE = 0.99
PARITY = 1e-4
TURNS = 5

Step = Callable[[], None]
Clock = Callable[[], float]
"""What takes a step and gives its processor seconds."""
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


def timed(step: Step) -> Clock:
    """The processor seconds of a step in this process."""

    def clock() -> float:
        begun = time.process_time()
        step()
        return time.process_time() - begun

    return clock


def turns(ours: Clock, theirs: Clock) -> tuple[float, float, float]:
    """Median processor seconds of both, and the median of the ratios theirs / ours."""
    ours()
    theirs()
    seconds = [(ours(), theirs()) for _ in range(TURNS)]
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
    steps = (step_of(network, images, truth, way), step_of(network, images, truth, Precision()))
    ours, theirs, ratio = turns(timed(steps[0]), timed(steps[1]))
    what = f"training step, {name}, {way} (gradient cosine {cosine:.4f})"
    bar = "at least 4.0" if "notebook" not in name else ""
    return {"what": what, "leyden": _ms(ours), "peer": _ms(theirs), "ratio": f"{ratio:.1f}x", "bar": bar}


def exported(name: str, network: nn.Module, side: int, folder: Path) -> Path:
    """The network as a file that takes volumes of any size."""
    path = folder / "net.onnx"
    axes = {0: "batch", 2: "z", 3: "y", 4: "columns"}
    parameter = "x" if "SegResNet" in name else "images"
    half: dict[str, tuple[int, int]] = dict.fromkeys(("z", "y", "columns"), (side // 2, side))
    example = torch.zeros(1, 4, side // 2, side // 2, side // 2)
    onnx.export(network, example, path, dynamic={parameter: axes}, sizes=half, batch_sizes=(1,))
    return path


def largest_difference(network: nn.Module, served: Callable[[Tensor], np.ndarray], side: int) -> float:
    """Between a network and its file, on two shapes."""
    gap = 0.0
    with torch.no_grad():
        for size in ((side,) * 3, (side // 2, side, side * 3 // 4)):
            images = torch.randn(1, 4, *size, generator=torch.Generator().manual_seed(2))
            gap = max(gap, float((network(images) - torch.from_numpy(served(images))).abs().max()))
    return gap


def forward(network: nn.Module, images: Tensor) -> Step:
    """A forward pass."""

    def step() -> None:
        with torch.no_grad():
            network(images)

    return step


def inference(name: str, network: nn.Module, side: int, folder: Path) -> Iterator[Row]:
    """A forward pass in onnxruntime beside torch's in float32, equal on two shapes: the file, and as slices."""
    path = exported(name, network.eval(), side, folder)
    for source, how, bar in ((path, "", ""), (onnx.as_slices(path), " as slices", "at least 2.0")):
        yield forward_row(f"forward pass in onnxruntime{how}, {name}", network, source, side) | {"bar": bar}


def forward_row(what: str, network: nn.Module, source: Path | bytes, side: int) -> Row:
    """One file beside its network."""
    session = onnx.Session(source, threads=1)
    gap = largest_difference(network, lambda images: session(images)[0], side)
    assert gap <= PARITY, f"{what}: differs by {gap:.1e}"
    images = torch.randn(1, 4, side, side, side)

    def ours() -> None:
        session(images)

    ours_ms, theirs_ms, ratio = turns(timed(ours), timed(forward(network, images)))
    what = f"{what} (largest difference {gap:.0e})"
    return {"what": what, "leyden": _ms(ours_ms), "peer": _ms(theirs_ms), "ratio": f"{ratio:.1f}x"}


@contextmanager
def openvino(path: Path) -> Iterator[Callable[[Tensor], tuple[np.ndarray, float]]]:
    """What runs a file in a process of OpenVINO's environment, and gives the answer and its processor seconds."""
    child = [str(OPENVINO), str(ROOT / "bench" / "medical_openvino.py"), sysconfig.get_path("purelib"), str(path)]
    given = path.with_suffix(".npy")
    with subprocess.Popen(child, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        asks, answers = peer.stdin, peer.stdout
        assert asks is not None
        assert answers is not None

        def asked(images: Tensor) -> tuple[np.ndarray, float]:
            np.save(given, images.numpy())
            asks.write(f"{given}\n")
            asks.flush()
            seconds = float(answers.readline())
            return np.load(given.with_suffix(".answer.npy")), seconds

        yield asked
        asks.close()


def grouped(network: nn.Module) -> nn.Module | None:
    """A copy with a group norm of one channel a group for each instance norm; None where there are none."""
    network = copy.deepcopy(network)
    found = [(name, module) for name, module in network.named_modules() if isinstance(module, nn.InstanceNorm3d)]
    for name, module in found:
        norm = nn.GroupNorm(module.num_features, module.num_features, eps=module.eps)
        norm.load_state_dict(module.state_dict())
        network.set_submodule(name, norm)
    return network.eval() if found else None


def openvino_rows(name: str, network: nn.Module, side: int, folder: Path) -> Iterator[Row]:
    """A forward pass with OpenVINO's provider beside torch's in float32, with a bar where they are equal."""
    network = network.eval()
    images = torch.randn(1, 4, side, side, side)
    for written, how in ((network, ""), (grouped(network), ", group norms of one channel")):
        if written is None:
            continue
        with openvino(exported(name, written, side, folder)) as asked:
            gap = largest_difference(network, lambda images: asked(images)[0], side)
            ours, theirs, ratio = turns(lambda: asked(images)[1], timed(forward(network, images)))
        what = f"forward pass in onnxruntime with OpenVINO, {name}{how} (largest difference {gap:.0e})"
        bar = "at least 2.0" if gap <= PARITY else ""
        yield {"what": what, "leyden": _ms(ours), "peer": _ms(theirs), "ratio": f"{ratio:.1f}x", "bar": bar}


def rows() -> list[Row]:
    """What is compared, in milliseconds of one thread."""
    torch.set_num_threads(1)
    found = [training(name, network, side) for name, (network, side) in networks().items()]
    with tempfile.TemporaryDirectory() as folder:
        for name, (network, side) in networks().items():
            if side == 64:
                found.extend(inference(name, network, side, Path(folder)))
        for name, (network, side) in networks().items():
            if side == 64:
                found.extend(openvino_rows(name, network, side, Path(folder)))
    return found


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.0f} ms"


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row.values()))
