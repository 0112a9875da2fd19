"""Windows against their formulas."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.signal.window import blackman_window, hamming_window, hann_window


@pytest.mark.parametrize("periodic", [0, 1])
def test_windows_are_sums_of_cosines(periodic: int) -> None:
    turn = 2 * np.pi * np.arange(9) / (9 if periodic else 8)
    for make, expected in (
        (hann_window, 0.5 - 0.5 * np.cos(turn)),
        (hamming_window, 25 / 46 - 21 / 46 * np.cos(turn)),
        (blackman_window, 0.42 - 0.5 * np.cos(turn) + 0.08 * np.cos(2 * turn)),
    ):
        np.testing.assert_allclose(make(9, periodic=periodic, output_datatype=11).numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("window", [hann_window, hamming_window, blackman_window])
def test_the_size_may_have_an_axis_and_the_type_is_what_was_asked_for(window) -> None:
    assert window((4,), output_datatype=10).dtype == torch.float16
    assert window(5, output_datatype=7, periodic=0).tolist() == [0, 0, 1, 0, 0]
