"""What every panel stands on: background work, state with a view, shared looks, live curves, pixels as PNG."""

from leyden.widget.base.curve import Curve, Kind, Line, LiveCurve, smooth, thin
from leyden.widget.base.errand import Errand, LookStatus
from leyden.widget.base.gallery import Gallery, Thumbnails, still
from leyden.widget.base.job import Job, Latest, Stopped, Stopwatch
from leyden.widget.base.live import LIVE, Element, Names, Twin, module
from leyden.widget.base.panel import Fact, Panel, Picture, Shown, draws, explain
from leyden.widget.base.picture import address, encode, mosaic, paint, pixels
from leyden.widget.base.svg import sketch
from leyden.widget.base.telling import STATES, bar_html, clock, state_html, told_progress
from leyden.widget.base.view import View, bars, button, facts_table, flow, heading, html, image, labelled, put, stack

__all__ = [
    "LIVE", "STATES", "Curve", "Element", "Errand", "Fact", "Gallery", "Job", "Kind", "Latest", "Line", "LiveCurve",
    "LookStatus", "Names", "Panel", "Picture", "Shown", "Stopped", "Stopwatch", "Thumbnails", "Twin", "View",
    "address", "bar_html", "bars", "button", "clock", "draws", "encode", "explain", "facts_table", "flow",
    "heading", "html", "image", "labelled", "module", "mosaic", "paint", "pixels", "put", "sketch", "smooth",
    "stack", "state_html", "still", "thin", "told_progress",
]  # fmt: skip
