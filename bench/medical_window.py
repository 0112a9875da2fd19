"""A full case through a sliding window, beside monai.inferers.sliding_window_inference.

One case of 155 x 240 x 240 voxels and four modalities, normalised within the brain; a SegResNet of 8 first filters with
random weights; windows of 96, half of them shared, Gaussian blending, single precision, two threads. MONAI's batch of
windows is the best of 1, 2 and 4, found on the first 16 windows. Both run in turn, and must agree to 1e-4. On a machine
that is not idle, OMP_WAIT_POLICY=PASSIVE keeps threads that wait from being counted.
"""

import os
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

import torch
from monai.inferers.utils import sliding_window_inference
from monai.networks.nets.segresnet import SegResNet
from torch import Tensor

from data import Row
from leyden.medical import NonzeroZNorm
from leyden.medical.sliding import plan_windows
from leyden.medical.synthetic import phantom

__all__ = ["rows"]

SIZE, SIDE, OVERLAP = (155, 240, 240), 96, 0.5
WINDOW = (SIDE,) * 3
ROUNDS = 3
BATCHES = (1, 2, 4)
AGREE = 1e-4
BAR = 1.4
Network = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Taken:
    """What one run took, in seconds, and what it gave."""

    cpu: float
    wall: float
    answer: Tensor


def taken(run: Callable[[], Tensor]) -> Taken:
    """Run once."""
    cpu, wall = time.process_time(), time.perf_counter()
    answer = run()
    return Taken(time.process_time() - cpu, time.perf_counter() - wall, answer)


def monai(network: Network, image: Tensor, batch: int) -> Tensor:
    """MONAI's windows."""
    with torch.inference_mode():
        found = sliding_window_inference(image[None], WINDOW, batch, network, overlap=OVERLAP, mode="gaussian")
    assert isinstance(found, Tensor)
    return found[0]


def ours(network: Network, image: Tensor, batch: int = 1, *, fast: bool = True) -> Tensor:
    """The same windows here."""
    plan = plan_windows(image, window=WINDOW, overlap=OVERLAP, batch=batch)
    return plan.run(network, image, layout="fast" if fast else "plain")


def in_turn(leyden: Callable[[], Tensor], peer: Callable[[], Tensor], rounds: int) -> list[tuple[Taken, Taken]]:
    """Run both, round by round; they must agree."""
    pairs = [(taken(leyden), taken(peer)) for _ in range(rounds)]
    for one, other in pairs:
        torch.testing.assert_close(one.answer, other.answer, atol=AGREE, rtol=0)
    return pairs


def row(what: str, pairs: list[tuple[Taken, Taken]], kind: str, bar: str = "") -> Row:
    """A line of the table; the ratio says how much faster leyden is."""
    seconds = [(getattr(one, kind), getattr(other, kind)) for one, other in pairs]
    leyden, peer = (f"{median(each):.3g} s" for each in zip(*seconds, strict=True))
    ratio = median(other / one for one, other in seconds)
    return {"what": what, "leyden": leyden, "peer": peer, "ratio": f"{ratio:.3g}", "bar": bar}


def best_batch(network: Network, part: Tensor) -> int:
    """The number of windows at once that costs MONAI the least processor time."""
    return min(BATCHES, key=lambda batch: taken(lambda: monai(network, part, batch)).cpu)


def rows() -> Iterator[Row]:
    """The table, line by line."""
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    warnings.filterwarnings("ignore")  # MONAI's, of its own use of torch
    image = NonzeroZNorm()(torch.Generator(), phantom(0, size=SIZE).image).data
    part = image[:, :SIDE].contiguous()
    torch.manual_seed(0)
    network = SegResNet(spatial_dims=3, init_filters=8, in_channels=4, out_channels=3).eval()
    batch = best_batch(network, part)
    plan = plan_windows(image, window=WINDOW, overlap=OVERLAP)
    pairs = in_turn(lambda: ours(network, image), lambda: monai(network, image, batch), ROUNDS)
    told = f"a full case, {plan.count} windows of {SIDE}, {plan.empty} of them empty; MONAI in batches of {batch}"
    yield row(f"{told}: processor time", pairs, "cpu", f">= {BAR}")
    yield row(f"{told}: wall clock", pairs, "wall", f">= {BAR}")
    plain = in_turn(lambda: ours(network, part, fast=False), lambda: monai(network, part, batch), 1)
    yield row("16 of the windows, torch's own way through the network (layout plain): processor time", plain, "cpu")
    twos = in_turn(lambda: ours(network, part, 2), lambda: monai(network, part, batch), 1)
    yield row("16 of the windows, two at once: processor time", twos, "cpu")
    blending = in_turn(lambda: ours(copied, image), lambda: monai(copied, image, 1), ROUNDS)
    yield row("cutting and blending alone, a network that only copies: processor time", blending, "cpu")
    half = image.clone()
    half[..., SIZE[-1] // 2 :] = 0
    empty = plan_windows(half, window=WINDOW, overlap=OVERLAP).empty
    skipped = in_turn(lambda: ours(network, half[:, :SIDE]), lambda: monai(network, half[:, :SIDE], batch), 1)
    told = f"16 windows of a scan with nothing in one half, {empty} of {plan.count} empty"
    yield row(f"{told}: processor time", skipped, "cpu")


def copied(windows: Tensor) -> Tensor:
    """A network that costs next to nothing."""
    return windows[:, :3] * 1


if __name__ == "__main__":
    for each in rows():
        print(each, flush=True)
