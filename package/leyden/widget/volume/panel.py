"""Volumes looked at: three linked planes, labels over them, a prediction against the truth."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, final

from leyden.errors import PanelError
from leyden.medical import Scheme
from leyden.medical import scheme as scheme_named
from leyden.widget.augment.drawing.facing import Convention
from leyden.widget.base.panel import Fact, Panel, explain
from leyden.widget.base.picture import encode
from leyden.widget.prune.desk import Desk
from leyden.widget.volume.drawing import Fill, Interpolation
from leyden.widget.volume.film import Film, Slice
from leyden.widget.volume.labels import Part
from leyden.widget.volume.overlay import Layer, layers_of, legend_of, shown_by
from leyden.widget.volume.plane import Plane
from leyden.widget.volume.readout import Readout, readout_of
from leyden.widget.volume.rendering import rendered
from leyden.widget.volume.roster import CaseRow, Roster, Scores
from leyden.widget.volume.seeking import first_place, fullest, nowhere
from leyden.widget.volume.state import Preset, VolumeState, VolumeStyle, carried, restyled, style_faults
from leyden.widget.volume.subject import Place, Subject, Window

__all__ = ["VolumePanel"]


@final
class VolumePanel(Panel):
    """Shows scans in three planes through one voxel, with what was drawn on them and what was predicted.

    Nothing given changes. Slices are those of the array, hung as radiologists do: see `convention` in `show`.

    Args:
        scans: a `leyden.medical.Scan`, or a list or container of scans, of which one is read at a time.
        prediction: a Mask or codes `z y x`, or maps of regions `region z y x`; of several scans a list of them in
            order, or a mapping by name.
        scheme: what codes mean, by name or itself; left out, what the container says, else codes stay numbers.
        scores: Dice of each case, in order or by name; one number, or one a region. The worst case is shown first.

    Raises:
        PanelError: what is given cannot be shown; every reason is told. Of cases the first that can be is shown.

    Examples:
        >>> import torch
        >>> from leyden.items import Image, Mask
        >>> from leyden.medical import Scan
        >>> label = torch.zeros(8, 8, 8, dtype=torch.uint8)
        >>> label[2:5, 3:6, 3:6] = 1
        >>> panel = VolumePanel(Scan(Image(torch.rand(2, 8, 8, 8)), Mask(label), ("t1", "flair"), "one"))
        >>> panel.show(modality="flair", window=(0.0, 0.5)); panel.move(z=3)
        >>> panel.readout.voxel, panel.readout.truth, [one.place for one in panel.slices()]
        ((3, 4, 4), 'label 1 (1)', [3, 4, 4])
    """

    def __init__(
        self,
        scans: Any,
        *,
        prediction: Any = None,
        scheme: str | Scheme | None = None,
        scores: Scores | None = None,
    ) -> None:
        super().__init__()
        told = getattr(scans, "scheme", None) if scheme is None else scheme  # a container of files knows its own
        told = scheme_named(told) if isinstance(told, str) else told
        self._roster = Roster(scans, prediction, scheme=told, scores=scores)
        self._film = Film()
        self._desk = Desk(("read", "render"), self.changed)
        self._wanted: CaseRow | None = None
        row, subject, faults = self._roster.opened()
        style = VolumeStyle(subject.modalities[0], layer=layers_of(subject)[-1])
        self._state = VolumeState(row, subject, first_place(subject, style.layer, style.part), style)
        self.say(faults)

    def __repr__(self) -> str:
        state = self._state
        return f"VolumePanel({state.row.words()}; {state.told()}; voxel {state.place})"

    @property
    def cases(self) -> tuple[CaseRow, ...]:
        """All cases, those that scored worst first."""
        return self._roster.rows

    @property
    def case(self) -> CaseRow:
        """The case that is shown."""
        return self._state.row

    @property
    def wanted(self) -> CaseRow:
        """The case that is read in the background, or else the one that is shown."""
        return self._wanted or self._state.row

    @property
    def doing(self) -> str:
        """What goes on in the background, in words; empty where nothing does."""
        return {"read": f"reading {self.wanted.name}", "render": "rendering in 3-D", "": ""}[self._desk.under_way]

    @property
    def stopping(self) -> bool:
        """Whether what goes on was told to end, and has not ended yet."""
        return self._desk.stopping

    @property
    def times(self) -> tuple[float, float | None]:
        """Seconds that what goes on took so far, and seconds left if it takes as long as the last; None if unknown."""
        return self._desk.times

    @property
    def subject(self) -> Subject:
        """What there is of it: image, truth, prediction."""
        return self._state.subject

    @property
    def state(self) -> VolumeState:
        """Case, place and style of one moment."""
        return self._state

    @property
    def place(self) -> Place:
        """The voxel (z, y, x) under the cross hair."""
        return self._state.place

    @property
    def style(self) -> VolumeStyle:
        """How it is shown."""
        return self._state.style

    @property
    def window(self) -> Window:
        """The values shown black and white."""
        state = self._state
        return state.style.window(state.subject)

    @property
    def planes(self) -> tuple[Plane, Plane, Plane]:
        """Axial, coronal and sagittal: how each lies on the screen."""
        return self._state.planes

    @property
    def readout(self) -> Readout:
        """What is under the cross hair."""
        state = self._state
        return readout_of(state.subject, state.place)

    @property
    def legend(self) -> list[tuple[str, str]]:
        """The colours of what is laid over the image, and what each is."""
        state = self._state
        return legend_of(state.subject, state.style.layer, state.style.part)

    def choose(self, case: int | str, *, wait: bool = True) -> None:
        """Shows another case: by its number in the container, or by name.

        Args:
            case: its number or its name.
            wait: read it now; False reads in the background, of many the latest, and the message says what went wrong.

        Raises:
            PanelError: there is none, or it cannot be shown; the present one stays. What reading raises passes through.
        """
        row = self._roster.find(case)
        (self._take if wait else self._begin)(row)

    def step(self, by: int = 1, *, wait: bool = True) -> None:
        """Shows the next case of the list; the one before with -1.

        Args:
            by: how far down the list.
            wait: see `choose`.

        Raises:
            PanelError: there is none further on.
        """
        rows = self._roster.rows
        at = rows.index(self.wanted) + by
        if not 0 <= at < len(rows):
            raise PanelError(f"this is the {'last' if by > 0 else 'first'} of {len(rows)} cases")
        self.choose(rows[at].index, wait=wait)

    def stop(self) -> None:
        """Ends what goes on in the background at its next line of Python; what is shown stays.

        Raises:
            PanelError: nothing goes on.
        """
        if not self.doing:
            raise PanelError("there is nothing to stop")
        self._wanted = None
        self._desk.stop()

    def wait(self, timeout: float | None = None) -> None:
        """Waits until nothing goes on in the background.

        Raises:
            PanelError: it takes longer than `timeout` seconds.
        """
        if not self._desk.wait(timeout):
            raise PanelError(f"{self.doing} after {timeout:g} s still: wait longer, or stop()")

    def close(self) -> None:
        """Stops what goes on, then closes the view."""
        self._desk.close()
        super().close()

    def move(self, z: int | None = None, y: int | None = None, *, x: int | None = None) -> None:
        """Moves the cross hair to a voxel; what is left out stays.

        Raises:
            PanelError: there is no such voxel.
        """
        with self._lock:
            state = self._state
            wanted = zip((z, y, x), state.place, strict=True)
            spots = [int(now if spot is None else spot) for spot, now in wanted]
            faults = [
                f"{name} = {spot} of 0 to {count - 1}"
                for name, spot, count in zip("zyx", spots, state.subject.size, strict=True)
                if not 0 <= spot < count
            ]
            if faults:
                raise PanelError(f"there is no such voxel: {', '.join(faults)}")
            self._state = replace(state, place=(spots[0], spots[1], spots[2]))
        self.say("")

    def seek(self, layer: Layer | None = None) -> None:
        """Moves the cross hair to the axial slice that holds most of what is looked at.

        Args:
            layer: of a `difference` what is wrong counts; left out, the layer that is shown.

        Raises:
            PanelError: there is nothing of it.
        """
        with self._lock:
            state = self._state
            chosen = state.style.layer if layer is None else layer
            faults = style_faults(state.subject, {"layer": chosen})
            where = None if faults else fullest(state.subject, chosen, state.style.part)
            if where is None:
                raise PanelError("; ".join(faults) or nowhere(state.subject, chosen, state.style.part))
            self._state = replace(state, place=where)
        self.say("")

    def show(
        self,
        *,
        modality: str | None = None,
        window: Window | None = None,
        preset: Preset | None = None,
        layer: Layer | None = None,
        part: Part | None = None,
        fill: Fill | None = None,
        opacity: float | None = None,
        convention: Convention | None = None,
        interpolation: Interpolation | None = None,
        cross: bool | None = None,
        zoom: float | None = None,
    ) -> None:
        """Changes how the case is shown, see `VolumeStyle`; what is left out stays.

        A `window` is of the modality that is shown then, and `preset` forgets it. `zoom` is about the cross hair.

        Raises:
            PanelError: there is no such modality, layer, part or value; every reason is told, and all stays.
        """
        given = {
            "modality": modality, "window": window, "preset": preset, "layer": layer, "part": part, "fill": fill,
            "opacity": opacity, "convention": convention, "interpolation": interpolation, "cross": cross, "zoom": zoom,
        }  # fmt: skip
        changes = {name: value for name, value in given.items() if value is not None}
        with self._lock:
            state = self._state
            faults = style_faults(state.subject, changes)
            if faults:
                raise PanelError("; ".join(faults))
            self._state = replace(state, style=restyled(state, changes))
        self.say("")

    def slices(self, state: VolumeState | None = None) -> list[Slice]:
        """The three planes as they are drawn, without letters and cross hair; of the present state if left out."""
        return self._film.slices(state or self._state)

    def render3d(self, *, then: Callable[[Any], Any] | None = None) -> Any:
        """Gives a rendering in three dimensions, as a widget of ipyniivue: the modality and the labels that are shown.

        It needs WebGL 2 in the browser. Volumes travel as bytes with the widget; nothing is loaded from the network.

        Args:
            then: is given the widget when it is made; it is made in the background then, and None is returned.

        Raises:
            DriverMissing: ipyniivue or nibabel is not installed. In the background the message says so instead.
        """
        if then is not None:
            self._desk.ask("render", partial(self._tried, "render", lambda: then(self.render3d())))
            return None
        state = self._state
        labels = shown_by(state.subject, state.style.layer)
        return rendered(state.subject, state.style.modality, window=self.window, labels=labels, place=state.place)

    def facts(self) -> list[Fact]:
        """The case, how it lies in space, what is shown of it, how well it fits, and what is under the cross hair."""
        state = self._state
        subject, style = state.subject, state.style
        low, high = style.window(subject)
        rows = [("case", state.row.words()), ("grid", state.grid())]
        rows.append(("modality", f"{style.modality}, {low:.4g} to {high:.4g}"))
        rows += [(f"not finite in {name}", f"{count:,} voxels, drawn black") for name, count in subject.broken.items()]
        if style.layer != "none":
            rows.append(("over it", f"{style.layer}, {subject.parts[style.part]}"))
        for part in (*(subject.scheme.regions if subject.scheme is not None else ()), "codes"):
            share = subject.dice(part)
            rows += [] if share is None else [(f"Dice, {subject.parts[part]}", f"{share:.3f}")]
        return rows + self.readout.rows()

    def pictures(self) -> list[tuple[str, bytes]]:
        """The three planes with letters, cross hair and legend."""
        state = self._state
        words = f"{state.row.words()}; {state.told()}; axial, coronal and sagittal slices through voxel {state.place}"
        return [(words, encode(self._film.still(state)))]

    def _begin(self, row: CaseRow) -> None:
        """Read a case in the background, in place of one that is being read."""
        with self._lock:
            if self._desk.busy("read"):
                self._desk.stop()
            self._wanted = row
            self._desk.ask("read", partial(self._tried, "read", partial(self._take, row)))

    def _take(self, row: CaseRow) -> None:
        """Read a case and show it."""
        subject = self._roster.read(row.index)
        with self._lock:
            style = carried(self._state.style, subject)
            self._state = VolumeState(row, subject, first_place(subject, style.layer, style.part), style)
        self.say("")

    def _tried(self, kind: str, work: Callable[[], Any]) -> None:
        """Do a piece of work in the background; what goes wrong becomes the message, and what is shown stays."""
        try:
            work()
        except Exception as error:  # in the background there is no caller to raise to
            self.say(f"{self.doing} ended: {explain(error)}. {self._state.row.name} is shown as before")
        finally:
            if kind == "read" and "read" not in self._desk.waiting:
                self._wanted = None
