"""What shows a volume panel in a front end: planes to point at, controls, and the rules of their looks."""

from leyden.widget.volume.screen.look import LOOK
from leyden.widget.volume.screen.stage import Stage
from leyden.widget.volume.screen.view import VolumeView

__all__ = ["LOOK", "Stage", "VolumeView"]
