"""A training item, from files and from a cache, and a resample with nothing to do; beside MONAI and torchio.

One case of 155 x 240 x 240 voxels, four modalities and a label, as BraTS 2021 lays them out: a synthetic tumour in a
real template. One thread; processor time; both asked in turn. MONAI does what its own brain-tumour tutorial does, with
a crop of 96; leyden the same work: oriented, at 1 mm, the labels as regions, z-scores of the brain, a crop, flips and
intensities.
"""

import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from monai import data as monai_data
from monai import transforms as monai

from data import ROOT, Row
from leyden.augment import (
    Brightness,
    ChannelGain,
    Flip,
    Identity,
    LabelCrop,
    Maybe,
    OneOf,
    Orientation,
    RandomCrop,
    Spacing,
    Transform,
)  # fmt: skip
from leyden.items import Image, Mask
from leyden.medical.case import Cases, cases_in
from leyden.medical.packed import PackedCases, Patch, pack
from leyden.medical.scan import Scan
from leyden.medical.synthetic import write_phantoms
from leyden.medical.target import Targets

__all__ = ["rows"]

PEERS = ROOT / ".medical-peers" / "bin" / "python"
SIZE, CROP = (155, 240, 240), 96
ROUNDS = 7
KEYS = ["image", "label"]
MODALITIES = ("t1", "t1ce", "t2", "flair")
FRAME = Orientation("RAS") | Spacing(1.0)
TAIL = Maybe(Flip("z")) | Maybe(Flip("y")) | Maybe(Flip("x")) | ChannelGain(0.1) | Brightness(0.1)
CROPS: dict[str, tuple[Transform, Any]] = {
    "anywhere": (RandomCrop(CROP), monai.RandSpatialCropd(KEYS, roi_size=(CROP,) * 3, random_size=False)),
    "half of them on a label": (
        OneOf(LabelCrop(CROP), LabelCrop(CROP, labels=(0,))),
        monai.RandCropByPosNegLabelDict(KEYS, label_key="label", spatial_size=(CROP,) * 3, pos=1, neg=1),
    ),
}
Run = Callable[[], Any]


@dataclass(frozen=True)
class Times:
    """Processor seconds of two in turn.

    Args:
        leyden: the median.
        peer: the median of the other.
        ratio: the median of the rounds' ratios.
    """

    leyden: float
    peer: float
    ratio: float


def in_turn(leyden: Callable[[], float], peer: Callable[[], float]) -> Times:
    """Time both in rounds; each gives the seconds of one run; the first run of each is left out."""
    leyden()
    peer()
    pairs = [(leyden(), peer()) for _ in range(ROUNDS)]
    return Times(*(median(each) for each in zip(*((a, b, a / b) for a, b in pairs), strict=True)))


def timed(run: Run, *, count: int = 1) -> Callable[[], float]:
    """What gives the processor seconds of a run, of the mean of some."""

    def seconds() -> float:
        begun = time.process_time()
        for _ in range(count):
            run()
        return (time.process_time() - begun) / count

    return seconds


def row(what: str, times: Times, bar: str) -> Row:
    """A line of the table."""
    leyden, peer = (f"{1000 * each:,.3g} ms" for each in (times.leyden, times.peer))
    return {"what": what, "leyden": leyden, "peer": peer, "ratio": f"{times.ratio:.3g}", "bar": bar}


def fixed() -> list[Any]:
    """MONAI's part without chance, as its tutorial writes it."""
    return [
        monai.LoadImaged(KEYS),
        monai.EnsureChannelFirstd("image"),
        monai.EnsureTyped(KEYS),
        monai.ConvertToMultiChannelBasedOnBratsClassesd("label"),
        monai.Orientationd(KEYS, axcodes="RAS"),
        monai.Spacingd(KEYS, pixdim=(1.0, 1.0, 1.0), mode=("bilinear", "nearest")),
        monai.NormalizeIntensityd("image", nonzero=True, channel_wise=True),
    ]


def chance(crop: Any) -> list[Any]:
    """MONAI's part with chance."""
    flips = [monai.RandFlipd(KEYS, prob=0.5, spatial_axis=axis) for axis in range(3)]
    scale = monai.RandScaleIntensityd("image", factors=0.1, prob=1.0)
    return [crop, *flips, scale, monai.RandShiftIntensityd("image", offsets=0.1, prob=1.0)]


def files_of(cases: Cases) -> dict[str, Any]:
    """The case as MONAI is told of it."""
    case = cases.cases[0]
    by_name = {series.modality: str(series.path) for series in case.images}
    return {"image": [by_name[name] for name in MODALITIES], "label": str(case.label)}


def check_fixed(cases: Cases, files: dict[str, Any]) -> None:
    """Compare what comes before chance, of the whole volume."""
    assert cases.scheme is not None, "the year of the challenge says which"
    scan = Patch(FRAME)(torch.Generator(), cases[0])
    image, regions = Targets(cases.scheme)(scan)
    made: Any = monai.Compose(fixed())(files)
    far = (image - made["image"].permute(0, 3, 2, 1)).abs().max().item()
    assert far <= 1e-4, f"normalised values differ by {far}"
    assert torch.equal(regions.float(), made["label"].permute(0, 3, 2, 1).float()), "regions differ"


def check_packed(cases: Cases, packed: PackedCases) -> None:
    """Compare what is read back with what was packed, and with it normalised, on the full grid."""
    case, scan = packed.cases[0], cases[0]
    back = packed.restore(0, packed[0])
    assert torch.equal(back.image.data, scan.image.data), "packing has lost something"
    assert back.label == scan.label, "packing has lost labels"
    whole = Patch(Identity())(torch.Generator(), scan).image.data
    assert torch.equal(case.restore(case.scan("nonzero")).image.data, whole), "other statistics"


