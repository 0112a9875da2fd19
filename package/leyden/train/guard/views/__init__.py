"""What callbacks are given in the place of a run: each view asks its callback's scope before it hands something out."""

from leyden.train.guard.views.piece import given
from leyden.train.guard.views.view import Standing, real
from leyden.train.guard.views.ways import shown

__all__ = ["Standing", "given", "real", "shown"]
