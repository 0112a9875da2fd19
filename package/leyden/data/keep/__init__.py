"""Keeping elements once they were made: in memory, or in a folder that outlives the run.

`cache` is the public name, in `leyden.data`.
"""

from leyden.data.keep.kept import cache

__all__ = ["cache"]
