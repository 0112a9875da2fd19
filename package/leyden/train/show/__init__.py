"""A plan and a run log to look at: the graph drawn, its table, the run as a timeline."""

from leyden.train.show.drawing import draw_log, draw_plan, marks_of, spans_of
from leyden.train.show.scene import arrows_of, vertices_of
from leyden.train.show.table import Row, Table

__all__ = ["Row", "Table", "arrows_of", "draw_log", "draw_plan", "marks_of", "spans_of", "vertices_of"]
