"""What the codes of a label map mean, and which regions are scored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral
from typing import TypeAlias, final

import torch
from jaxtyping import Bool, Integer, UInt8
from torch import Tensor

from leyden.errors import MedicalError, UnknownCodes
from leyden.items import LabelMap, Mask

__all__ = ["RegionMaps", "Scheme"]

RegionMaps: TypeAlias = Integer[Tensor, "region *space"] | Bool[Tensor, "region *space"]
"""One map a region, 1 where it is; regions may overlap."""


@final
@dataclass(frozen=True)
class Scheme:
    """What the codes of a label map mean, and which regions, overlapping or not, are made of them.

    Args:
        name: of the scheme.
        codes: what each code stands for; 0 is background and need not be told.
        regions: the codes of each region, in the order in which regions stand in tensors and tables.
        source: where this is written down.

    Raises:
        MedicalError: a region without codes, of codes that are not told, or of background.

    Examples:
        >>> codes = {1: "oedema", 2: "core", 3: "enhancing"}
        >>> msd = Scheme("msd", codes, {"TC": (2, 3), "WT": (1, 2, 3), "ET": (3,)})
        >>> labels = torch.tensor([[0, 1, 2, 3]])
        >>> msd.to_regions(labels).tolist()
        [[[0, 0, 1, 1]], [[0, 1, 1, 1]], [[0, 0, 0, 1]]]
        >>> torch.equal(msd.from_regions(msd.to_regions(labels)), labels)
        True
        >>> msd.to_regions(torch.tensor([[0, 4]]))
        Traceback (most recent call last):
        ...
        leyden.errors.UnknownCodes: scheme 'msd' knows the codes 0, 1, 2, 3; found 0 (1 voxel), 4 (1 voxel): 4 is ...
    """

    name: str
    codes: Mapping[int, str]
    regions: Mapping[str, tuple[int, ...]]
    source: str = ""

    def __post_init__(self) -> None:
        if strange := [
            *(f"code {code!r} is no whole number" for code in self.codes if not isinstance(code, Integral)),
            *(f"region {name!r} is {codes!r}, no codes such as (1, 3)" for name, codes in self.regions.items()
              if isinstance(codes, str) or not isinstance(codes, Collection)),
        ]:  # fmt: skip
            raise MedicalError(f"scheme {self.name!r}: {'; '.join(strange)}")
        faults = [f"region {name!r} has no codes" for name, codes in self.regions.items() if not codes]
        faults += [
            f"region {name!r} is made of {code}, which is {'background' if code == 0 else 'no code of the scheme'}"
            for name, codes in self.regions.items()
            for code in codes
            if code == 0 or code not in self.codes
        ]
        faults += [f"code {code} is not a whole number of 0..255" for code in self.codes if not 0 <= code <= 255]
        if faults or not self.regions:
            raise MedicalError(f"scheme {self.name!r}: {'; '.join(faults) or 'wants at least one region'}")

    @property
    def known(self) -> tuple[int, ...]:
        """Every code a label map may hold, background first."""
        return tuple(sorted({0, *self.codes}))

    def check(self, labels: Mask | LabelMap) -> dict[int, int]:
        """Count the voxels of each code.

        Args:
            labels: codes, any whole numbers.

        Raises:
            UnknownCodes: there is a code that the scheme does not know; all that were found are listed.
            MedicalError: there are values between whole numbers, or NaN.
        """
        found = _counted(_tensor(labels))
        strange = [code for code in found if code not in self.known]
        if strange:
            told = ", ".join(f"{code} ({count:,} voxel{'s' * (count != 1)})" for code, count in found.items())
            raise UnknownCodes(
                f"scheme {self.name!r} knows the codes {', '.join(map(str, self.known))}; found {told}: "
                f"{', '.join(map(str, strange))} {'is' if len(strange) == 1 else 'are'} unknown; is it another scheme? "
                "see leyden.medical.schemes()"
            )
        return found

    def to_regions(self, labels: Mask | LabelMap) -> UInt8[Tensor, "region *space"]:
        """Give one map a region, 1 where it is.

        Args:
            labels: codes, `*space`.

        Returns:
            uint8, `region *space`, in the order of `regions`, on the device of the labels.

        Raises:
            UnknownCodes: there is a code that the scheme does not know.
            MedicalError: there are values between whole numbers, or NaN.
        """
        data = _tensor(labels)
        self.check(data)
        maps = torch.zeros(len(self.regions), *data.shape, dtype=torch.uint8, device=data.device)
        for code in self.codes:  # several times as fast as looking every voxel up in a table
            where = data == code
            for place, codes in enumerate(self.regions.values()):
                if code in codes:
                    maps[place] |= where
        return maps

    def from_regions(self, regions: RegionMaps) -> Integer[Tensor, "*space"]:
        """Give codes for maps of regions: the inverse of `to_regions`.

        Where predicted maps contradict each other (an enhancing tumour outside the whole one), the smaller region
        decides, as the challenges score it.

        Args:
            regions: `region *space`, in the order of `regions`, of bool or whole numbers; what is not 0 is in.

        Returns:
            uint8 codes, `*space`.

        Raises:
            MedicalError: maps of probabilities; another number of maps; or codes that no region tells apart, so that
                there is no way back.
        """
        if not isinstance(regions, Tensor) or regions.is_floating_point():
            given = f"numbers of {regions.dtype}" if isinstance(regions, Tensor) else f"a {type(regions).__name__}"
            raise MedicalError(f"regions are a tensor of bool or uint8, as of probabilities >= 0.5; given {given}")
        if len(regions) != len(self.regions):
            raise MedicalError(
                f"scheme {self.name!r} has the regions {', '.join(self.regions)}; given {len(regions)} maps"
            )
        codes = torch.zeros(regions.shape[1:], dtype=torch.uint8, device=regions.device)
        for place, code in self._painting:
            codes[regions[place] != 0] = code
        return codes

    @cached_property
    def _painting(self) -> Sequence[tuple[int, int]]:
        """Regions from the largest to the smallest, with the code that is left of each without the smaller ones."""
        sets = [set(codes) for codes in self.regions.values()]
        order = sorted(range(len(sets)), key=lambda place: -len(sets[place]))
        painting = list[tuple[int, int]]()
        for rank, place in enumerate(order):
            own = sets[place].difference(*(sets[later] for later in order[rank + 1 :]))
            if len(own) > 1:
                names = " and ".join(f"{code} ({self.codes[code]})" for code in sorted(own))
                raise MedicalError(
                    f"the regions of scheme {self.name!r} do not tell {names} apart: no way back to codes"
                )
            painting += [(place, code) for code in own]
        return painting

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.codes), tuple(self.regions)))


def _tensor(labels: Mask | LabelMap) -> Tensor:
    return labels.data if isinstance(labels, Mask) else labels


def _counted(data: Tensor) -> dict[int, int]:
    """Count each value; bytes through a histogram, several times as fast as sorting."""
    if data.dtype == torch.uint8:
        counts = torch.bincount(data.flatten(), minlength=256)
        return {int(code): int(counts[code]) for code in counts.nonzero().flatten()}
    if data.is_floating_point() and not torch.equal(data, data.round()):
        between = data[data != data.round()]
        raise MedicalError(
            f"labels hold {between.numel():,} values between whole numbers or NaN, such as {float(between[0]):g}, so "
            "no codes; give the codes themselves, as read_labels does"
        )
    values, counts = data.unique(return_counts=True)
    return {int(value): int(count) for value, count in zip(values, counts, strict=True)}
