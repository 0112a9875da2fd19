"""How a training panel looks: buttons, progress, live curves, sample predictions."""

from collections.abc import Callable, Sequence
from html import escape

import ipywidgets as widgets

from leyden import plot
from leyden.widget.base.curve import Curve
from leyden.widget.base.panel import draws
from leyden.widget.base.picture import encode, pixels
from leyden.widget.base.telling import bar_html, state_html
from leyden.widget.base.view import View, button, flow, html, put
from leyden.widget.train import TrainPanel
from leyden.widget.train_state import Samples, loss_lines, score_lines, score_title

__all__ = ["TrainView"]

_STOP = "End the run after the present batch; it is validated once more and kept"
_STOP_NOW = "End the validation too, after its present batch"


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
        self.stop = button("Stop", _STOP, press=self._press(panel.stop), icon="stop")
        self.loss = Curve("Loss")
        self.scores = Curve(score_title(panel.scores[0]), span=(0.0, 1.0))
        return [
            flow([self.start, self.pause, self.stop]),
            self.state,
            self.bar,
            flow([self.loss.widget, self.scores.widget]),
            self.samples,
        ]

    def refresh(self) -> None:
        """Reads the panel once and shows it."""
        panel = self._train
        status, progress = panel.status, panel.progress
        put(self.state, state_html(status, str(progress)))
        put(self.bar, bar_html(progress.share, "steps"))
        active = status in ("running", "paused")
        put(self.start, active or status == "stopping", "disabled")
        put(self.start, "Start" if status == "idle" else "Start again", "description")
        put(self.pause, not active, "disabled")
        put(self.pause, "Resume" if status == "paused" else "Pause", "description")
        put(self.pause, "play" if status == "paused" else "pause", "icon")
        stopping = status == "stopping" and progress.validated is not None
        put(self.stop, not (active or stopping), "disabled")
        put(self.stop, "Stop now" if stopping else "Stop", "description")
        put(self.stop, _STOP_NOW if stopping else _STOP, "tooltip")
        extent = float(max(progress.total, progress.step, 1))
        self.loss.show(loss_lines(panel.history), extent=extent)
        self.scores.show(score_lines(panel.history, panel.scores), extent=extent)
        self._show(panel.samples)

    def _show(self, samples: Samples | None) -> None:
        if samples is None:
            return
        if self._seen is not None and samples.told == self._seen.told:
            return
        self._seen = samples
        cells = [_cell(samples, index) for index in range(len(samples.truth))]
        title = f'<div class="head"><b>Samples</b><span class="quiet">{escape(samples.headline)}</span></div>'
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
        return f'<figure><img alt="{truth}" src="{source}"><figcaption>{truth}</figcaption></figure>'
    chosen, sure = escape(samples.chosen[index]), samples.sure[index]
    right = samples.right[index]
    caption = f'<span class="{"right" if right else "wrong"}">{chosen}</span> <span class="quiet">{sure:.0%}</span>'
    more = "" if right else f'<br><span class="quiet">is {truth}</span>'
    image = f'<img alt="{truth}, taken for {chosen}" src="{source}">'
    return f"<figure>{image}<figcaption>{caption}{more}</figcaption></figure>"
