"""What every panel is: state to script, a view that draws it, and a still picture for a page that does not run."""

import base64
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar, Protocol, TypeAlias, TypeVar

from leyden import plot
from leyden.errors import LeydenError, PanelError
from leyden.widget.base.advice import advice
from leyden.widget.homes import load_view

__all__ = ["Fact", "Panel", "Picture", "Shown", "draws", "explain"]

Fact: TypeAlias = tuple[str, str]
"""One row of a panel's table: what, and how it stands."""


class Shown(Protocol):
    """A view: a front end's widget that follows a panel."""

    @property
    def widget(self) -> Any:
        """The widget at the root."""
        ...

    def settle(self, timeout: float | None = None) -> bool:
        """Waits until everything asked for is drawn; returns whether it is."""
        ...

    def close(self) -> None:
        """Ends drawing and closes every widget."""
        ...


@dataclass(frozen=True, repr=False)
class Picture:
    """A panel as it stood, for pages that do not run: a table of facts and pictures, no widget.

    Args:
        title: what the panel is.
        facts: rows of the table.
        pictures: (what it shows, PNG) pairs.
    """

    title: str
    facts: tuple[Fact, ...]
    pictures: tuple[tuple[str, bytes], ...]

    def __repr__(self) -> str:
        width = max((len(name) for name, _ in self.facts), default=0)
        return "\n".join([self.title, *(f"  {name:<{width}}  {value}" for name, value in self.facts)])

    def html(self) -> str:
        """The table and the pictures in one block, data and all: nothing is loaded from elsewhere."""
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>'
            f'<td style="text-align:left">{escape(value)}</td></tr>'
            for name, value in self.facts
        )
        images = "".join(
            f'<img alt="{escape(alt)}" style="max-width:100%;height:auto" src="{plot.data_uri(png)}">'
            for alt, png in self.pictures
        )
        table = f"<table><caption>{escape(self.title)}</caption><tbody>{rows}</tbody></table>"
        return f'<div class="leyden-picture">{table}{images}</div>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Plain text, HTML, and the first picture as a PNG."""
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self.html()}
        if self.pictures:
            bundle["image/png"] = base64.b64encode(self.pictures[0][1]).decode()
        return bundle


class Panel(ABC):
    """State that can be scripted and looked at; never made itself.

    A panel without a view needs no front end and no widget: the view is made when the panel is first displayed, or
    when `view` is first asked for.
    """

    _views: ClassVar[dict[type["Panel"], Callable[[Any], Shown]]] = {}

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._listeners: list[Callable[[], None]] = []
        self._view: Shown | None = None
        self._message = ""
        self._closed = False
        self._held_since: float | None = None

    @abstractmethod
    def facts(self) -> list[Fact]:
        """How the panel stands, as the rows of a small table."""

    @abstractmethod
    def pictures(self) -> list[tuple[str, bytes]]:
        """(what it shows, PNG) of every picture of the panel, the main one first; drawn now."""

    def still(self) -> bytes:
        """The panel's main picture as PNG, drawn now."""
        return self.pictures()[0][1]

    def picture(self) -> Picture:
        """The panel as it stands now, for a page that does not run."""
        return Picture(type(self).__name__, tuple(self.facts()), tuple(self.pictures()))

    @property
    def message(self) -> str:
        """The last thing the panel has to say in one line; empty where all is well."""
        return self._message

    @property
    def view(self) -> Any:
        """What draws the panel in a front end; made at the first call.

        Raises:
            PanelError: the panel is closed.
        """
        with self._lock:
            if self._view is None:
                self._open()
                load_view(type(self).__name__)
                self._view = self._views[type(self)](self)
            return self._view

    def settle(self, timeout: float | None = 10.0) -> bool:
        """Waits until the view shows the present state, at most `timeout` seconds; returns whether it does."""
        return self._view is None or self._view.settle(timeout)

    @property
    def awaited(self) -> float:
        """Seconds for which a cell has been waiting for this panel: buttons are heard when it has ended. 0 for none."""
        began = self._held_since
        return 0.0 if began is None else time.monotonic() - began

    @contextmanager
    def holding(self) -> Iterator[None]:
        """What `wait` does, for its panel to know: on the main thread it keeps the kernel from hearing buttons."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self._held_since = time.monotonic()
        self.changed()
        try:
            yield
        finally:
            self._held_since = None
            self.changed()

    def listen(self, listener: Callable[[], None]) -> None:
        """Calls `listener` after every change, on whichever thread made it; it must be quick and raise nothing."""
        with self._lock:
            self._listeners.append(listener)

    def attempt(self, action: Callable[[], Any]) -> bool:
        """Does what a button asks, and returns whether it went well; what goes wrong becomes the message."""
        try:
            action()
        except Exception as error:  # the user pressed a button: there is no caller to raise to
            self.say(explain(error))
            return False
        return True

    def say(self, message: str) -> None:
        """Shows one line to the user; an empty one takes the last away."""
        self._message = message
        self.changed()

    def changed(self) -> None:
        """Tells everyone who listens."""
        for listener in tuple(self._listeners):
            listener()

    def close(self) -> None:
        """Ends everything the panel does in the background and closes its view; a second call does nothing."""
        with self._lock:
            self._closed = True
            view, self._view = self._view, None
            self._listeners.clear()
        if view is not None:
            view.close()

    def _open(self) -> None:
        if self._closed:
            raise PanelError(f"this {type(self).__name__} is closed: make a new one")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """The live view, and under it plain text and HTML for wherever no front end runs."""
        try:
            drawn = self.picture().html()
        except Exception as error:  # a panel that cannot be drawn is shown all the same, and says why
            drawn = f"<p>{escape(repr(self))}: {escape(explain(error, more='while the picture was drawn'))}</p>"
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": drawn}
        if not self._closed:
            bundle |= self.view.widget._repr_mimebundle_()
        return bundle | {"text/plain": repr(self)}


_Kind = TypeVar("_Kind", bound=Panel)
_View = TypeVar("_View", bound=Callable[[Any], Shown])


def draws(kind: type[_Kind]) -> Callable[[_View], _View]:
    """Registers a class as the view of a kind of panel."""

    def register(view: _View) -> _View:
        if kind in Panel._views:
            raise PanelError(f"{kind.__name__} already has a view: {Panel._views[kind]}")
        Panel._views[kind] = view
        return view

    return register


def explain(error: BaseException, *, more: str = "") -> str:
    """One readable line for an error: what to do, where that is known, and what was raised.

    Args:
        error: what was raised; an error of leyden's own says what to do itself.
        more: what to add for any other.
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if isinstance(error, LeydenError):
        return " ".join(lines) or type(error).__name__
    first = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    told = advice(error)
    return f"{told} ({first})" if told else f"{first} {more}".strip()
