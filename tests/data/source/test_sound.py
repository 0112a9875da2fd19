import io

import numpy as np
import pytest
import torch
from scipy.io import wavfile

from leyden.data.source.sound import read_sound
from leyden.errors import DataError


def wav(waves, rate=8000):
    file = io.BytesIO()
    wavfile.write(file, rate, waves)
    return file.getvalue()


@pytest.mark.parametrize(
    ("dtype", "stored"),
    [
        (np.uint8, [0, 64, 128, 192]),
        (np.int16, [-(2**15), -(2**14), 0, 2**14]),
        (np.int32, [-(2**31), -(2**30), 0, 2**30]),
        (np.float32, [-1, -0.5, 0, 0.5]),
        (np.float64, [-1, -0.5, 0, 0.5]),
    ],
)
def test_every_kind_of_number_is_scaled_to_its_range(dtype, stored):
    sound = read_sound(wav(np.array(stored, dtype=dtype)))
    assert sound.data.dtype == torch.float32
    assert sound.data.tolist() == [[-1, -0.5, 0, 0.5]]


def test_channels_come_first(tmp_path):
    path = tmp_path / "two sides.wav"
    path.write_bytes(wav(np.array([[0, 2**14]] * 3, dtype=np.int16), rate=44100))
    sound = read_sound(path)
    assert sound.data.tolist() == [[0, 0, 0], [0.5, 0.5, 0.5]]
    assert repr(sound) == "Sound(2 x 3, 44100 Hz, 6.8e-05 s)"


def test_what_is_no_sound_is_refused(tmp_path):
    whole = wav(np.arange(100, dtype=np.int16))
    for name, content, message in [
        ("cut", whole[:-50], r"cut: is cut short: 194 bytes of 244; fetch it again"),
        ("text", b"no sound at all", r"text cannot be read \(ValueError: File format"),
        ("empty", b"", "empty cannot be read"),
        ("still", whole[:24] + bytes(8) + whole[32:], "still: has a rate of 0"),
    ]:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=message):
            read_sound(tmp_path / name)
    with pytest.raises(DataError, match=r"gone cannot be read \(FileNotFoundError"):
        read_sound(tmp_path / "gone")


def test_a_recording_of_nothing_is_refused_and_bytes_are_named():
    with pytest.raises(DataError, match=r"a sound of \d+ bytes: holds no sample; delete it"):
        read_sound(wav(np.zeros(0, np.int16)))
    with pytest.raises(DataError, match="a sound of 12 bytes: is cut short: 12 bytes of"):
        read_sound(b"RIFFxxxxWAVE")
