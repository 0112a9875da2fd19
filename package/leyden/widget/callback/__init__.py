"""The callback panel: its state, a graph of callbacks drawn in the reader's own colours, a run as it goes on."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leyden.widget.callback.panel import CallbackPanel, CallbackSection
    from leyden.widget.callback.view import CallbackView
    from leyden.widget.callback.window import Window

__all__ = ["CallbackPanel", "CallbackSection", "CallbackView", "Window"]

_HOMES = {"CallbackPanel": "panel", "CallbackSection": "panel", "CallbackView": "view", "Window": "window"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"leyden.widget.callback has no {name!r}")
    return getattr(import_module(f"leyden.widget.callback.{_HOMES[name]}"), name)  # panels without callbacks need none
