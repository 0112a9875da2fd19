"""The volume panel: cases checked and read one at a time, three planes drawn through a voxel, truth and prediction."""

from leyden.widget.volume.panel import VolumePanel
from leyden.widget.volume.screen import VolumeView

__all__ = ["VolumePanel", "VolumeView"]
