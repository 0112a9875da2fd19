"""Loading data beside its peers: paired, interleaved, medians of ratios; writes docs/benchmarks/data.md.

Run it with `make bench`, on a machine that does nothing else. Every loader lives in a process of its own
(`bench/loaders.py`), peers in an environment of their own (`bench/peers.txt`). A round asks two loaders for the same
work, one after the other, and in the next round the other way about; a ratio is of one round. Before anything is timed,
all loaders must give the same pictures.
"""

import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import nibabel
import numpy as np
import torch
from PIL import Image

import leyden as ly
from loaders import LOADERS
from results import today

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks" / "data.md"
PEERS = ROOT / ".peers" / "bin" / "python"
SIZES = (320, 3200)
ROUNDS = 7
BASE = "torch DataLoader"
Row = dict[str, str]


class Child:
    """A loader in a process of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        python = sys.executable if name.startswith("leyden") else str(PEERS)
        place = folder / name.replace(" ", "-").replace(",", "")
        place.mkdir()
        (place / "jpeg").symlink_to(folder / "jpeg")
        command = [python, str(ROOT / "bench" / "loaders.py"), name, str(place)]
        pipe, log = subprocess.PIPE, (folder / f"{place.name}.log").open("w", encoding="utf-8")
        self.log = Path(log.name)
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=log, text=True, bufsize=1)

    def ask(self, what: str, images: int) -> dict[str, Any]:
        """One answer.

        Raises:
            RuntimeError: the loader failed; with the end of what it said.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"what": what, "images": images}) + "\n")
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.log.read_text(encoding="utf-8")[-2000:])
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)


def write_jpegs(folder: Path, count: int = 320) -> None:
    """Cuts of 500 x 375 pixels of real photographs, at another place each."""
    (folder / "jpeg").mkdir()
    names = [name for name in ly.assets.members("photos") if name.endswith((".png", ".jpg"))]
    pictures = [ly.data.read_image(ly.assets.read("photos", name)) for name in names]
    draw = np.random.default_rng(0)
    for index in range(count):
        picture = Image.fromarray(pictures[index % len(pictures)].permute(1, 2, 0).numpy())
        width, height = picture.size
        scale = max(500 / width, 375 / height, 1.0) * 1.2
        grown = picture.resize((round(width * scale), round(height * scale)), Image.Resampling.BICUBIC)
        left, top = int(draw.integers(0, grown.width - 499)), int(draw.integers(0, grown.height - 374))
        grown.crop((left, top, left + 500, top + 375)).save(folder / "jpeg" / f"{index:04}.jpg", quality=90)


def paired(one: Callable[[], float], other: Callable[[], float], *, rounds: int = ROUNDS) -> tuple[float, float, float]:
    """Median seconds of both, and the median of `other / one` by rounds: above 1, `one` is faster."""
    ones, others = [], []
    for number in range(rounds):
        for seconds, run in sorted([(0, one), (1, other)], key=lambda pair: (pair[0] + number) % 2):
            (others if seconds else ones).append(run())
    ratios = [b / a for a, b in zip(ones, others, strict=True)]
    return statistics.median(ones), statistics.median(others), statistics.median(ratios)


def loader_rows(folder: Path) -> Iterator[Row]:
    """Every loader against torch's, on both sizes."""
    with ExitStack() as stack:
        children = {name: stack.enter_context(Child(name, folder)) for name in LOADERS}
        agree(children)
        base = children[BASE]
        for name, child in children.items():
            row = {"loader": name}
            for images in SIZES if name.startswith("leyden") or child is base else SIZES[:1]:
                row |= against(child, base, images) if child is not base else alone(base, images)
            left = child.ask("left", SIZES[0])
            row["workers' memory, MiB"] = f"{child.ask('memory', SIZES[0])['mebibytes']:.0f}"
            row["left after an error"] = str(left["left"])
            row["error names the item"] = "yes" if left["named"] else "no"
            print(row, flush=True)
            yield row


def agree(children: dict[str, Child]) -> None:
    """All loaders give the same pictures.

    Raises:
        AssertionError: one gives others.
    """
    for images in SIZES:
        asked = [name for name in children if images == SIZES[0] or name.startswith("leyden") or name == BASE]
        found = {name: children[name].ask("digest", images) for name in asked}
        assert all(each["count"] == images for each in found.values()), found
        digests = [each["digest"] for each in found.values()]
        assert max(digests) - min(digests) <= 1e-6 * max(digests), found


def against(child: Child, base: Child, images: int) -> Row:
    """A loader beside torch's on one size: epochs with workers that already run, and the first batch of a new one."""
    ours, _, ratio = paired(lambda: child.ask("epoch", images)["seconds"], lambda: base.ask("epoch", images)["seconds"])
    first, _, sooner = paired(
        lambda: child.ask("first", images)["seconds"], lambda: base.ask("first", images)["seconds"]
    )
    return {
        f"{images}: images a second": f"{images / ours:.0f}",
        f"{images}: times torch": f"{ratio:.2f}",
        f"{images}: first batch, ms": f"{1e3 * first:.0f}",
        f"{images}: times sooner": f"{sooner:.2f}",
    }


def alone(base: Child, images: int) -> Row:
    """The loader that others are compared with."""
    seconds = statistics.median(base.ask("epoch", images)["seconds"] for _ in range(3))
    first = statistics.median(base.ask("first", images)["seconds"] for _ in range(3))
    return {
        f"{images}: images a second": f"{images / seconds:.0f}",
        f"{images}: times torch": "1",
        f"{images}: first batch, ms": f"{1e3 * first:.0f}",
        f"{images}: times sooner": "1",
    }


