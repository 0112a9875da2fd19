"""The callback panel: its state, a graph of callbacks drawn in the reader's own colours, a run as it goes on."""

from leyden.widget.callback.panel import CallbackPanel, CallbackSection
from leyden.widget.callback.view import CallbackView
from leyden.widget.callback.window import Window

__all__ = ["CallbackPanel", "CallbackSection", "CallbackView", "Window"]
