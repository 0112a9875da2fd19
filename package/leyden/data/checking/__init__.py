"""Looking through a container and saying what it holds or what is wrong; `check` is in `leyden.data`."""

from leyden.data.checking.inspection import Inspection, check

__all__ = [
    "Inspection", "check",
]  # fmt: skip
