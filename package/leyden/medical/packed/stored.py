"""A packed case: voxels in a file that are read where they are looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias, TypeVar, final
from zlib import crc32

import numpy as np
import torch

from leyden.errors import MedicalError
from leyden.items import Image, Item, Mask, Move, Size, map_items
from leyden.medical.packed.coding import decode
from leyden.medical.packed.header import Header, Source
from leyden.medical.packed.place import shifted, whole_shift
from leyden.medical.scan import Scan

__all__ = ["Norm", "Origin", "PackedCase", "checksum"]

_Sample = TypeVar("_Sample")

Norm: TypeAlias = Literal["nonzero", "none"]
"""What becomes of the values of a scan before anything else: `nonzero`: z-scores of what is not 0 in the whole volume,
channel by channel, zeros stay; `none`: they stay as they are."""


class Origin(NamedTuple):
    """Where a crop lay.

    Attributes:
        size: the full grid.
        start: the first voxel of the crop on it.
    """

    size: Size
    start: Size


@final
@dataclass(frozen=True)
class PackedCase:
    """One case in a packed file; holds its header, opens the file for each reading, and can be sent to processes.

    Args:
        path: of the file.
        header: what it says of itself.
    """

    path: Path
    header: Header

    @property
    def name(self) -> str:
        """Of the case."""
        return self.header.name

    @property
    def modalities(self) -> tuple[str, ...]:
        """What the channels show."""
        return tuple(channel.modality for channel in self.header.channels)

    @property
    def size(self) -> Size:
        """Of the crop that is stored."""
        return self.header.size

    @property
    def origin(self) -> Origin:
        """Where the crop lay on the grid of the scan."""
        return Origin(self.header.full, self.header.start)

    @property
    def error(self) -> float:
        """The largest distance of what is read from what was packed, in any channel; 0 where nothing was lost."""
        return max(channel.coding.error for channel in self.header.channels)

    def scan(self, norm: Norm = "none") -> Scan:
        """Read all of it."""
        return self.crop((0,) * len(self.size), self.size, norm=norm)

    def crop(self, start: Size, size: Size, *, norm: Norm = "none") -> Scan:
        """Read a window; only the pages of the file that it lies on are touched.

        Args:
            start: its first voxel, counted from that of the stored crop.
            size: voxels along each axis.
            norm: what becomes of the values; the statistics are those of the whole volume.

        Raises:
            MedicalError: the window does not lie within the case, or the file has changed since it was opened.
        """
        self._check_window(start, size)
        codes, labels = self._mapped
        window = tuple(slice(first, first + count) for first, count in zip(start, size, strict=True))
        data = np.empty((len(codes), *size), np.float32)
        for out, channel, held in zip(data, codes, self.header.channels, strict=True):
            shift, factor = (held.moments.mean, held.moments.factor) if norm == "nonzero" else (0.0, 1.0)
            decode(channel.view(held.coding.kind)[window], held.coding, shift=shift, factor=factor, out=out)
        place = shifted(self.header.affine, start)
        label = None
        if labels is not None:
            label = Mask(torch.from_numpy(labels[window].copy()), self.header.spacing, place)
        return Scan(Image(torch.from_numpy(data), self.header.spacing, place), label, self.modalities, self.name)

    def sketch(self) -> Scan:
        """Give the scan with its labels and its grid, and an image of nothing but zeros, which takes no memory.

        For what looks at the grid and the labels alone, such as the draw of a crop. The labels lie in the file and are
        read where they are looked at; writing to them changes nothing there.
        """
        _, labels = self._mapped
        blank = torch.zeros(()).expand(len(self.header.channels), *self.size)
        image = Image(blank, self.header.spacing, self.header.affine)
        label = None
        if labels is not None:
            label = Mask(torch.from_numpy(labels), self.header.spacing, self.header.affine)
        return Scan(image, label, self.modalities, self.name)

    def restore(self, sample: _Sample) -> _Sample:
        """Put what lies on the grid of the crop back on the full grid; 0 and background around it.

        Args:
            sample: an item, or a tuple, list or dictionary of items.

        Raises:
            DrawError: an item is on another grid.
        """
        move = Move(whole_shift(self.header.start), self.size, self.header.full, "zeros")

        def back(item: Item) -> Item:
            return item.warp(move)

        return map_items(back, sample)

    def check(self) -> None:
        """Read all voxels and compare their checksum.

        Raises:
            MedicalError: the file is damaged.
        """
        codes, labels = self._mapped
        if checksum(codes, labels) != self.header.checksum:
            raise MedicalError(f"{self.path} is damaged: its voxels are not those written; pack {self.name!r} again")

    def changed(self) -> tuple[Source, ...]:
        """List the files it was made of that are no longer what they were, as they are now; -1 bytes if not there."""
        now = (Source.of(each.path, each.frames) for each in self.header.sources)
        return tuple(new for new, old in zip(now, self.header.sources, strict=True) if new != old)

    @property
    def _mapped(self) -> tuple[np.ndarray, np.ndarray | None]:
        """The codes and the labels, mapped into memory anew, so that no file stays open and none is sent anywhere."""
        header, head = self.header, self.header.encoded
        try:
            mapped = np.memmap(self.path, np.uint8, mode="c")
        except (OSError, ValueError) as error:
            raise MedicalError(f"{self.path} cannot be read ({error}); pack {self.name!r} again") from error
        if len(mapped) != header.bytes or bytes(mapped[: len(head)]) != head:
            raise MedicalError(f"{self.path} has been packed anew since this was opened; open its folder again")
        voxels, count = prod(self.size), len(header.channels)
        end = len(head) + 2 * voxels * count
        codes = np.asarray(mapped[len(head) : end]).view("<i2").reshape(count, *self.size)
        return codes, np.asarray(mapped[end:]).reshape(self.size) if header.labelled else None

    def _check_window(self, start: Size, size: Size) -> None:
        fits = len(start) == len(size) == len(self.size)
        if not fits or any(
            first < 0 or count < 1 or first + count > whole
            for first, count, whole in zip(start, size, self.size, strict=True)
        ):
            raise MedicalError(
                f"a window of {size} voxels from {start} does not lie within {self.name!r}, which has {self.size}"
            )

    def __repr__(self) -> str:
        grids = [" x ".join(map(str, size)) for size in (self.size, self.header.full)]
        return f"PackedCase({self.name!r}, {', '.join(self.modalities)}, {grids[0]} of {grids[1]})"


def checksum(codes: Iterable[np.ndarray], labels: np.ndarray | None) -> int:
    """Give the CRC-32 of all voxels.

    Args:
        codes: 16-bit ones, `z y x` a channel.
        labels: bytes, `z y x`, if any.
    """
    found = 0
    for layer in (*codes, *(() if labels is None else (labels,))):
        found = crc32(np.ascontiguousarray(layer).data, found)
    return found
