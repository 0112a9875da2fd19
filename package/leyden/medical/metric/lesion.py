"""Scores lesion by lesion: a small tumour that was missed counts as much as a large one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, final

import numpy as np
from scipy.ndimage import binary_dilation, find_objects, generate_binary_structure, label
from scipy.optimize import linear_sum_assignment

from leyden.errors import MedicalError
from leyden.medical.labelling import RegionMaps
from leyden.medical.metric.maps import Bools, checked_maps, cropped, number_faults, spacing_faults
from leyden.medical.metric.overlap import dice_of
from leyden.medical.metric.surface import distances

__all__ = ["LESION_RULES", "Lesion", "LesionRule", "LesionScore", "lesion_wise", "lesions_of", "rule_of"]


@final
@dataclass(frozen=True)
class LesionRule:
    """What a lesion is, which predicted parts belong to it, and what a missed one costs.

    Args:
        matching: `dilated`: true parts whose dilations touch are one lesion, and every predicted part that its dilation
            meets belongs to it. `paired`: every part is a lesion, and each true one gets at most one predicted one, so
            that the sum of the Dice scores is largest.
        dilation: steps of one voxel along faces and edges, for `dilated`.
        smallest: mm3; true lesions of no more than that are not scored, and what is predicted there costs nothing.
        missed: HD95 in mm of a missed or false lesion.

    Raises:
        MedicalError: another matching, or numbers below 0.

    Examples:
        >>> LESION_RULES["brats23"]
        LesionRule(matching='dilated', dilation=3, smallest=50.0, missed=374.0)
    """

    matching: Literal["dilated", "paired"] = "dilated"
    dilation: int = 3
    smallest: float = 50.0
    missed: float = 374.0

    def __post_init__(self) -> None:
        faults = [*number_faults("a smallest lesion", self.smallest), *number_faults("a missed lesion", self.missed)]
        if not isinstance(self.dilation, int) or self.dilation < 0:
            faults.append(f"a dilation of {self.dilation!r}; whole steps from 0 on are wanted")
        if self.matching not in ("dilated", "paired"):
            faults.append(f"a matching of {self.matching!r}; 'dilated' or 'paired' is wanted")
        if faults:
            raise MedicalError(f"no such rule for lesions: {'; '.join(faults)}")


LESION_RULES: Mapping[str, LesionRule] = MappingProxyType(
    {
        "brats23": LesionRule(),
        "brats23-meningioma": LesionRule(dilation=1),
        "brats23-metastases": LesionRule(dilation=1, smallest=2.0),
        "brats26": LesionRule("paired", dilation=0, smallest=0.0),
    }
)
"""The rules of the challenges, by name: `brats23` for gliomas, adult or of children; `brats26` as brats-evaluation."""


@final
@dataclass(frozen=True)
class Lesion:
    """One true lesion and how well it was found.

    Attributes:
        volume: mm3.
        dice: of the lesion and all that was predicted for it; 0 where that is nothing.
        hd95: in mm, likewise; what the rule says where nothing was predicted.
        found: whether anything was.
        counts: whether it is large enough to be scored.
    """

    volume: float
    dice: float
    hd95: float
    found: bool
    counts: bool


@final
@dataclass(frozen=True)
class LesionScore:
    """The lesions of one region.

    Attributes:
        lesions: all true ones, scored or not.
        false: predicted parts that belong to no true lesion, scored or not.
        rule: by which they were told.
    """

    lesions: tuple[Lesion, ...]
    false: int
    rule: LesionRule

    @property
    def dice(self) -> float:
        """The mean over scored and false lesions, which have 0; 1 where there are none."""
        return self._mean([lesion.dice for lesion in self.lesions if lesion.counts], 0.0, none=1.0)

    @property
    def hd95(self) -> float:
        """The mean over scored and false lesions in mm; 0 where there are none."""
        return self._mean([lesion.hd95 for lesion in self.lesions if lesion.counts], self.rule.missed, none=0.0)

    @property
    def scored(self) -> int:
        """How many true lesions are large enough to be scored."""
        return sum(lesion.counts for lesion in self.lesions)

    @property
    def missed(self) -> int:
        """How many of these nothing was predicted for."""
        return sum(lesion.counts and not lesion.found for lesion in self.lesions)

    def _mean(self, scores: list[float], of_false: float, *, none: float) -> float:
        count = len(scores) + self.false
        return (sum(scores) + self.false * of_false) / count if count else none


def lesion_wise(
    prediction: RegionMaps, truth: RegionMaps, *, spacing: tuple[float, ...], rule: LesionRule | str = "brats23"
) -> tuple[LesionScore, ...]:
    """Score every lesion of every region for itself; parts that touch by a corner are one.

    Surfaces are those of `hd95`, of voxels; the challenge of 2023 measured between facets of a finer surface, so its
    millimetres are not quite the same.

    Args:
        prediction: `region z y x` (or `region y x`), bool, or uint8 of 0 and 1.
        truth: the same.
        spacing: mm from voxel to voxel along each axis, as in `scan.image.spacing`.
        rule: what a lesion is, or the name of one of `LESION_RULES`.

    Raises:
        MedicalError: maps, spacing or a rule that do not fit; all faults at once.

    Examples:
        >>> import torch
        >>> truth = torch.zeros(1, 20, 20, 20, dtype=torch.bool)
        >>> truth[0, 2:6, 2:6, 2:6] = truth[0, 14:18, 14:18, 14:18] = True
        >>> found = truth.clone()
        >>> found[0, 14:18] = False
        >>> score = lesion_wise(found, truth, spacing=(1.0, 1.0, 1.0))[0]
        >>> score.dice, score.hd95, score.missed, score.false
        (0.5, 187.0, 1, 0)

    Source:
        The organisers of BraTS 2023, synapse.org/Synapse:syn51156910/discussion/threadId=10357: dilations, smallest
        lesions and 374 mm; LaBella et al. 2024, arXiv:2405.09787. For `brats26` Kofler et al. 2023, arXiv:2312.02608.
    """
    named, faults = rule_of(rule)
    pairs = checked_maps(prediction, truth, faults=[*spacing_faults(spacing, prediction), *faults])
    return tuple(lesions_of(*pair, spacing=spacing, rule=named) for pair in pairs)


def rule_of(rule: LesionRule | str) -> tuple[LesionRule, list[str]]:
    """Give a rule by its name, and what is wrong with the name."""
    if not isinstance(rule, str):
        return rule, []
    faults = [] if rule in LESION_RULES else [f"no rule for lesions named {rule!r}, but {', '.join(LESION_RULES)}"]
    return LESION_RULES.get(rule, LesionRule()), faults


def lesions_of(prediction: Bools, truth: Bools, *, spacing: tuple[float, ...], rule: LesionRule) -> LesionScore:
    """Score the lesions of one map; see `lesion_wise`."""
    cut = cropped(prediction, truth)
    if cut is None:
        return LesionScore((), 0, rule)
    prediction, truth = (np.pad(each, rule.dilation) for each in cut)
    parts, part_count = _parts(prediction)
    reach, count = _parts(_dilated(truth, rule.dilation))
    own = np.where(truth, reach, 0)
    meets = _shared(reach, parts, count, part_count)
    members = meets > 0 if rule.matching == "dilated" else _paired(meets, own, parts)
    found = _lesions(own, parts, members, spacing=spacing, rule=rule)
    return LesionScore(tuple(found), int((~members.any(axis=0)).sum()), rule)


def _lesions(
    own: np.ndarray, parts: np.ndarray, members: np.ndarray, *, spacing: tuple[float, ...], rule: LesionRule
) -> Iterator[Lesion]:
    """Score each true lesion against the predicted parts that belong to it; `members` is `lesion part`, bool."""
    voxel = float(np.prod(spacing))
    own_boxes, part_boxes = find_objects(own, max_label=len(members)), find_objects(parts)
    for place, belonging in enumerate(members):
        which = np.flatnonzero(belonging)
        box = _around([own_boxes[place], *(part_boxes[part] for part in which)])
        lesion = own[box] == place + 1
        volume = int(lesion.sum()) * voxel
        if not len(which):
            yield Lesion(volume, 0.0, rule.missed, found=False, counts=volume > rule.smallest)
            continue
        told = np.concatenate([[False], belonging])[parts[box]]
        hd95 = distances(told, lesion, spacing=spacing).hd95(missed=rule.missed)
        yield Lesion(volume, dice_of(told, lesion), hd95, found=True, counts=volume > rule.smallest)


def _parts(mask: Bools) -> tuple[np.ndarray, int]:
    """Number the parts that do not touch, not even by a corner, from 1."""
    numbers = np.zeros(mask.shape, dtype=np.int32)
    label(mask, structure=generate_binary_structure(mask.ndim, mask.ndim), output=numbers)
    return numbers, int(numbers.max())


def _dilated(mask: Bools, steps: int) -> Bools:
    if not steps:  # scipy takes 0 for: until nothing changes
        return mask
    return binary_dilation(mask, generate_binary_structure(mask.ndim, min(mask.ndim, 2)), iterations=steps)


def _shared(one: np.ndarray, other: np.ndarray, one_count: int, other_count: int) -> np.ndarray:
    """Count the voxels that each number of one shares with each number of the other, background left out."""
    both = (one > 0) & (other > 0)
    pairs = (one[both].astype(np.int64) - 1) * other_count + other[both] - 1
    return np.bincount(pairs, minlength=one_count * other_count).reshape(one_count, other_count)


def _paired(shared: np.ndarray, own: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """Pair lesions with predicted parts so that the sum of their Dice scores is largest; `lesion part`, bool."""
    sizes = [np.bincount(each.ravel(), minlength=1)[1:] for each in (own, parts)]
    scores = 2 * shared / (sizes[0][:, None] + sizes[1][None])
    members = np.zeros(shared.shape, dtype=bool)
    lesions, chosen = linear_sum_assignment(scores, maximize=True)
    members[lesions, chosen] = True
    return members & (shared > 0)


def _around(boxes: list[tuple[slice, ...]]) -> tuple[slice, ...]:
    return tuple(
        slice(min(each.start for each in axis), max(each.stop for each in axis)) for axis in zip(*boxes, strict=True)
    )
