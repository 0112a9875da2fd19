"""What is drawn: steps, scenes and draws, and what the steps of a draw fuse to."""

from leyden.augment.fusing.draw import Draw, read_draws, write_draws
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Numbers, Step, register

__all__ = ["Draw", "Numbers", "Scene", "Step", "read_draws", "register", "write_draws"]
