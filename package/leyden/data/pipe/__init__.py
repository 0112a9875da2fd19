"""The pipe: containers, the lazy views on them, and the steps that make one view of another.

`view` and `step` hold the two ideas; every other file is one kind of step. The public names live in `leyden.data`.
"""

__all__ = []
