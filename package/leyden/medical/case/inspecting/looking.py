"""Looking at one case: every file is read, nothing stops at the first fault."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import dist
from pathlib import Path
from typing import final

import nibabel
import numpy as np

from leyden.errors import LeydenError, UnknownCodes
from leyden.items import Affine, Mask, Size
from leyden.medical.case.grids import disagreements
from leyden.medical.case.inspecting.row import CaseRow, Fault, by, counted
from leyden.medical.case.reading import lacking, strange_numbers
from leyden.medical.case.study import Case, Series
from leyden.medical.labelling import Scheme, fitting_schemes
from leyden.medical.volume import read_labels
from leyden.medical.volume.frames import frames_in, says_directions, stored_frames

__all__ = ["look"]

_THICK, _UNEVEN = 3.0, 1.5  # mm, and times the finest step: a coarse cube has no slices
_OUTSIDE = 0.01  # of the segmentation; a voxel or two at the brim is no fault
_LABEL = "the segmentation"


def look(case: Case, modalities: tuple[str, ...], scheme: Scheme | None) -> CaseRow:
    """Read all files of a case and say what is in them and what is wrong; raises nothing of a LeydenError.

    Args:
        case: its files.
        modalities: those wanted.
        scheme: what the codes should be; None leaves them.
    """
    found = _Look(case)
    if fault := lacking(case, modalities):
        found.say(fault)
    wanted = list(filter(None, map(case.series, modalities)))
    for path in dict.fromkeys(series.path for series in wanted):
        found.read_file(path, [series for series in wanted if series.path == path])
    if case.label is not None:
        found.read_label(scheme)
    if len(found.grids) > 1:
        for fault in disagreements(found.grids):
            found.say(f"{fault}; bring them onto one grid, or take the files of one visit")
    return found.row()


@final
@dataclass
class _Look:
    """What is known of a case so far."""

    case: Case
    grids: dict[str, tuple[Size, Affine]] = field(default_factory=dict)
    intensity: dict[str, tuple[float, float]] = field(default_factory=dict)
    codes: dict[int, float] | None = None
    faults: list[Fault] = field(default_factory=list)
    shown: np.ndarray | None = None
    """Where some modality is not 0."""

    def say(self, text: str) -> None:
        """Note a fault written as "problem; advice"."""
        problem, _, advice = text.rpartition("; ")
        self.faults.append(Fault(self.case.name, problem or advice, advice if problem else ""))

    def read_file(self, path: Path, series: Sequence[Series]) -> None:
        """Look at the modalities in a file."""
        named = [one.frame for one in self.case.images if one.path == path and one.frame is not None]
        held = frames_in(path) if named else 0
        if held > max(named, default=held) + 1:
            many = f"{path} holds {held} volumes, and modalities are told of {len(named)}"
            self.say(f"{many}; look which they are, and name all")
        if not says_directions(path):
            self.say(
                f"{path} says nothing of directions (sform and qform codes 0), so left and right are a guess; "
                "write the header anew from the scanner's files"
            )
        try:
            for one, (stored, affine) in zip(series, stored_frames(path, [one.frame for one in series]), strict=True):
                self.grids[one.modality] = (stored.shape, affine)
                self._see(one.modality, stored)
        except LeydenError as error:
            self.say(str(error))

    def _see(self, name: str, stored: np.ndarray) -> None:
        if strange := strange_numbers(stored):
            self.say(f"{name} has NaN or infinity in {strange:,} of its voxels; set them to 0")
            stored = np.nan_to_num(stored, nan=0.0, posinf=0.0, neginf=0.0)
        low, high = float(stored.min()), float(stored.max())
        self.intensity[name] = (low, high)
        if low == high:
            self.say(f"{name} is {low:g} everywhere; leave the case out, or fetch the file again")
        here = stored != 0
        if self.shown is None:
            self.shown = here
        elif self.shown.shape == here.shape:
            self.shown |= here

    def read_label(self, scheme: Scheme | None) -> None:
        """Look at the segmentation."""
        assert self.case.label is not None, "asked only where there is one"
        try:
            label = read_labels(self.case.label)
        except LeydenError as error:
            self.say(str(error))
            return
        assert label.affine is not None, "files say where they lie"
        self.grids[_LABEL] = (label.size, label.affine)
        self._count(label, scheme)
        tumour = label.data.numpy() != 0
        if not tumour.any():
            self.say(f"{_LABEL} is empty: no tumour; keep it if that is meant, metrics have conventions for it")
        elif self.shown is not None and self.shown.shape == tumour.shape and not self.shown.all():
            outside, all_of_it = int((tumour & ~self.shown).sum()), int(tumour.sum())
            if outside > _OUTSIDE * all_of_it:
                share = f"{counted(outside, 'voxel')} of {_LABEL} ({outside / all_of_it:.0%})"
                self.say(f"{share} lie outside the brain, where every image is 0; look whether it is flipped")

    def _count(self, label: Mask, scheme: Scheme | None) -> None:
        drawn = label.data.numpy()
        values, counts = np.unique(drawn[drawn != 0], return_counts=True)  # sorting only what is not background
        assert label.affine is not None, "asked only where there is one"
        voxel = abs(float(np.linalg.det(np.array(label.affine)[:3, :3]))) / 1000
        self.codes = {int(code): int(count) * voxel for code, count in zip(values, counts, strict=True)}
        try:
            if scheme is not None:
                scheme.check(label)
        except UnknownCodes:
            assert scheme is not None, "nothing else is unknown"
            codes, known = (", ".join(map(str, each)) for each in (sorted({0, *self.codes}), scheme.known))
            fits = ", ".join(fitting_schemes(label)) or "none that is registered"
            self.say(f"codes {codes} under scheme {scheme.name}, which knows {known}; these codes fit {fits}")

    def row(self) -> CaseRow:
        """What was found, and what grids and sizes say."""
        read = tuple(name for name in self.grids if name != _LABEL)
        if not self.grids:
            return CaseRow(self.case.name, self.case.subject, faults=tuple(self.faults))
        size, affine = next(iter(self.grids.values()))
        spacing = tuple(dist(column, (0, 0, 0)) for column in list(zip(*affine[:3], strict=True))[:3])
        if min(size) == 1:
            self.say(f"is 2-D: its grid is {by(size)} voxels; leave it out, or take the volume it is a slice of")
        elif max(spacing) > max(_THICK, _UNEVEN * min(spacing)):
            self.say(f"has thick slices: {by(spacing)} mm; judge it apart, and put all on one grid with to_grid(1.0)")
        matrix = np.array([(x, y, z, shift) for z, y, x, shift in affine])
        placed = bool(np.isfinite(matrix).all()) and np.linalg.det(matrix) != 0
        if not placed:
            self.say("the header does not say where its voxels lie; mend it, or write the file anew from the scanner's")
        axes = "".join(map(str, nibabel.aff2axcodes(matrix))) if placed else ""
        return CaseRow(
            self.case.name,
            self.case.subject,
            read,
            size,
            spacing,
            axes,
            self.codes,
            self.intensity,
            tuple(self.faults),
        )