def timed(run: Callable[[], Any]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def reading_rows(folder: Path) -> Iterator[Row]:
    """Reading a compressed scan, and a JPEG that will shrink."""
    scan = folder / "scan.nii.gz"
    voxels = phantom()
    nibabel.save(nibabel.Nifti1Image(voxels, np.diag([1.0, 1.0, 1.0, 1.0])), scan)
    read = ly.data.read_volume(scan)
    assert np.array_equal(np.asarray(nibabel.Nifti1Image.from_filename(scan).dataobj), voxels)
    yield reading(
        "nii.gz, 240 x 240 x 155, 16 bit", "nibabel", lambda: ly.data.read_volume(scan), lambda: alone_scan(scan)
    )
    assert read.data.numel() == voxels.size
    large = folder / "large.jpg"
    mosaic(sorted((folder / "jpeg").iterdir())[:16]).save(large, quality=90)
    for factor in (2, 4):
        size = 1500 // factor
        difference = shrunk(ly.data.read_image(large, at_least=size), size) - shrunk(full(large), size)
        assert 10 * np.log10(255**2 / difference.square().mean().item()) > 30  # peak signal-to-noise ratio, dB
        yield reading(
            f"JPEG of 2000 x 1500, shrunk by {factor}", "Pillow, full decode",
            lambda size=size: shrunk(ly.data.read_image(large, at_least=size), size),
            lambda size=size: shrunk(full(large), size),
        )  # fmt: skip


def mosaic(paths: list[Path]) -> Image.Image:
    """Sixteen cuts of photographs as one picture of 2000 x 1500."""
    whole = Image.new("RGB", (2000, 1500))
    for number, path in enumerate(paths):
        with Image.open(path) as image:
            whole.paste(image, (number % 4 * 500, number // 4 * 375))
    return whole


def reading(what: str, peer: str, ours: Callable[[], Any], theirs: Callable[[], Any]) -> Row:
    """One reader beside one peer."""
    ours()
    theirs()
    one, other, ratio = paired(lambda: timed(ours), lambda: timed(theirs), rounds=11)
    row = {"what": what, "leyden, ms": f"{1e3 * one:.1f}", "peer": peer, "peer, ms": f"{1e3 * other:.1f}"}
    return row | {"peer's time by leyden's": f"{ratio:.2f}"}


def phantom() -> np.ndarray:
    """A head of noise in an empty field, as most scans are: 240 x 240 x 155."""
    draw = np.random.default_rng(0)
    axes = np.meshgrid(*(np.linspace(-1, 1, size) for size in (240, 240, 155)), indexing="ij", sparse=True)
    x, y, z = axes
    inside = (x / 0.7) ** 2 + (y / 0.85) ** 2 + (z / 0.75) ** 2 < 1
    return np.where(inside, draw.normal(400, 60, inside.shape), 0).astype(np.int16)


def alone_scan(scan: Path) -> torch.Tensor:
    """What one writes with nibabel alone."""
    return torch.from_numpy(np.asarray(nibabel.Nifti1Image.from_filename(scan).dataobj))


def full(path: Path) -> torch.Tensor:
    """What one writes with Pillow alone."""
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1).contiguous()


def shrunk(image: torch.Tensor, size: int) -> torch.Tensor:
    """The picture with its shorter side at `size`."""
    height, width = image.shape[-2:]
    scale = size / min(height, width)
    target = [round(height * scale), round(width * scale)]
    return torch.nn.functional.interpolate(image[None].float(), target, mode="bilinear", antialias=True)[0]


def overhead() -> float:
    """Microseconds that an empty pipe adds to every sample of a plain loop; the median of paired differences."""
    samples = list(range(100_000))
    pipe = samples | ly.data.map(same)

    def plain() -> None:
        for sample in samples:
            same(sample)

    def piped() -> None:
        for _ in pipe:
            pass

    plain()
    piped()
    return 1e6 * statistics.median(timed(piped) - timed(plain) for _ in range(11)) / len(samples)


def same(sample: int) -> int:
    """The step of an empty pipe."""
    return sample


def table(rows: list[Row]) -> str:
    """Rows as Markdown."""
    heads = list(rows[0])
    lines = [heads, ["---"] * len(heads), *([row.get(head, "") for head in heads] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


@contextmanager
def one_thread() -> Iterator[None]:
    """Readers are compared on one core."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def page(loaders: list[Row], readers: list[Row], extra: float) -> str:
    """What is written to docs."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"""# Loading data, beside its peers

Decoding JPEGs of 500 x 375 pixels and warping them to 224 x 224, in batches of 32, with two workers each. Every loader
lives in a process of its own and does the same work; before anything was timed, all gave the same pictures. Torch's
loaders keep their workers between epochs, and only epochs with running workers are timed; the first batch is that of a
new loader. Ratios to torch are medians over rounds in which two loaders were asked in turn; above 1 is better.

{table(loaders)}

Reading, on one core. The scan comes out the same to the last bit. A JPEG that will shrink is decoded at a smaller
scale, which differs from shrinking all of its pixels by a signal-to-noise ratio of 30 dB or more:

{table(readers)}

An empty pipe adds {extra:.1f} microseconds to every sample of a plain loop.

Measured on: {machine}, torch {torch.__version__}; {today()}. Run it: `make bench`.
"""


def main() -> None:
    """Measures everything, prints the page and writes it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_jpegs(folder)
        with one_thread():
            readers, extra = list(reading_rows(folder)), overhead()
        print(table(readers), extra, flush=True)
        text = page(list(loader_rows(folder)), readers, extra)
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
