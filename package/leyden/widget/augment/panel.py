"""What augmentation does to a sample, tried out: turn a parameter and see the draws."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, final

import numpy as np

from leyden.augment import Draw, Transform
from leyden.errors import PanelError
from leyden.widget.augment.drawing.marks import numbered
from leyden.widget.augment.harm import Finding, Ranking, ranked, survey
from leyden.widget.augment.knob import Knob, Setting, knobs, turned
from leyden.widget.augment.scenery import Planes, Scenery, Style
from leyden.widget.augment.state import State, check_count, drawn_from, usual_count
from leyden.widget.base.errand import Errand, LookStatus
from leyden.widget.base.panel import Fact, Panel
from leyden.widget.base.picture import encode, mosaic

__all__ = ["AugmentPanel"]

_MOST_SOUGHT = 100_000


@final
class AugmentPanel(Panel):
    """Shows a transform at work on a sample: the sample as given, then as drawn, with a control for every parameter.

    The transform given never changes: `move` is the edited one, a value to train with. Equal parameters and an equal
    seed give equal pictures. Of a volume one slice is shown, and only that slice of each draw is computed; see
    `Draw.part` for what is a likeness then.

    Args:
        move: any transform, or a chain of them.
        sample: an item of `leyden.items`, or a tuple, list or dictionary of items. The first image is shown, with
            masks, heat maps, points, boxes and outlines over it.
        seed: where the draws start.
        count: draws shown, 1 to 24; left out, 9 of a picture and 4 of a volume.
        overlay: whether what lies over the image is drawn.
        regions: names of the numbers in masks.

    Raises:
        PanelError: no image among the items, or a count out of range.
        DrawError: the transform does not fit the sample.

    Examples:
        >>> import torch
        >>> from leyden.augment import Rotate, Zoom
        >>> from leyden.items import Image
        >>> panel = AugmentPanel(Rotate(15) | Zoom(0.9, 1.1), Image(torch.rand(3, 32, 32)))
        >>> panel.turn("Rotate.degrees", (0, 30))
        >>> panel.move, len(panel.draws)
        (Rotate((0, 30)) | Zoom(0.9, 1.1), 9)
        >>> panel.select(2); panel.draw == Draw.from_json(panel.to_json())
        True
    """

    def __init__(
        self,
        move: Transform,
        sample: Any,
        *,
        seed: int = 0,
        count: int | None = None,
        overlay: bool = True,
        regions: Mapping[int, str] | None = None,
    ) -> None:
        super().__init__()
        self._sample = sample
        self._scenery = Scenery(sample)
        count = usual_count(self._scenery.size) if count is None else count
        check_count(count)
        self._regions = dict(regions or {})
        self._errand = Errand(self._heard)
        self._findings: tuple[Finding, ...] = ()
        draws = drawn_from(move, sample, seed=seed, count=count)
        style = replace(self._scenery.first_style(), overlay=overlay)
        self._state = State(move, self._knobs_of(move), seed, draws, 0, style)
        self.pair()  # what cannot be shown is refused here

    def __repr__(self) -> str:
        return f"AugmentPanel({self._state.move!r}, seed={self._state.seed})"

    @property
    def move(self) -> Transform:
        """The transform as it is set now."""
        return self._state.move

    @property
    def seed(self) -> int:
        """Where the draws start."""
        return self._state.seed

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """Every parameter of the transform that can be turned."""
        return self._state.knobs

    @property
    def draws(self) -> tuple[Draw, ...]:
        """What was drawn, in the order shown; each can be stored and replayed by itself."""
        return self._state.draws

    @property
    def selected(self) -> int:
        """Which of the draws is shown beside the sample as given, from 0 on."""
        return self._state.selected

    @property
    def draw(self) -> Draw:
        """The draw that is selected."""
        state = self._state
        return state.draws[state.selected]

    @property
    def style(self) -> Style:
        """How pictures are shown: slice, window, overlay."""
        return self._state.style

    @property
    def scenery(self) -> Scenery:
        """The sample, and what it looks like."""
        return self._scenery

    @property
    def regions(self) -> dict[int, str]:
        """Names of the numbers in masks."""
        return dict(self._regions)

    @property
    def status(self) -> LookStatus:
        """Where the newest search for the worst draws is."""
        return self._errand.status

    @property
    def progress(self) -> tuple[int, int]:
        """(draws looked at, draws in all) of the newest search."""
        return self._errand.progress

    @property
    def times(self) -> tuple[float, float | None]:
        """Seconds that the newest search took so far, and seconds left; None where that is not known."""
        return self._errand.seconds, self._errand.remaining

    def turn(self, name: str, value: Setting) -> None:
        """Sets one parameter of the transform and draws again.

        Raises:
            PanelError: there is no parameter of that name, or it takes another kind of value.
            DrawError: the transform refuses the value, or no longer fits the sample; all stays as it was.
        """
        with self._lock:
            state = self._state
            named = {knob.name: knob for knob in state.knobs}
            if name not in named:
                raise PanelError(f"no parameter {name!r} in {state.move!r}; there is {', '.join(named) or 'none'}")
            move = turned(state.move, named[name], value)
            draws = drawn_from(move, self._sample, seed=state.seed, count=len(state.draws))
            self._state = replace(state, move=move, knobs=self._knobs_of(move), draws=draws)
            self._forget()
        self.say("")

    def reseed(self, seed: int, *, count: int | None = None) -> None:
        """Draws from another seed.

        Args:
            seed: where the draws start.
            count: how many, 1 to 24; as many as now if left out.
        """
        with self._lock:
            state = self._state
            wanted = len(state.draws) if count is None else count
            check_count(wanted)
            draws = drawn_from(state.move, self._sample, seed=seed, count=wanted)
            self._state = replace(state, seed=seed, draws=draws, selected=min(state.selected, wanted - 1))
        self.say("")

    def redraw(self) -> None:
        """Draws from the next seed; after the greatest that a browser can show comes 0."""
        self.reseed((self.seed + 1) % 2**53)

    def select(self, index: int) -> None:
        """Shows one of the draws beside the sample as given.

        Raises:
            PanelError: there is no such draw.
        """
        with self._lock:
            if index not in range(len(self._state.draws)):
                raise PanelError(f"there is no draw {index!r}: there are {len(self._state.draws)}, counted from 0")
            self._state = replace(self._state, selected=int(index))
        self.say("")

    def show(
        self,
        *,
        overlay: bool | None = None,
        difference: bool | None = None,
        axis: str | int | None = None,
        place: int | None = None,
        window: tuple[float, float] | None = None,
        channel: int | str | None = None,
        planes: Planes | None = None,
    ) -> None:
        """Changes how pictures are shown; what is left out stays.

        Args:
            overlay: draw what lies over the image.
            difference: show what the selected draw changed.
            axis: of a volume, the axis that slices are across: its number, or its name as in `scenery.facings`.
            place: the slice across that axis, counted on the grid of the sample.
            window: the values shown black and white.
            channel: the one shown, by number or name; its usual window comes with it.
            planes: of a volume, show the pair in the chosen plane or in all `three`.

        Raises:
            PanelError: there is no such axis, slice, channel or choice, or the ends of the window are not in order.
        """
        with self._lock:
            asked = {"axis": axis, "place": place, "window": window, "channel": channel, "planes": planes}
            style = self._scenery.restyled(self._state.style, **asked)
            given = {"overlay": overlay, "difference": difference}
            switched = {name: value for name, value in given.items() if value is not None}
            self._state = replace(self._state, style=replace(style, **switched))
        self.say("")

    def worst(self, count: int = 200, *, wait: bool = True) -> tuple[Finding, ...]:
        """Looks at the first draw of each of so many seeds, from the present one on, and ranks what they take away.

        Points, boxes and outlines are exact; areas and values are estimated, see `Probe`.

        Args:
            count: seeds to look at, 1 to 100,000.
            wait: return when done; False searches in the background, and `findings` has what was found so far.

        Returns:
            What was found, the draws that take away most first; `pick` shows one.

        Raises:
            PanelError: a search is under way, the count is out of range, or the panel is closed.
        """
        self._open()
        if not 1 <= count <= _MOST_SOUGHT:
            raise PanelError(f"a search looks at 1 to {_MOST_SOUGHT:,} draws; given {count:,}")
        with self._lock:
            state = self._state
            seeds, note = range(state.seed, state.seed + count), partial(self._note, state.move)
            work = partial(survey, self._scenery.probe, state.move, self._sample, seeds=seeds, note=note)
            self._errand.start(lambda progress: work(progress=progress), "the search")
            self._findings = ()
        if wait:
            self._errand.wait()
        return self.findings()

    def findings(self, by: Ranking = "all") -> tuple[Finding, ...]:
        """What the newest search has found so far, the draws that take away most first.

        Args:
            by: the sum of all shares lost, or one of them.
        """
        return ranked(self._findings, by)

    def pick(self, finding: Finding) -> None:
        """Shows the draw of a finding, as the first of its seed."""
        with self._lock:
            self.reseed(finding.seed)
            self.select(0)

    def stop(self) -> None:
        """Ends the search after the present draw; what was found so far is kept.

        Raises:
            PanelError: nothing is under way.
        """
        self._errand.stop()

    def wait(self, timeout: float | None = None) -> tuple[Finding, ...]:
        """Waits until the search is over, and returns what was found; Ctrl-C meanwhile stops it.

        Raises:
            PanelError: no search was begun, or it is not over in time. What it raised is raised again.
        """
        with self.holding():
            self._errand.wait(timeout)
        return self.findings()

    def close(self) -> None:
        """Stops a search that is under way, then closes the view."""
        self._errand.close()
        super().close()

    def to_json(self) -> str:
        """The selected draw as JSON, which `Draw.from_json` reads."""
        return self.draw.to_json()

    def lost(self) -> str:
        """What the selected draw takes away, in words."""
        state = self._state
        return self._scenery.probe(state.seed, state.draws[state.selected]).words(self._regions)

    def facts(self) -> list[Fact]:
        """The transform, its plan, the seed, the selected draw and what it takes away."""
        state = self._state
        plan = [(f"step {number}", line) for number, line in enumerate(state.move.plan().splitlines(), start=1)]
        drawn = (f"draw {state.selected + 1} of {len(state.draws)}", repr(self.draw))
        return [("transform", repr(state.move)), *plan, ("seed", str(state.seed)), drawn, ("lost", self.lost())]

    def pictures(self) -> list[tuple[str, bytes]]:
        """The sample as given and all draws, numbered; then the selected draw beside the sample."""
        state = self._state
        names = ["as given", *map(str, range(1, len(state.draws) + 1))]
        cells = [numbered(cell, name) for cell, name in zip(self.cells(), names, strict=True)]
        pair = self.pair()
        words = f"Draw {state.selected + 1}: {'; '.join(words for words, _ in pair)}"
        return [
            (f"The sample as given, then as drawn: {state.move!r}", encode(mosaic(cells, columns=5))),
            (words, encode(mosaic([pixels for _, pixels in pair], columns=min(len(pair), 3)))),
        ]

    def cells(self) -> list[np.ndarray]:
        """The sample as given, then as drawn: thumbnails of bytes "y x 3"."""
        state = self._state
        return self._scenery.cells(state.draws, state.style)

    def pair(self) -> list[tuple[str, np.ndarray]]:
        """The sample as given, the selected draw, and what changed where that is shown: (words, bytes "y x 3") each."""
        state = self._state
        return self._scenery.pair(state.draws[state.selected], state.style)

    def _knobs_of(self, move: Transform) -> tuple[Knob, ...]:
        return knobs(move, largest=max(self._scenery.size))

    def _forget(self) -> None:
        """Drop what was found for another transform, and end the search for it."""
        self._findings = ()
        if self._errand.status == "running":
            self._errand.stop()

    def _heard(self) -> None:
        """Say what a search ended by, on its thread, and tell everyone who listens."""
        self._message = self._errand.problem or self._message
        self.changed()

    def _note(self, move: Transform, finding: Finding) -> None:
        """Keep a finding, on the thread of the search; late ones of another transform are dropped."""
        with self._lock:
            if self._state.move is move:
                self._findings = (*self._findings, finding)
