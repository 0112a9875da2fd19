"""The score that a method has to beat: one threshold on one modality."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, final

import numpy as np
import torch
from jaxtyping import Bool, UInt8
from scipy.ndimage import generate_binary_structure, label
from torch import Tensor

from leyden.data import Container
from leyden.errors import MedicalError
from leyden.medical.evaluation.sweep import THRESHOLDS, dice_curves, standardised
from leyden.medical.labelling import Scheme, as_scheme
from leyden.medical.metric import dice
from leyden.medical.scan import Scan
from leyden.medical.table import Table, html_of, text_of

__all__ = ["Cut", "ThresholdBaseline", "fit_threshold"]


@final
@dataclass(frozen=True)
class Cut:
    """How one region is told from the rest.

    Attributes:
        region: its name.
        modality: the one that is looked at.
        side: what is taken: from the threshold on, or below it.
        threshold: in standard deviations from the mean of what is not 0.
        keep: all of it, or the largest connected part.
        dice: the mean over the training cases.
    """

    region: str
    modality: str
    side: Literal["above", "below"]
    threshold: float
    keep: Literal["all", "largest"]
    dice: float

    def __call__(self, scan: Scan) -> Bool[Tensor, "*space"]:
        """Give the region in a scan.

        Raises:
            MedicalError: the scan lacks the modality.
        """
        if self.modality not in scan.modalities:
            raise MedicalError(
                f"scan {scan.name!r} has no {self.modality}, by which {self.region} is told; it has "
                f"{', '.join(scan.modalities)}"
            )
        scores, brain = standardised(scan.image.data[scan.modalities.index(self.modality)].float())
        taken = brain & (scores >= self.threshold if self.side == "above" else scores < self.threshold)
        return taken if self.keep == "all" else _largest(taken)


@final
@dataclass(frozen=True, repr=False)
class ThresholdBaseline:
    """One threshold a region: `Scan` -> `region z y x`, as `evaluate` takes it; prints what was found.

    Args:
        cuts: one a region, in the order of the scheme.
        count: training cases.

    Examples:
        >>> from leyden.items import Image, Mask
        >>> values = torch.tensor([[[[0.0, 1.0, 2.0, 1.0, 2.0, 9.0, 8.0, 9.0]]]])
        >>> scan = Scan(Image(values), Mask((values[0] > 5).byte()), ("flair",), "one")
        >>> fit_threshold([scan], scheme=Scheme("lesion", {1: "lesion"}, {"lesion": (1,)}))
        thresholds on z-scores of what is not 0, fitted on 1 case
        region  where          keep  Dice in training
        lesion  flair >= 0.12  all   1.000
    """

    cuts: tuple[Cut, ...]
    count: int

    def __call__(self, scan: Scan) -> Bool[Tensor, "region *space"]:
        """Give the regions of a scan on its own grid.

        Raises:
            MedicalError: the scan lacks a modality.
        """
        return torch.stack([cut(scan) for cut in self.cuts])

    def __repr__(self) -> str:
        return "\n".join([self._title(), text_of(self._table())])

    def _repr_html_(self) -> str:
        return html_of(self._table(), title=self._title())

    def _title(self) -> str:
        return f"thresholds on z-scores of what is not 0, fitted on {self.count} case{'s' * (self.count != 1)}"

    def _table(self) -> Table:
        rows = [["region", "where", "keep", "Dice in training"]]
        for cut in self.cuts:
            where = f"{cut.modality} {'>=' if cut.side == 'above' else '<'} {cut.threshold:.2f}"
            rows.append([cut.region, where, cut.keep, f"{cut.dice:.3f}"])
        return rows


def fit_threshold(
    cases: Container,
    *,
    scheme: Scheme | str,
    keep: Literal["best", "all", "largest"] = "best",
    progress: Callable[[int, int], Any] | None = None,
) -> ThresholdBaseline:
    """Find for every region the modality, the side and the threshold with the best mean Dice on training cases.

    The honest neighbour of every score of a network: what nobody has to train. All thresholds of all modalities are
    tried in one pass over the cases, from histograms.

    Args:
        cases: scans with labels, all with the same modalities; never those that are tested on.
        scheme: what the codes of the labels mean, or its name.
        keep: whether a region is all that passes or its largest connected part; `best` takes what is better in a second
            pass over the cases. The threshold is that of `all`.
        progress: called with (cases read, cases to read), both passes counted.

    Raises:
        MedicalError: no cases, or cases without a label, with other modalities, unknown codes or values that are no
            numbers; all at once.
    """
    named = as_scheme(scheme)
    if keep not in ("best", "all", "largest"):
        raise MedicalError(f"keep={keep!r}; 'best', 'all' or 'largest' is wanted")
    total = len(cases) * (1 if keep == "all" else 2)
    cuts = _fitted(_read(cases, named, lambda done: progress and progress(done, total)), tuple(named.regions))
    if keep == "all":
        return ThresholdBaseline(cuts, len(cases))
    again = _read(cases, named, lambda done: progress and progress(len(cases) + done, total))
    parts = _rescored([replace(cut, keep="largest") for cut in cuts], again)
    chosen = (part if keep == "largest" or part.dice > cut.dice else cut for cut, part in zip(cuts, parts, strict=True))
    return ThresholdBaseline(tuple(chosen), len(cases))


def _fitted(read: Iterator[tuple[Scan, Tensor]], regions: tuple[str, ...]) -> tuple[Cut, ...]:
    """Choose for every region; among equals the middle one, which lies furthest from what it tells apart."""
    pairs = ((dice_curves(scan.image.data.float(), maps), scan.modalities) for scan, maps in read)
    total, modalities = next(pairs)
    count = 1
    for curves, _ in pairs:
        total, count = total + curves, count + 1
    cuts = []
    for region, curve in zip(regions, np.moveaxis(total / count, 2, 0), strict=True):
        modality, side, _ = np.unravel_index(int(curve.argmax()), curve.shape)
        equal = np.flatnonzero(curve[modality, side] >= curve.max() - 1e-12)
        threshold = round(float(THRESHOLDS[equal[len(equal) // 2]]), 6)
        which = "above" if side == 0 else "below"
        cuts.append(Cut(region, modalities[modality], which, threshold, "all", float(curve.max())))
    return tuple(cuts)


def _rescored(cuts: list[Cut], read: Iterator[tuple[Scan, Tensor]]) -> list[Cut]:
    scores = torch.stack([dice(torch.stack([cut(scan) for cut in cuts]), maps) for scan, maps in read]).mean(dim=0)
    return [replace(cut, dice=score) for cut, score in zip(cuts, scores.tolist(), strict=True)]


def _read(
    cases: Container, scheme: Scheme, progress: Callable[[int], Any]
) -> Iterator[tuple[Scan, UInt8[Tensor, "region *space"]]]:
    """Read case after case; what is wrong with any of them is told at the end, all at once."""
    if not len(cases):
        raise MedicalError("cannot fit a threshold: there are no cases")
    faults: list[str] = []
    first: tuple[str, ...] | None = None
    for place in range(len(cases)):
        scan: Scan = cases[place]
        first = first or scan.modalities
        fault, regions = _regions(scan, scheme, first)
        if fault:
            faults.append(f"{scan.name or place}: {fault}")
        elif regions is not None and not faults:
            yield scan, regions
        progress(place + 1)
    if faults:
        raise MedicalError(f"cannot fit a threshold: {'; '.join(faults)}")


def _regions(scan: Scan, scheme: Scheme, modalities: tuple[str, ...]) -> tuple[str, Tensor | None]:
    if scan.label is None:
        return "has no label", None
    if scan.modalities != modalities:
        return f"has {', '.join(scan.modalities)}, the first case {', '.join(modalities)}", None
    lost = int((~scan.image.data.isfinite()).sum())
    if lost:
        return f"has {lost:,} values that are no finite numbers", None
    try:
        return "", scheme.to_regions(scan.label)
    except MedicalError as error:
        return str(error), None


def _largest(mask: Tensor) -> Tensor:
    array = mask.numpy()
    numbers = np.zeros(array.shape, dtype=np.int32)
    label(array, structure=generate_binary_structure(array.ndim, array.ndim), output=numbers)
    sizes = np.bincount(numbers.ravel())
    return mask if len(sizes) < 3 else torch.from_numpy(numbers == 1 + int(sizes[1:].argmax()))
