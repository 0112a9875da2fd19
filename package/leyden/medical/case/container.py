"""The cases of a dataset as a container of scans."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import index as whole
from pathlib import Path
from typing import final, overload

from leyden.data import Container, traced
from leyden.errors import MedicalError
from leyden.medical.case.reading import read_case
from leyden.medical.case.study import Case
from leyden.medical.labelling import Scheme
from leyden.medical.scan import Scan

__all__ = ["Cases", "as_cases"]


@final
@dataclass(frozen=True, repr=False)
class Cases:
    """The cases of a dataset: a container for `leyden.data`, whose elements are read when they are asked for.

    Args:
        folder: where they lie.
        layout: how; what `cases_in` took.
        cases: in order.
        modalities: the channels of each scan, in order.
        scheme: what the codes of the segmentations mean; None where nobody said, so that they are not checked.
        declared: what the folder says that they mean, if it says so; `inspect` tells where that is another thing.

    Raises:
        MedicalError: two cases of one name, or no modality. When read, a case that lacks a modality, whose files do
            not lie on one grid or cannot be read, or voxels that are no numbers.
        UnknownCodes: when read, a code that the scheme does not know.

    Examples:
        >>> from leyden.medical.case.study import Series
        >>> one, two = (Case(f"p{n}-1", (Series("t1", Path(f"p{n}.nii")),), None, f"p{n}") for n in (0, 1))
        >>> cases = Cases(Path("data"), "{case}.nii", (one, two), ("t1",), None)
        >>> cases, cases.names, cases.subjects
        (Cases('data', {case}.nii, 2 of 2 subjects: t1), ('p0-1', 'p1-1'), ('p0', 'p1'))
        >>> cases[:1], cases.chosen([1]).names
        (Cases('data', {case}.nii, 1 of 1 subject: t1), ('p1-1',))
    """

    folder: Path
    layout: str
    cases: tuple[Case, ...]
    modalities: tuple[str, ...]
    scheme: Scheme | None = None
    declared: Scheme | None = None

    def __post_init__(self) -> None:
        twice = [name for name, count in Counter(self.names).items() if count > 1]
        if twice:
            raise MedicalError(f"{self.folder}: cases share the names {', '.join(twice[:5])}; each needs its own")
        if not self.modalities:
            raise MedicalError(f"{self.folder}: no modality was found or asked for; give modalities=('flair', ...)")

    @property
    def names(self) -> tuple[str, ...]:
        """One a case."""
        return tuple(case.name for case in self.cases)

    @property
    def subjects(self) -> tuple[str, ...]:
        """The patient of each case: `leyden.data.split(cases, seed=0, groups=cases.subjects)` keeps them together."""
        return tuple(case.subject for case in self.cases)

    def chosen(self, indices: Sequence[int]) -> "Cases":
        """Give the cases at some indices, in that order.

        Raises:
            IndexError: there is none at one of them.
        """
        return replace(self, cases=tuple(self.cases[index] for index in indices))

    def __len__(self) -> int:
        return len(self.cases)

    @overload
    def __getitem__(self, index: int) -> Scan: ...
    @overload
    def __getitem__(self, index: slice) -> "Cases": ...
    def __getitem__(self, index: int | slice) -> "Scan | Cases":
        if isinstance(index, slice):
            return replace(self, cases=self.cases[index])
        place = whole(index)
        if not -len(self) <= place < len(self):
            raise IndexError(f"index {place} lies outside {self!r}")
        return read_case(self.cases[place], self.modalities, scheme=self.scheme)

    def __repr__(self) -> str:
        subjects = len(set(self.subjects))
        scheme = f", scheme {self.scheme.name}" if self.scheme else ""
        return (
            f"Cases({str(self.folder)!r}, {self.layout}, {len(self)} of {subjects} subject{'s' * (subjects != 1)}: "
            f"{' '.join(self.modalities)}{scheme})"
        )


def as_cases(data: Container) -> Cases | None:
    """Give the cases of which this is a part, as of `leyden.data.split`, and only those in it; None if it is none."""
    if isinstance(data, Cases):
        return data
    beneath, places = traced(data)
    return beneath.chosen(places) if isinstance(beneath, Cases) else None