def items(cases: Cases, source: Callable[[], Any], move: Transform) -> Run:
    """What makes one of leyden's items, regions and all."""
    assert cases.scheme is not None, "the year of the challenge says which"
    patch, targets, generator = Patch(move), Targets(cases.scheme), torch.Generator().manual_seed(0)

    def run() -> tuple[torch.Tensor, torch.Tensor]:
        image, regions = targets(patch(generator, source()))
        assert image.shape == (4, CROP, CROP, CROP)
        assert regions.shape == (3, CROP, CROP, CROP)
        return image, regions

    return run


def theirs(dataset: Any) -> Run:
    """What takes one item of a dataset of MONAI's."""

    def run() -> dict[str, Any]:
        item = dataset[0]
        item = item[0] if isinstance(item, list) else item
        assert item["image"].shape == (4, CROP, CROP, CROP)
        assert item["label"].shape == (3, CROP, CROP, CROP)
        return item

    return run


def from_files(cases: Cases, files: dict[str, Any]) -> Iterator[Row]:
    """A training item from compressed files."""
    check_fixed(cases, files)
    for name, (crop, their_crop) in CROPS.items():
        dataset = monai_data.Dataset([files], monai.Compose(fixed() + chance(their_crop)))
        ours = items(cases, lambda: cases[0], FRAME | crop | TAIL)
        times = in_turn(timed(ours), timed(theirs(dataset)))
        yield row(f"item from .nii.gz, crop {name}; MONAI eager", times, "<= .6")


def from_cache(cases: Cases, packed: PackedCases, files: dict[str, Any]) -> Iterator[Row]:
    """A training item from what is kept: our files, mapped into memory, and MONAI's tensors, in memory."""
    check_packed(cases, packed)
    for name, (crop, their_crop) in CROPS.items():
        ours = timed(items(cases, lambda: packed.cases[0], FRAME | crop | TAIL), count=5)
        for copied in (True, False):
            change = monai.Compose(fixed() + chance(their_crop))
            dataset = monai_data.CacheDataset([files], change, num_workers=1, progress=False, copy_cache=copied)
            mode = "MONAI CacheDataset" if copied else "the same with copy_cache=False, as no step here writes in place"
            times = in_turn(ours, timed(theirs(dataset), count=5))
            yield row(f"item from cache, crop {name}; {mode}", times, "<= .5" if copied else "")


def kept_bytes(packed: PackedCases, files: dict[str, Any], folder: Path) -> Row:
    """What a case takes on disk."""
    dataset: Any = monai_data.PersistentDataset([files], monai.Compose(fixed()), cache_dir=folder / "persistent")
    assert dataset[0]["image"].shape == (4, *SIZE[::-1])
    size = sum(path.stat().st_size for path in (folder / "persistent").iterdir())
    ours = packed.bytes
    assert ours == sum(path.stat().st_size for path in packed.folder.iterdir())
    return {
        "what": "cache, bytes a case; MONAI PersistentDataset",
        "leyden": f"{ours / 1e6:,.1f} MB",
        "peer": f"{size / 1e6:,.1f} MB",
        "ratio": f"{ours / size:.3g}",
        "bar": "<= .16, <= 40 MB",
    }


@contextmanager
def torchio(path: Path) -> Iterator[Callable[[], float]]:
    """What asks a process of the peers' environment for one run, and gives its processor seconds."""
    child = [str(PEERS), str(ROOT / "bench" / "medical_torchio.py"), str(path)]
    with subprocess.Popen(child, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        asks, answers = peer.stdin, peer.stdout
        assert asks is not None
        assert answers is not None

        def asked() -> float:
            asks.write("go\n")
            asks.flush()
            return float(answers.readline())

        yield asked
        asks.close()


def idle(scan: Scan, folder: Path) -> Row:
    """A resample with nothing to do: a canonical volume of 1 mm, in memory, oriented and brought to 1 mm."""
    label = scan.label
    assert label is not None
    axes = ((0.0, 0.0, 1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    scan = scan._replace(image=Image(scan.image.data, affine=axes), label=Mask(label.data, affine=axes))
    draw = FRAME.draw(torch.Generator(), scan)
    assert draw(scan) == scan
    assert draw.resamples == 0
    path = folder / "canonical.npz"
    image, codes = scan.image.data.permute(0, 3, 2, 1), label.data.permute(2, 1, 0)
    np.savez(path, image=image.contiguous(), label=codes.contiguous(), affine=np.eye(4))
    with torchio(path) as asked:
        times = in_turn(timed(lambda: FRAME(torch.Generator(), scan), count=5), asked)
    return row("resample with nothing to do; torchio ToCanonical and Resample", times, "costs nothing")


def rows() -> Iterator[Row]:
    """All of it; about two minutes."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MONAI's, about its own ways
        folder = Path(name)
        cases = cases_in(write_phantoms(folder / "brats", 1, size=SIZE, layout="brats"), scheme="brats21")
        files, packed = files_of(cases), pack(cases, folder / "packed")
        yield from from_files(cases, files)
        yield from from_cache(cases, packed, files)
        yield kept_bytes(packed, files, folder)
        yield idle(cases[0], folder)


if __name__ == "__main__":
    for each in rows():
        sys.stdout.write(f"{each}\n")
        sys.stdout.flush()
