"""How a training panel looks: buttons, progress, live curves, sample predictions."""

from collections.abc import Callable, Sequence
from html import escape

import ipywidgets as widgets

from leyden import plot
from leyden.widget.base.curve import LIVE, Line, LiveCurve
from leyden.widget.base.panel import draws
from leyden.widget.base.picture import encode, pixels
from leyden.widget.base.view import View, button, flow, html, image, put
from leyden.widget.train import TrainPanel
from leyden.widget.train_state import Samples, accuracy_lines, loss_lines

__all__ = ["TrainView"]


@draws(TrainPanel)
class TrainView(View):
    """Draws a `TrainPanel`."""

    def __init__(self, panel: TrainPanel) -> None:
        self._train = panel
        self._seen: Samples | None = None
        super().__init__(panel, "Training")

    def build(self) -> Sequence[widgets.Widget]:
        """State, progress, buttons, curves, samples."""
        panel = self._train
        self.state, self.bar, self.samples = html(), html(), html()
        self.start = button(
            "Start", "Train a copy of the task from where it is", press=self._press(panel.start), icon="play"
        )
        self.pause = button("Pause", "Hold the run after the present batch", press=self._pause_or_resume, icon="pause")
        self.stop = button(
            "Stop", "End the run after the present batch and keep it", press=self._press(panel.stop), icon="stop"
        )
        self.loss = LiveCurve(title="Loss") if LIVE else html()
        self.accuracy = LiveCurve(title="Validation accuracy", span=[0.0, 1.0]) if LIVE else html()
        return [
            flow([self.start, self.pause, self.stop]),
            self.state,
            self.bar,
            flow([self.loss, self.accuracy]),
            self.samples,
        ]

    def refresh(self) -> None:
        """Reads the panel once and shows it."""
        panel = self._train
        status, progress = panel.status, panel.progress
        put(self.state, f'<div class="head" role="status"><span class="state {status}">{status}</span>'
            f'<span class="quiet">{escape(str(progress))}</span></div>')  # fmt: skip
        put(self.bar, f'<div class="bar" role="progressbar" aria-label="steps" aria-valuemin="0" aria-valuemax="100" '
            f'aria-valuenow="{progress.share:.0%}"><i style="width:{progress.share:.1%}"></i></div>')  # fmt: skip
        active = status in ("running", "paused")
        put(self.start, active or status == "stopping", "disabled")
        put(self.start, "Start" if status == "idle" else "Start again", "description")
        put(self.pause, not active, "disabled")
        put(self.pause, "Resume" if status == "paused" else "Pause", "description")
        put(self.pause, "play" if status == "paused" else "pause", "icon")
        put(self.stop, not active, "disabled")
        extent = float(max(progress.total, progress.step, 1))
        self._curve(self.loss, loss_lines(panel.history), extent, "Loss")
        self._curve(self.accuracy, accuracy_lines(panel.history), extent, "Validation accuracy")
        self._show(panel.samples)

    def _curve(self, curve: LiveCurve | widgets.HTML, lines: list[Line], extent: float, title: str) -> None:
        if isinstance(curve, LiveCurve):
            ends = [f"{line.name} {line.y[-1]:.3g}" for line in lines if len(line.y)]
            with curve.hold_sync():
                curve.extent = extent
                curve.lines = [line.message() for line in lines]
                curve.label = f"{title}: {', '.join(ends) or 'nothing yet'}"
            return
        drawn = plot.curves({line.name: (line.x, line.y) for line in lines}, x_label="step", y_label=title)
        put(curve, image(plot.png(drawn), alt=title))

    def _show(self, samples: Samples | None) -> None:
        if samples is None:
            return
        if self._seen is not None and samples.chosen == self._seen.chosen and samples.sure == self._seen.sure:
            return
        self._seen = samples
        cells = [_cell(samples, index) for index in range(len(samples.truth))]
        right = f"{sum(samples.right)} of {len(samples.truth)} right" if samples.chosen else "true classes"
        title = f'<div class="head"><b>Samples</b><span class="quiet">{right}</span></div>'
        put(self.samples, f'{title}<div class="samples">{"".join(cells)}</div>')

    def _press(self, action: Callable[[], None]) -> Callable[[], bool]:
        return lambda: self._train.attempt(action)

    def _pause_or_resume(self) -> None:
        panel = self._train
        panel.attempt(panel.resume if panel.status == "paused" else panel.pause)


def _cell(samples: Samples, index: int) -> str:
    source = plot.data_uri(encode(pixels(samples.pictures[index])))
    truth = escape(samples.truth[index])
    if not samples.chosen:
        return f'<figure><img alt="a {truth}" src="{source}"><figcaption>{truth}</figcaption></figure>'
    chosen, sure = escape(samples.chosen[index]), samples.sure[index]
    right = samples.right[index]
    caption = f'<span class="{"right" if right else "wrong"}">{chosen}</span> <span class="quiet">{sure:.0%}</span>'
    more = "" if right else f'<br><span class="quiet">is {truth}</span>'
    image = f'<img alt="{truth}, taken for {chosen}" src="{source}">'
    return f"<figure>{image}<figcaption>{caption}{more}</figcaption></figure>"
