import copy

import pytest
import torch
from torch import nn

from leyden.errors import TrainError
from leyden.train.speed.precision import Precision, bfloat16_pays
from leyden.train.speed.timing import PRECISIONS, Timed, Timings, fastest


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv3d(2, 4, 3, padding=1), nn.GroupNorm(2, 4), nn.Dropout(0.3), nn.Conv3d(4, 1, 1))


def test_every_way_is_timed_on_a_copy_and_the_random_state_is_put_back():
    net = network()
    before = copy.deepcopy(net.state_dict())
    images = torch.randn(1, 2, 8, 8, 8)
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    timings = fastest(net, images, repeats=2)
    assert torch.equal(torch.rand(1), expected)
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert all(weight.grad is None for weight in net.parameters())
    assert timings.best in PRECISIONS
    assert timings.rows[-1].precision == Precision()
    assert (timings.rows[-1].gap, timings.rows[-1].cosine) == (0.0, pytest.approx(1.0))


def test_each_way_says_how_far_it_is_from_float32():
    rows = fastest(network(), torch.randn(1, 2, 8, 8, 8), repeats=1).rows
    for row in rows:
        assert row.gap <= (1e-4 if row.precision.dtype == "float32" else 0.1)
        assert row.cosine > 0.99
    assert any(row.precision.dtype == "bfloat16" for row in rows) == bfloat16_pays()


def test_a_forward_pass_alone_is_timed_in_evaluation_mode():
    timings = fastest(network(), torch.randn(1, 2, 8, 8, 8), training=False, repeats=1)
    assert {row.cosine for row in timings.rows} == {1.0}
    assert str(timings).startswith("forward pass on 1 x 2 x 8 x 8 x 8, ")


def test_the_table_shows_milliseconds_and_how_many_times_as_fast():
    rows = (Timed(Precision("bfloat16"), 0.1, 0.01, 0.999), Timed(Precision(), 0.5, 0.0, 1.0))
    timings = Timings(rows, (1, 4, 8, 8, 8), training=True, threads=2)
    assert (timings.best, timings.speedup) == (Precision("bfloat16"), pytest.approx(5.0))
    lines = str(timings).splitlines()
    assert lines[0] == "training step on 1 x 4 x 8 x 8 x 8, 2 threads"
    assert lines[1].split() == ["bfloat16", "100.0", "ms", "5.0x", "gap", "1.0e-02", "gradient", "cosine", "0.9990"]


def test_plain_float32_is_timed_once_also_where_it_is_asked_for():
    timings = fastest(network(), torch.randn(1, 2, 4, 4, 4), repeats=1, precisions=(Precision(),))
    assert [row.precision for row in timings.rows] == [Precision()]


@pytest.mark.parametrize(
    ("net", "example", "repeats"),
    [
        (nn.Conv3d(1, 1, 1).double(), torch.zeros(1, 1, 2, 2, 2), 1),
        (nn.Conv3d(1, 1, 1), torch.zeros(1, 1, 2, 2, 2).half(), 1),
        (nn.Conv3d(1, 1, 1), torch.zeros(1, 1, 2, 2, 2), 0),
    ],
    ids=["double weights", "half images", "no repeat"],
)
def test_what_cannot_be_compared_is_refused(net, example, repeats):
    with pytest.raises(TrainError, match="float32 networks on the CPU with 1 or more repeats"):
        fastest(net, example, repeats=repeats)
