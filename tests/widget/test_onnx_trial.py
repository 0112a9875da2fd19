import time

import numpy as np
import pytest
import torch
from torch import nn

from leyden import onnx
from leyden.errors import PanelError
from leyden.onnx import Value
from leyden.widget import random_inputs
from leyden.widget.onnx_trial import Stage, reading_seconds, size_of, tried


def test_random_input_fits_type_and_shape_and_repeats():
    values = (Value("x", "float32", ("batch", None, 4)), Value("ids", "int64", (2,)), Value("on", "bool", ()))
    made = random_inputs(values, sizes={"batch": 2})
    assert [(str(array.dtype), array.shape) for array in made] == [
        ("float32", (2, 1, 4)),
        ("int64", (2,)),
        ("bool", ()),
    ]
    assert set(made[1].tolist()) <= {0, 1}
    assert all((one == other).all() for one, other in zip(made, random_inputs(values, sizes={"batch": 2}), strict=True))
    assert np.isfinite(made[0]).all()


def test_input_that_cannot_be_made_up_is_named():
    with pytest.raises(PanelError, match=r"words: string.*; shapeless: float32: give the panel an example"):
        random_inputs((Value("words", "string", (1,)), Value("shapeless", "float32", None)))


@pytest.mark.parametrize("sizes", [{"bach": 2}, {"batch": -1}])
def test_a_size_of_no_axis_and_one_below_0_are_named(sizes):
    values = (Value("x", "float32", ("batch", None, 4)),)
    with pytest.raises(PanelError, match=rf"given {sizes}, there are \['batch'\]"):
        random_inputs(values, sizes=sizes)


def test_a_negative_length_in_a_file_stands_for_any():
    made = random_inputs((Value("x", "float32", (-1, 3, "rows")),), sizes={"rows": 0})
    assert made[0].shape == (1, 3, 0)


def test_a_trial_tells_what_it_does_next_and_how_long_that_takes(tmp_path):
    net, given, told = nn.Linear(3, 2).eval(), torch.randn(2, 3), []
    onnx.export(net, given, tmp_path / "net.onnx")
    trial = tried(tmp_path / "net.onnx", (given,), net, tell=lambda *stage: told.append(stage))
    whats = [what for what, _ in told]
    assert whats == ["opening the file", "running it once", "timing 35 calls", "comparing it with the network"]
    assert told[2][1] > 0
    assert trial.latency.repeats == 30
    assert trial.parity.passed


def test_a_stage_knows_its_share_and_what_is_left():
    half = Stage("timing", time.monotonic() - 5, 10)
    assert half.remaining == pytest.approx(5, abs=0.5)
    assert half.share == pytest.approx(0.5, abs=0.05)
    assert Stage("timing", time.monotonic() - 50, 10).remaining == 0
    assert Stage("opening", time.monotonic()).remaining is None


def test_the_weights_beside_a_file_count_as_part_of_it(tmp_path):
    for name in ("net.onnx", "net.onnx.data", "other.onnx"):
        (tmp_path / name).write_bytes(bytes(1000))
    assert size_of(tmp_path / "net.onnx") == 2000
    assert size_of(tmp_path / "missing.onnx") == size_of(tmp_path) == 0
    assert 0 < reading_seconds(tmp_path / "net.onnx") < 1
