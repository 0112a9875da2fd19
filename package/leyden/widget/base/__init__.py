"""What every panel stands on: background work, state with a view, shared looks, live curves, pixels as PNG."""

from leyden.widget.base.curve import LIVE, Kind, Line, LiveCurve, smooth, thin
from leyden.widget.base.errand import Errand, LookStatus
from leyden.widget.base.gallery import Gallery, still
from leyden.widget.base.job import Job, Latest, Stopwatch
from leyden.widget.base.panel import Fact, Panel, Picture, Shown, draws, explain
from leyden.widget.base.picture import address, encode, mosaic, paint, pixels
from leyden.widget.base.view import View, bars, button, facts_table, flow, heading, html, image, labelled, put, stack

__all__ = [
    "LIVE", "Errand", "Fact", "Gallery", "Job", "Kind", "Latest", "Line", "LiveCurve", "LookStatus", "Panel", "Picture",
    "Shown", "Stopwatch", "View", "address", "bars", "button", "draws", "encode", "explain", "facts_table", "flow",
    "heading", "html", "image", "labelled", "mosaic", "paint", "pixels", "put", "smooth", "stack", "still", "thin",
]  # fmt: skip
