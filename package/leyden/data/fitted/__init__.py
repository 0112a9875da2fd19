"""Steps that learn from training data, and what checks them: fitted steps and cross-validation.

What is public here is published in `leyden.data`.
"""

from leyden.data.fitted.categories import categorified, categorify
from leyden.data.fitted.filling import fill, filled
from leyden.data.fitted.lesson import Unfitted, invert, learned
from leyden.data.fitted.scaling import normalise, normalised
from leyden.data.fitted.validation import CrossValidation, crossvalidate

__all__ = [
    "CrossValidation",
    "Unfitted",
    "categorified",
    "categorify",
    "crossvalidate",
    "fill",
    "filled",
    "invert",
    "learned",
    "normalise",
    "normalised",
]
