"""Fourier transforms against NumPy and by hand."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.signal.fourier import dft, dft_17, stft


def pairs(spectrum: np.ndarray) -> np.ndarray:
    return np.stack((np.real(spectrum), np.imag(spectrum)), -1)


@pytest.fixture
def signal() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((2, 6, 5, 2))


@pytest.mark.parametrize("length", [None, 4, 9])
@pytest.mark.parametrize("axis", [1, 2, -2, -3])
def test_complex_numbers_are_transformed_as_numpy_does(signal: np.ndarray, axis: int, length: int | None) -> None:
    whole = signal[..., 0] + 1j * signal[..., 1]
    out, place = dft(torch.from_numpy(signal), length, axis), axis % 4
    np.testing.assert_allclose(out.numpy(), pairs(np.fft.fft(whole, length, place)), atol=1e-12)
    back = dft(torch.from_numpy(signal), length, axis, inverse=1)
    np.testing.assert_allclose(back.numpy(), pairs(np.fft.ifft(whole, length, place)), atol=1e-12)


@pytest.mark.parametrize("length", [None, 4, 9])
def test_real_numbers_have_half_a_spectrum(signal: np.ndarray, length: int | None) -> None:
    out = dft(torch.from_numpy(signal[..., :1]), length, 1, onesided=1)
    np.testing.assert_allclose(out.numpy(), pairs(np.fft.rfft(signal[..., 0], length, 1)), atol=1e-12)


@pytest.mark.parametrize("length", [None, 7])
def test_half_a_spectrum_gives_real_numbers(signal: np.ndarray, length: int | None) -> None:
    out = dft(torch.from_numpy(signal), length, 1, inverse=1, onesided=1)
    expected = np.fft.irfft(signal[..., 0] + 1j * signal[..., 1], length, 1)
    np.testing.assert_allclose(out.numpy(), expected[..., None], atol=1e-12)


def test_half_the_spectrum_of_complex_numbers_is_its_first_half(signal: np.ndarray) -> None:
    data = torch.from_numpy(signal)
    assert torch.equal(dft(data, None, 1, onesided=1), dft(data, None, 1)[:, :4])


def test_the_axis_was_an_attribute_once(signal: np.ndarray) -> None:
    data = torch.from_numpy(signal)
    assert torch.equal(dft_17(data), dft(data, None, 1))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32], ids=str)
def test_the_type_stays(dtype: torch.dtype) -> None:
    assert dft(torch.ones(1, 4, 1, dtype=dtype)).dtype == dtype


@pytest.mark.parametrize("onesided", [0, 1])
def test_frames_are_transformed_one_by_one(onesided: int) -> None:
    signal, window = torch.randn(2, 20, 1, dtype=torch.float64), torch.rand(8, dtype=torch.float64)
    out = stft(signal, 3, window, onesided=onesided)
    frames = [dft((signal[:, at : at + 8, 0] * window)[..., None], onesided=onesided) for at in range(0, 13, 3)]
    torch.testing.assert_close(out, torch.stack(frames, 1))


def test_without_a_window_the_length_is_said() -> None:
    signal = torch.randn(1, 20, 1)
    torch.testing.assert_close(stft(signal, 4, None, 8), stft(signal, 4, torch.ones(8)))


def test_without_a_length_the_signal_is_one_frame() -> None:
    assert stft(torch.randn(1, 20, 1), 4).shape == (1, 1, 11, 2)


def test_complex_signals_have_frames_too() -> None:
    signal = torch.randn(1, 16, 2)
    torch.testing.assert_close(stft(signal, (8,), None, (8,), onesided=0)[:, 1], dft(signal[:, 8:]))


def test_gradients_pass() -> None:
    signal = torch.randn(1, 12, 1, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: stft(x, 4, None, 4), signal)
