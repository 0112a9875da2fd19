"""Honest evaluation: every case by itself, means with their uncertainty, a simple baseline beside every score."""

from leyden.medical.evaluation.baseline import Cut, ThresholdBaseline, fit_threshold
from leyden.medical.evaluation.contrast import Comparison, Difference, compare
from leyden.medical.evaluation.figure import chart
from leyden.medical.evaluation.interval import mean_interval
from leyden.medical.evaluation.repetition import SeedRange, Seeds, over_seeds
from leyden.medical.evaluation.result import Evaluation, Failure
from leyden.medical.evaluation.run import Predict, evaluate
from leyden.medical.evaluation.subject import subject_of
from leyden.medical.evaluation.summary import METRICS, Metric, Summary

__all__ = [
    "METRICS", "Comparison", "Cut", "Difference", "Evaluation", "Failure", "Metric", "Predict", "SeedRange", "Seeds",
    "Summary", "ThresholdBaseline", "chart", "compare", "evaluate", "fit_threshold", "mean_interval", "over_seeds",
    "subject_of",
]  # fmt: skip
