"""One scan into one packed file."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from leyden.errors import MedicalError
from leyden.items import Mask
from leyden.medical.labelling import Scheme
from leyden.medical.packed.coding import encode
from leyden.medical.packed.header import Channel, Header, Source
from leyden.medical.packed.moments import moments
from leyden.medical.packed.place import array_of, shifted, shown_box
from leyden.medical.packed.stored import PackedCase, checksum
from leyden.medical.scan import Scan
from leyden.medical.volume.storing import replacing

__all__ = ["Coded", "check_scan", "coded", "write_case"]


class Coded(NamedTuple):
    """A scan as it goes into a file.

    Attributes:
        header: of the file.
        voxels: what follows it, in order.
    """

    header: Header
    voxels: Sequence[np.ndarray]


def write_case(case: Coded, path: Path) -> PackedCase:
    """Write a case; the file takes its name once it is whole.

    Args:
        case: what to write.
        path: of the file; one that is there is replaced.

    Raises:
        MedicalError: the folder is not there, or cannot be written to.
        DiskFull: there is no room; nothing is left behind.
    """
    with replacing(path, case.header.bytes) as part, part.open("wb") as file:
        file.write(case.header.encoded)
        for each in case.voxels:
            file.write(each.data)
    return PackedCase(path, case.header)


def coded(scan: Scan, *, subject: str = "", scheme: Scheme | None = None, sources: Sequence[Source] = ()) -> Coded:
    """Cut a scan to the smallest box that holds what it shows, and give its codes.

    Args:
        scan: a volume on the processor.
        subject: whose it is.
        scheme: what its labels mean.
        sources: the files that it was made of.

    Raises:
        MedicalError: a picture, values that are no finite number, or labels that are no bytes; all of it at once.
    """
    check_scan(scan)
    start, size = shown_box(scan)
    window = tuple(slice(first, first + count) for first, count in zip(start, size, strict=True))
    channels, voxels = list[Channel](), list[np.ndarray]()
    for modality, data in zip(scan.modalities, scan.image.data, strict=True):
        codes, channel = _channel(modality, array_of(data[window]))
        channels.append(channel)
        voxels.append(np.ascontiguousarray(codes))
    labels = None if scan.label is None else np.ascontiguousarray(scan.label.data[window].numpy().astype(np.uint8))
    header = Header(
        name=scan.name,
        size=size,
        start=start,
        full=tuple(scan.image.data.shape[1:]),
        affine=shifted(scan.image.affine, start),
        spacing=scan.image.spacing,
        channels=tuple(channels),
        labelled=labels is not None,
        checksum=checksum(voxels, labels),
        subject=subject or scan.name,
        scheme=scheme,
        sources=tuple(sources),
    )
    return Coded(header, voxels if labels is None else [*voxels, labels])


def _channel(modality: str, values: np.ndarray) -> tuple[np.ndarray, Channel]:
    codes, coding = encode(values)
    return codes, Channel(modality, coding, moments(values))


def check_scan(scan: Scan) -> None:
    """Say all that is wrong with a scan at once.

    Raises:
        MedicalError: no volume, other channels than modalities, no finite numbers, or labels that do not fit.
    """
    data, faults = scan.image.data, []
    if data.ndim != 4:
        faults.append(f"a picture of {data.ndim - 1} axes, where a volume is wanted")
    if len(scan.modalities) != len(data):
        faults.append(f"{len(data)} channels, but the modalities {', '.join(scan.modalities)}")
    for modality, channel in zip(scan.modalities, data, strict=False):
        if count := int(channel.isfinite().logical_not().sum()):
            faults.append(f"{count:,} voxels of {modality} that are no finite number; clean them: torch.nan_to_num")
    if scan.label is not None:
        faults += _label_faults(scan.label, tuple(data.shape[1:]))
    if faults:
        raise MedicalError(f"case {scan.name!r} cannot be packed: {'; '.join(faults)}")


def _label_faults(label: Mask, size: tuple[int, ...]) -> list[str]:
    faults = []
    if label.size != size:
        faults.append(f"labels of {label.size} voxels on an image of {size}")
    low, high = (int(bound) for bound in label.data.aminmax())
    if low < 0 or high > 255:
        faults.append(f"labels from {low} to {high}, where a byte holds 0 to 255")
    return faults
