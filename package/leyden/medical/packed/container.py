"""Packed cases as a container of scans."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import index as whole
from pathlib import Path
from typing import TypeVar, final, overload

from leyden.augment import Transform
from leyden.data import View, map_random
from leyden.errors import MedicalError
from leyden.medical.labelling import Scheme
from leyden.medical.packed.header import read_header
from leyden.medical.packed.patch import Patch
from leyden.medical.packed.stored import Norm, Origin, PackedCase
from leyden.medical.scan import Scan

__all__ = ["SUFFIX", "PackedCases", "packed_in"]

_Sample = TypeVar("_Sample")

SUFFIX = ".packed"
"""Of the files."""


@final
@dataclass(frozen=True, repr=False)
class PackedCases:
    """Cases in packed files: a container for `leyden.data` of the same scans as those packed, cut to what they show.

    Each file holds a header, then the voxels of the smallest box with all that is not 0 in any modality or label, in
    16 bits a modality and a byte a label. Mean and spread of the whole volume stand in the header, so that a part can
    be normalised as the whole. The container holds headers only, so it goes to worker processes in no time; what they
    read is shared between them by the system, which keeps the pages of the files in memory while there is room.

    Args:
        folder: where the files lie.
        cases: in order; `list(cases.cases) | map_random(Patch(...))` reads only parts of them, as `patches` does.

    Examples:
        >>> import tempfile
        >>> import torch
        >>> from leyden.items import Image
        >>> from leyden.medical.packed import pack
        >>> image = torch.zeros(2, 8, 8, 8)
        >>> image[:, 2:6, 2:6, 2:6] = 7.0
        >>> cases = pack([Scan(Image(image), None, ("t1", "t2"), "one")], tempfile.mkdtemp())
        >>> cases.cases[0], cases.origin(0)
        (PackedCase('one', t1, t2, 4 x 4 x 4 of 8 x 8 x 8), Origin(size=(8, 8, 8), start=(2, 2, 2)))
        >>> cases[0].image, cases.restore(0, cases[0].image)
        (Image(2 x 4 x 4 x 4, float32, 7..7), Image(2 x 8 x 8 x 8, float32, 0..7))
    """

    folder: Path
    cases: tuple[PackedCase, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """One a case."""
        return tuple(case.name for case in self.cases)

    @property
    def subjects(self) -> tuple[str, ...]:
        """The patient of each case: `leyden.data.split(cases, seed=0, groups=cases.subjects)` keeps them together."""
        return tuple(case.header.subject for case in self.cases)

    @property
    def modalities(self) -> tuple[str, ...]:
        """The channels of each scan, in order."""
        return self.cases[0].modalities if self.cases else ()

    @property
    def scheme(self) -> Scheme | None:
        """What the labels mean, if that was known when they were packed."""
        return self.cases[0].header.scheme if self.cases else None

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(case.header.bytes for case in self.cases)

    @property
    def fingerprint(self) -> str:
        """What tells these cases from others, for `leyden.data.cache`."""
        return " ".join(f"{case.name}:{case.header.checksum:08x}:{case.header.start}" for case in self.cases)

    def origin(self, index: int) -> Origin:
        """Where the scan at an index lay on the grid of its files."""
        return self.cases[index].origin

    def restore(self, index: int, sample: _Sample) -> _Sample:
        """Put items that lie on the grid of the scan at an index back on the grid of its files; see `PackedCase`."""
        return self.cases[index].restore(sample)

    def chosen(self, indices: Sequence[int]) -> "PackedCases":
        """Give the cases at some indices, in that order.

        Raises:
            IndexError: there is none at one of them.
        """
        return replace(self, cases=tuple(self.cases[index] for index in indices))

    def patches(self, move: Transform, *, seed: int = 0, norm: Norm = "nonzero") -> View:
        """Give training items, one a case and epoch, each read where it is looked at.

        Args:
            move: what happens to a case, such as `LabelCrop(96) | Flip("x")`.
            seed: names the stream of draws.
            norm: what becomes of the values before; see `Patch`.
        """
        return map_random(list(self.cases), Patch(move, norm), seed=seed)

    def check(self) -> None:
        """Read all files and compare their checksums.

        Raises:
            MedicalError: some are damaged; all are named.
        """
        faults = []
        for case in self.cases:
            try:
                case.check()
            except MedicalError as error:
                faults.append(str(error))
        if faults:
            raise MedicalError("; ".join(faults))

    def __len__(self) -> int:
        return len(self.cases)

    @overload
    def __getitem__(self, index: int) -> Scan: ...
    @overload
    def __getitem__(self, index: slice) -> "PackedCases": ...
    def __getitem__(self, index: int | slice) -> "Scan | PackedCases":
        if isinstance(index, slice):
            return replace(self, cases=self.cases[index])
        place = whole(index)
        if not -len(self) <= place < len(self):
            raise IndexError(f"index {place} lies outside {self!r}")
        return self.cases[place].scan()

    def __repr__(self) -> str:
        held = f"{len(self)} case{'s' * (len(self) != 1)}, {self.bytes / 1e6:,.1f} MB"
        return f"PackedCases({str(self.folder)!r}, {held}: {' '.join(self.modalities)})"


def packed_in(folder: str | Path) -> PackedCases:
    """Open the cases that `pack` has written into a folder, by name; the files they were made of are not needed.

    Raises:
        MedicalError: the folder holds none, or some that are damaged, of other modalities, or whose labels mean other
            things; all are named.
    """
    folder = Path(folder).expanduser()
    paths = sorted(path for path in folder.glob(f"*{SUFFIX}") if not path.name.startswith("."))
    faults, cases = [], list[PackedCase]()
    for path in paths:
        try:
            cases.append(PackedCase(path, read_header(path)))
        except MedicalError as error:
            faults.append(str(error))
    kinds = {case.modalities for case in cases}
    if len(kinds) > 1:
        faults.append(f"{folder} holds cases of other modalities: {'; '.join(sorted(map(', '.join, kinds)))}")
    faults += _of_other_codes(folder, cases)
    if not paths:
        faults.append(f"{folder} holds no packed case (*{SUFFIX}); pack some into it: leyden.medical.pack")
    if faults:
        raise MedicalError("; ".join(faults))
    return PackedCases(folder, tuple(sorted(cases, key=lambda case: case.name)))


def _of_other_codes(folder: Path, cases: Sequence[PackedCase]) -> list[str]:
    """Say which cases have labels that mean something else than those of others."""
    held: dict[str, list[str]] = {}
    for case in cases:
        scheme = case.header.scheme
        told = "nothing that is known" if scheme is None else f"{dict(scheme.codes)} in {dict(scheme.regions)}"
        held.setdefault(told, []).append(case.name)
    if len(held) < 2:
        return []
    told = "; ".join(f"{', '.join(names[:3])}{', ...' * (len(names) > 3)}: {what}" for what, names in held.items())
    return [f"{folder} holds cases whose labels mean different things ({told}); pack each dataset into its own folder"]
