import numpy as np
import pytest
import torch

from leyden.errors import PlotError
from leyden.plot import png, sound


def tone(hertz, *, rate=8000, seconds=1.0):
    return torch.sin(2 * torch.pi * hertz * torch.arange(int(rate * seconds)) / rate)


def test_the_brightest_pitch_is_the_one_that_sounds():
    below = sound(tone(1000), 8000).axes[1]
    (image,) = below.get_images()
    loud = image.get_array()
    top = image.get_extent()[3]
    assert top == 4.0
    row = int(np.asarray(loud).mean(1).argmax())
    assert (row + 0.5) / loud.shape[0] * top == pytest.approx(1.0, abs=0.05)


def test_the_axes_are_in_seconds_and_kilohertz():
    above, below = sound(tone(500, seconds=2.0), 8000, title="A tone").axes
    assert above.get_xlim() == (0.0, 2.0)
    assert (below.get_xlabel(), below.get_ylabel(), above.get_title(loc="left")) == ("time in s", "kHz", "A tone")


def test_several_channels_are_drawn_as_their_mean():
    wave = tone(300)
    assert png(sound(torch.stack([wave, wave]), 8000)) == png(sound(wave, 8000)) == png(sound(wave.numpy(), 8000))


def test_a_short_or_silent_sound_and_one_with_gaps_can_be_drawn():
    assert "too short" in sound(tone(300, seconds=0.01), 8000).axes[1].texts[0].get_text()
    for wave in (torch.zeros(8000), torch.full((8000,), float("nan"))):
        assert png(sound(wave, 8000))[1:4] == b"PNG"


@pytest.mark.parametrize(("wave", "rate"), [(torch.zeros(2, 2, 2), 1.0), (torch.zeros(0), 1.0), (torch.zeros(9), 0.0)])
def test_what_is_no_sound_is_refused(wave, rate):
    with pytest.raises(PlotError, match="'time' or 'channel time' with a rate above 0"):
        sound(wave, rate)
