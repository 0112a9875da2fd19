"""How a volume panel is shown: three planes to point at, what is under the cross hair, how it is drawn."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from html import escape
from typing import Any, get_args

import ipywidgets as widgets

from leyden.widget.augment.drawing.facing import Convention
from leyden.widget.base.live import Twin
from leyden.widget.base.panel import draws
from leyden.widget.base.picture import address
from leyden.widget.base.telling import state_html, told_progress
from leyden.widget.base.view import View, button, facts_table, fit_window, flow, html, labelled, put, stack
from leyden.widget.volume.drawing import Fill, annotated
from leyden.widget.volume.film import Slice
from leyden.widget.volume.overlay import NAMED, layers_of, legend_of
from leyden.widget.volume.panel import VolumePanel
from leyden.widget.volume.readout import readout_of
from leyden.widget.volume.rendering import cleared
from leyden.widget.volume.screen.look import LOOK
from leyden.widget.volume.screen.stage import Stage
from leyden.widget.volume.state import Preset, VolumeState

__all__ = ["VolumeView"]

_LAYERS = {"none": "no labels", "truth": "truth", "prediction": "prediction", "difference": "difference"}
_HINT = (
    "Click or drag to move the cross hair, turn the wheel for slices. Keys: arrows by a voxel, Page Up and Page Down "
    "by a slice, with Shift by ten. Drag with Shift or the right button: left and right for contrast, up and down for "
    "brightness."
)


_PRESETS: tuple[tuple[str, Preset, str], ...] = (
    ("1 to 99 %", "percentile", "All but the outermost hundredths; what is exactly 0 does not count"),
    ("Full", "full", "From the least to the greatest value"),
)


@draws(VolumePanel)
class VolumeView(View):
    """Draws a `VolumePanel`."""

    def __init__(self, panel: VolumePanel) -> None:
        self._volume = panel
        self._sent = panel.window
        super().__init__(panel, "Volumes", per_second=25.0)

    def build(self) -> Sequence[widgets.Widget]:
        """What is chosen on top, the planes, and below them what is under the cross hair and how it is drawn."""
        self.about, self.legend, self.readout, self.state = html(), html(), html(), html()
        self.depth = stack([])
        self.plain = [html() for _ in range(3)]
        self.twins = [Twin(Stage, [picture]) for picture in self.plain]
        self.stages: list[Any] = [twin.live for twin in self.twins if twin.live is not None]
        self.sliders = [widgets.IntSlider(0, min=0, max=1) for _ in range(3)]
        self.names = [html() for _ in range(3)]
        hint = [html(f'<div class="hint">{_HINT}</div>')] if self.stages else []
        below = widgets.Box([stack([self.readout]), stack([self._how(), *hint])])
        below.add_class("leyden-volume-below")
        parts = [self.about, self._which(), self.state, self._planes(), self.legend, below, self.depth]
        root = stack([widgets.HTML(LOOK, layout={"display": "none"}), *parts])
        root.add_class("leyden-volume")
        return [root]

    def refresh(self) -> None:
        """Draws the present state."""
        state = self._volume.state  # one moment for all that is drawn
        subject, slices = state.subject, self._volume.slices(state)
        notes = [f"{count:,} voxels of {name} are not finite; drawn black" for name, count in subject.broken.items()]
        put(self.about, f'<span class="quiet">{escape("; ".join([state.row.words(), *notes]))}</span>')
        longest = max(one.plane.right.length for one in slices)
        for number, one in enumerate(slices):
            put(self.names[number], f"<label>{one.plane.name} slice</label>")
            if self.stages:
                self._sent = state.style.window(subject)
                put(self.stages[number], list(self._sent), "window")
                self.stages[number].drawn = _drawn(one, state, share=one.plane.right.length / longest)
        self._show_plain(slices, state)
        self._show_state()
        legend = legend_of(subject, state.style.layer, state.style.part)
        chips = [f'<span><i style="background:{colour}"></i>{escape(words)}</span>' for colour, words in legend]
        more = len(subject.codes) - NAMED if len(legend) == NAMED else 0
        chips += [f"<span>and {more} more</span>"] if more > 0 else []
        put(self.legend, f'<div class="legend">{"".join(chips)}</div>')
        rows = readout_of(subject, state.place).rows()
        put(self.readout, f"<b>Under the cross hair</b>{facts_table(rows)}")

    def close(self) -> None:
        """Ends drawing and closes every widget, the volumes of a rendering included."""
        old, self.depth.children = self.depth.children, ()
        for one in old:
            cleared(one)
        super().close()

    def _which(self) -> widgets.Widget:
        """Which case, which modality, what over it."""
        panel = self._volume
        self.modality = widgets.ToggleButtons(style={"button_width": "auto"})
        self.layer = widgets.ToggleButtons(style={"button_width": "auto"})
        self.part = widgets.Dropdown()
        offers: list[tuple[Any, Callable[[], list[tuple[str, Any]]], str]] = [
            (self.modality, lambda: [(name, name) for name in panel.subject.modalities], "modality"),
            (self.layer, lambda: [(_LAYERS[name], name) for name in layers_of(panel.subject)], "layer"),
            (self.part, lambda: [(words, part) for part, words in panel.subject.parts.items()], "part"),
        ]
        for control, offer, name in offers:
            read = partial(self._offered, control, offer, name)
            read()
            self.link(control, read=read, act=lambda value, name=name: panel.show(**{name: value}))
            put(control, getattr(panel.style, name))
        picks = [_pick("modality", self.modality), _pick("over it", self.layer), _pick("which labels", self.part)]
        which = flow([*self._cases(), *picks, self._seek()])
        which.add_class("leyden-which")
        return which

    def _cases(self) -> list[widgets.Widget]:
        panel = self._volume
        if len(panel.cases) == 1:
            return []
        scored = any(row.score is not None for row in panel.cases)
        self.case = widgets.Dropdown(options=[(row.words(), row.index) for row in panel.cases], value=panel.case.index)
        self.link(self.case, read=lambda: panel.wanted.index, act=partial(panel.choose, wait=False))
        back, forth = (
            button("", f"{word} case", press=lambda by=by: panel.attempt(lambda: panel.step(by, wait=False)), icon=icon)
            for word, by, icon in (("Previous", -1, "arrow-left"), ("Next", 1, "arrow-right"))
        )
        return [_pick("case, worst first" if scored else "case", self.case), back, forth]

    def _seek(self) -> widgets.Widget:
        panel = self._volume
        fullest = button(
            "Fullest slice", "Go to the slice with most of what is over the image; of a difference, with most errors",
            press=lambda: panel.attempt(panel.seek), icon="crosshairs",
        )  # fmt: skip
        solid = button(
            "3-D", "Render image and labels in three dimensions (ipyniivue)", press=self._render, icon="cube"
        )
        self.stop = button(
            "Stop",
            "End reading or rendering; what is shown stays",
            press=lambda: panel.attempt(panel.stop),
            icon="stop",
        )
        return flow([fullest, solid, self.stop])

    def _planes(self) -> widgets.Widget:
        """Each plane above the slider of its slices; a plain picture of it until a browser draws it."""
        panel = self._volume
        columns = []
        for number, slider in enumerate(self.sliders):
            slider.layout.width = "100%"
            slider.tooltip = "Slice"
            slider.value = self._spot(number)
            self.link(slider, read=partial(self._spot, number), act=partial(self._move, number))
            named = widgets.VBox([self.names[number], slider])
            named.add_class("labelled")
            columns.append(stack([self.twins[number], named]))
        for stage in self.stages:
            stage.value, stage.window = list(panel.place), list(panel.window)
            self.link(stage, read=lambda: list(panel.place), act=lambda place: panel.move(*place[:2], x=place[2]))
            stage.observe(self._dragged, "window")
            stage.observe(lambda _: panel.changed(), "ready")
        grid = widgets.Box(columns)
        grid.add_class("leyden-planes")
        return grid

    def _how(self) -> widgets.Widget:
        """Window, fill, and which way things lie."""
        panel = self._volume
        self.window = widgets.FloatRangeSlider(value=(0.0, 1.0), min=0.0, max=1.0)
        self.window.value = self._ends()
        self.link(self.window, read=self._ends, act=self._set_window)
        presets = [button(word, tip, press=partial(self._preset, name)) for word, name, tip in _PRESETS]
        self.fill = widgets.Dropdown(options=get_args(Fill), value=panel.style.fill)
        self.opacity = widgets.FloatSlider(panel.style.opacity, min=0.0, max=1.0, step=0.05)
        self.zoom = widgets.FloatSlider(panel.style.zoom, min=1.0, max=16.0, step=0.5, readout_format=".1f")
        self.convention = widgets.Dropdown(options=get_args(Convention), value=panel.style.convention)
        self.cross = widgets.Checkbox(panel.style.cross, indent=False, description="cross hair")
        self.voxels = widgets.Checkbox(panel.style.interpolation == "voxels", indent=False, description="single voxels")
        for name in ("fill", "opacity", "zoom", "convention", "cross"):
            read = partial(getattr, panel, "style")
            self.link(
                getattr(self, name),
                read=lambda name=name, read=read: getattr(read(), name),
                act=lambda value, name=name: panel.show(**{name: value}),
            )
        self.link(
            self.voxels,
            read=lambda: panel.style.interpolation == "voxels",
            act=lambda on: panel.show(interpolation="voxels" if on else "smooth"),
        )
        window = flow([labelled("window, black to white", self.window), flow(presets)])
        window.add_class("leyden-which")
        return stack([
            window,
            flow([labelled("labels as", self.fill), labelled("opacity of filled labels", self.opacity)]),
            flow([labelled("zoom", self.zoom), labelled("convention", self.convention)]),
            flow([self.cross, self.voxels]),
        ])  # fmt: skip

    def _preset(self, name: Preset) -> None:
        self._volume.attempt(lambda: self._volume.show(preset=name))

    def _offered(self, control: Any, offer: Callable[[], list[tuple[str, Any]]], name: str) -> Any:
        """What is chosen, once the control offers what the present case has."""
        wanted = offer()
        if list(control.options) != wanted:
            control.options = wanted
        return getattr(self._volume.style, name)

    def _spot(self, number: int) -> int:
        state = self._volume.state
        axis = state.planes[number].axis
        put(self.sliders[number], state.subject.size[axis] - 1, "max")
        return state.place[axis]

    def _move(self, number: int, spot: int) -> None:
        panel = self._volume
        panel.move(**{"zyx"[panel.planes[number].axis]: spot})

    def _ends(self) -> tuple[float, float]:
        state = self._volume.state
        shown = state.style.window(state.subject)
        fit_window(self.window, state.subject.span(state.style.modality), shown)
        return shown

    def _set_window(self, ends: tuple[float, float]) -> None:
        """Set the window, unless the slider only reports where it had to stand: at the nearest of its steps."""
        near = [
            abs(one - two) < 0.5001 * (self.window.step or 0.0)
            for one, two in zip(ends, self._volume.window, strict=True)
        ]
        if not all(near):
            self._volume.show(window=ends)

    def _dragged(self, change: Any) -> None:
        """Set the window where a drag has set it; what this view has put there itself is only an echo."""
        low, high = change["new"]
        if (low, high) != self._sent:
            self._volume.attempt(lambda: self._volume.show(window=(low, high)))

    def _show_plain(self, slices: list[Slice], state: VolumeState) -> None:
        """Plain pictures, with letters and cross hair drawn in, until a browser draws the planes."""
        for number, one in enumerate(slices):
            if self.twins[number].drawn:
                put(self.plain[number], "")
                continue
            down, right = one.plane.down, one.plane.right
            cross = (down.share(state.place[down.axis]), right.share(state.place[right.axis]))
            pixels = annotated(one.pixels, letters=one.plane.letters, cross=cross if state.style.cross else None)
            shown = f'<img class="picture" decoding="sync" alt="{escape(one.words)}" src="{address(pixels)}">'
            put(self.plain[number], f'<div class="instead">{shown}</div>')

    def _show_state(self) -> None:
        """What goes on in the background, how long it took and how long it will take."""
        panel = self._volume
        doing, (seconds, remaining) = panel.doing, panel.times
        told = [doing, told_progress(0, 0, "", seconds=seconds, remaining=remaining)]
        put(self.state, state_html("stopping" if panel.stopping else "running", told) if doing else "")
        put(self.stop, not doing or panel.stopping, "disabled")

    def _render(self) -> None:
        """Show the rendering below everything, in place of an older one, once it is made."""

        def put_in(made: Any) -> None:
            old, self.depth.children = self.depth.children, (made,)
            for one in old:
                cleared(one)

        self._volume.attempt(lambda: self._volume.render3d(then=put_in))


def _drawn(one: Slice, state: VolumeState, *, share: float) -> dict[str, Any]:
    """A plane as the stage takes it."""
    plane, subject = one.plane, state.subject
    high, wide = one.pixels.shape[:2]
    return {
        "source": address(one.pixels), "alt": one.words, "name": plane.name, "letters": list(plane.letters),
        "aspect": f"{wide} / {high}", "width": share, "axis": plane.axis, "count": subject.size[plane.axis],
        "down": asdict(plane.down), "right": asdict(plane.right), "cross": state.style.cross,
        "span": list(subject.span(state.style.modality)),
    }  # fmt: skip


def _pick(label: str, control: widgets.DOMWidget) -> widgets.VBox:
    box = labelled(label, control)
    box.remove_class("labelled")
    box.add_class("leyden-pick")
    return box
