"""Sound as a picture: the wave over time, and below it which pitches are in it."""

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from leyden.errors import PlotError
from leyden.plot.canvas import GREY, INK, PALETTE, Picture, note, sheet, write_title

__all__ = ["sound"]

_COLUMNS = 900  # pixels across: a longer wave is drawn as the least and the greatest value of each
_LOUDEST = 80.0  # dB below the loudest that are shown
_WINDOW = 0.025  # s: the window that is usual for speech


def sound(wave: Tensor | np.ndarray, rate: float, *, title: str = "") -> Picture:
    """Draws the wave of a sound and its spectrogram.

    Args:
        wave: "time" or "channel time", real; of several channels the mean.
        rate: Values a second.
        title: Written over the picture, flush left.

    Raises:
        PlotError: If the wave is no row of real numbers, is empty, or the rate is not above 0.
    """
    values = np.asarray(wave.detach().cpu().double() if isinstance(wave, Tensor) else wave, dtype=np.float64)
    if values.ndim not in (1, 2) or not values.size or not rate > 0:
        raise PlotError(
            f"a sound is 'time' or 'channel time' with a rate above 0; given shape {values.shape} at {rate:g} a second"
        )
    mono = np.nan_to_num(values if values.ndim == 1 else values.mean(0))
    with sheet(7.5, 3.4) as figure:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2, 3))
        _draw_wave(above, mono, rate)
        _draw_pitches(below, mono, rate)
        write_title(above, title)
        for axes in (above, below):
            axes.spines[["top", "right"]].set_visible(False)
            axes.spines[["left", "bottom"]].set_color(GREY)
            axes.tick_params(colors=INK, color=GREY, labelsize=9, length=3)
        figure.align_ylabels()
    return figure


def _draw_wave(axes: Axes, mono: np.ndarray, rate: float) -> None:
    parts = np.array_split(mono, min(len(mono), _COLUMNS))
    low, high = np.array([(part.min(), part.max()) for part in parts]).T
    times = (np.arange(len(parts)) + 0.5) * len(mono) / len(parts) / rate
    if len(mono) <= _COLUMNS:
        axes.plot(times, mono, color=PALETTE[0], linewidth=1.0)
    else:
        axes.fill_between(times, low, high, color=PALETTE[0], linewidth=0.4)
    axes.set_xlim(0, len(mono) / rate)
    axes.set_ylabel("amplitude", color=INK, fontsize=9)


def _draw_pitches(axes: Axes, mono: np.ndarray, rate: float) -> None:
    axes.set_xlabel("time in s", color=INK, fontsize=9)
    long = max(16, round(_WINDOW * rate))
    if len(mono) < 2 * long:
        note(axes, "too short for a spectrogram")
        return
    step = max(1, round(len(mono) / _COLUMNS), long // 4)
    waves = torch.stft(
        torch.from_numpy(mono), long, step, window=torch.hann_window(long), pad_mode="constant", return_complex=True
    )
    power = waves.abs().square().numpy()
    loud = 10 * np.log10(np.maximum(power, 1e-12 * max(power.max(), 1e-300)))
    top = rate / 2000
    extent = (0.0, len(mono) / rate, 0.0, top)
    axes.imshow(
        loud, origin="lower", aspect="auto", extent=extent, cmap="magma", vmin=loud.max() - _LOUDEST, vmax=loud.max()
    )
    axes.set_ylabel("kHz", color=INK, fontsize=9)
