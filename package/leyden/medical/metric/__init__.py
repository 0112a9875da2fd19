"""Scores of segmentations, region by region and lesion by lesion, as the BraTS challenges count them."""

from leyden.medical.metric.lesion import LESION_RULES, Lesion, LesionRule, LesionScore, lesion_wise
from leyden.medical.metric.overlap import dice
from leyden.medical.metric.score import CaseScore, RegionScore, score_case
from leyden.medical.metric.surface import MISSED, Convention, hd95, surface_dice

__all__ = [
    "LESION_RULES", "MISSED", "CaseScore", "Convention", "Lesion", "LesionRule", "LesionScore", "RegionScore", "dice",
    "hd95", "lesion_wise", "score_case", "surface_dice",
]  # fmt: skip
