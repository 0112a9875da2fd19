"""Keeping callbacks to what they declare: views of the run in the place of the run."""

from leyden.train.guard.grant import Grant
from leyden.train.guard.guard import Guard
from leyden.train.guard.views.view import real

__all__ = ["Grant", "Guard", "real"]
