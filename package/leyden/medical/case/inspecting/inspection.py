"""The table to read before training."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import final

from leyden.data import Container, parallel
from leyden.data import map as map_step
from leyden.errors import MedicalError
from leyden.medical.case.container import Cases, as_cases
from leyden.medical.case.inspecting.looking import look
from leyden.medical.case.inspecting.row import CaseRow, Fault, by, counted
from leyden.medical.case.study import Case
from leyden.medical.labelling import contradictions
from leyden.medical.table import html_of, text_of

__all__ = ["Inspection", "inspect"]

_ALL = "dataset"
_SHOWN = 40  # rows and faults that are printed; the rest is in the values


@final
@dataclass(frozen=True, repr=False)
class Inspection:
    """What every case of a dataset holds, and what is wrong.

    Args:
        about: the dataset in words.
        modalities: the channels.
        rows: one a case, in order.
        across: what only several cases together show.
    """

    about: str
    modalities: tuple[str, ...]
    rows: tuple[CaseRow, ...]
    across: tuple[Fault, ...]

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that is wrong, case by case, and then what concerns all."""
        return (*(fault for row in self.rows for fault in row.faults), *self.across)

    def table(self) -> list[tuple[str, ...]]:
        """Give a header and one row a case, as text; volumes in ml."""
        head = ("case", "voxels z y x", "mm", "axes", "codes: ml", *self.modalities, "faults")
        often = Counter(fault.case for fault in self.faults)
        return [head, *((*row.cells(self.modalities), str(often[row.case])) for row in self.rows)]

    def __repr__(self) -> str:
        table = text_of(self.table()[: _SHOWN + 1])
        more = [f"and {counted(len(self.rows) - _SHOWN, 'more case')}, see rows"] * (len(self.rows) > _SHOWN)
        return "\n".join([self._title(), table, *more, *(f"- {fault}" for fault in self._told())])

    def _repr_html_(self) -> str:
        told = "".join(f"<li>{escape(str(fault))}</li>" for fault in self._told())
        return html_of(self.table()[: _SHOWN + 1], title=self._title()) + f"<ul>{told}</ul>" * bool(told)

    def _title(self) -> str:
        return f"{self.about}: {counted(len(self.rows), 'case')}, {counted(len(self.faults), 'fault')}"

    def _told(self) -> list[str]:
        told = list(map(str, self.faults))
        more = [f"and {counted(len(told) - _SHOWN, 'more fault')}, see faults"] * (len(told) > _SHOWN)
        return told[:_SHOWN] + more


def inspect(cases: Container, *, workers: int | None = None) -> Inspection:
    """Look at every case before training: grids, codes, modalities, intensities; costs one full read.

    What is wrong is said and stops nothing: files that are cut short or missing, a missing modality, segmentation or
    tumour, codes that the scheme does not know, a tumour outside the brain, voxels that are no numbers, images of one
    value, 2-D files, 4-D ones where 3-D ones are wanted, grids that disagree within a case, DICOM; slices thicker than
    3 mm, cases whose spacing or axes differ from the others', and a scheme that was given though the folder says
    another.

    Args:
        cases: what `cases_in` gave, or a part of it.
        workers: threads; one a core if left out.

    Raises:
        MedicalError: other than such cases: packed ones and scans in memory have no files to look at.

    Examples:
        >>> import tempfile, nibabel, numpy as np
        >>> from pathlib import Path
        >>> from leyden.medical.case.finding import cases_in
        >>> folder = Path(tempfile.mkdtemp())
        >>> for name, value in (("flair", 7), ("seg", 4)):
        ...     data = np.full((4, 4, 4), value, np.int16)
        ...     data[0] = 0
        ...     nibabel.save(nibabel.Nifti1Image(data, np.eye(4)), folder / f"BraTS2021_00000_{name}.nii.gz")
        >>> inspect(cases_in(folder, modalities=["flair"], scheme="msd")).faults[0].problem
        'codes 0, 4 under scheme msd, which knows 0, 1, 2, 3'
    """
    held = as_cases(cases) if isinstance(cases, Container) and not isinstance(cases, str) else None
    if held is None:
        raise MedicalError(f"inspect looks at the files of cases, as cases_in(folder) gives them; given {cases!r:.80}")
    looks = map_step(list(held.cases), partial(_row, held))
    rows = tuple(parallel(looks) if workers is None else parallel(looks, workers))
    return Inspection(repr(held), held.modalities, rows, tuple(_across(held, rows)))


def _row(cases: Cases, case: Case) -> CaseRow:
    return look(case, cases.modalities, cases.scheme)


def _across(cases: Cases, rows: Sequence[CaseRow]) -> list[Fault]:
    faults = _unlabelled(cases)
    codes = sorted({0, *(code for row in rows for code in row.codes or ())})
    if cases.scheme is None and len(codes) > 1:
        listed = ", ".join(map(str, codes))
        faults.append(Fault(_ALL, f"nothing says what the codes {listed} mean", "give cases_in(..., scheme=...)"))
    if cases.scheme and cases.declared and (between := contradictions(cases.scheme, cases.declared)):
        told = "leave scheme= out, or mend what the folder says; no code tells the two apart"
        faults.append(Fault(_ALL, f"the folder says another scheme than was given: {', '.join(between)}", told))
    advice = "put all on one grid, such as with to_grid(1.0)"
    faults += _differing(rows, "spacing", lambda row: row.spacing and f"{by(row.spacing)} mm", advice)
    faults += _differing(
        rows, "orientation", lambda row: row.orientation or None, 'turn all one way with Orientation("RAS")'
    )
    return faults


def _unlabelled(cases: Cases) -> list[Fault]:
    without = [case.name for case in cases.cases if case.label is None]
    if without and len(without) == len(cases):
        told = "predict with them; if segmentations lie elsewhere, give cases_in patterns: layout= and label="
        return [Fault(_ALL, "no case has a segmentation", told)]
    told = "leave it out of training, or look for its file"
    return [Fault(name, "has no segmentation", told) for name in without]


def _differing(
    rows: Sequence[CaseRow], what: str, key: Callable[[CaseRow], Hashable | None], advice: str
) -> list[Fault]:
    groups: dict[Hashable, list[str]] = defaultdict(list)
    for row in rows:
        if (value := key(row)) is not None:
            groups[value].append(row.case)
    if len(groups) < 2:
        return []
    (most, names), *others = sorted(groups.items(), key=lambda group: -len(group[1]))
    rest = [f"{value} of {', '.join(few[:3])}{f' and {len(few) - 3} more' * (len(few) > 3)}" for value, few in others]
    return [Fault(_ALL, f"{what} differs: {most} of {counted(len(names), 'case')}, {', '.join(rest)}", advice)]
