import pytest
import torch
from torch import nn

from leyden.prune import Magnitude, Row, bake, prune, sparsity


@pytest.fixture
def model():
    made = nn.Sequential(nn.Linear(4, 2), nn.Linear(2, 2, bias=False))
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.copy_(torch.arange(1.0, parameter.numel() + 1).view_as(parameter))
    return made


def test_zeros_are_counted_where_pruning_could_reach_and_everywhere(model):
    report = sparsity(prune(model, Magnitude(0.5), where="0"))
    assert report.rows == (
        Row("0.weight", (2, 4), 4, 8, True),
        Row("0.bias", (2,), 0, 2, False),
        Row("1.weight", (2, 2), 0, 4, False),
    )
    assert report.zeros == 0.5
    assert report.zeros_all == 4 / 14


def test_a_plain_model_has_nothing_touched(model):
    report = sparsity(bake(prune(model, Magnitude(0.5))))
    assert report.zeros == 0
    assert report.zeros_all == 6 / 14
    assert sparsity(nn.ReLU()).zeros_all == 0


def test_tied_weights_are_counted_once(words):
    report = sparsity(prune(words, Magnitude(0.5), where="embedding"))
    assert [row.name for row in report.rows if row.touched] == ["embedding.weight"]
    assert report.zeros == 0.5


def test_values_written_under_a_mask_do_not_count(model):
    sparse = prune(model, Magnitude(0.5))
    for parameter in sparse.parameters():
        parameter.data.fill_(1)
    assert sparsity(sparse).zeros == 0.5


def test_the_report_prints_as_a_table(model):
    report = sparsity(prune(model, Magnitude(0.5), where="0"))
    assert repr(report) == "Sparsity(zeros=0.5000, zeros_all=0.2857, rows=3)"
    assert str(report).splitlines() == [
        "parameter          shape  zeros  of  share",
        "0.weight             2x4      4   8  50.0%  masked",
        "0.bias                 2      0   2   0.0%",
        "1.weight             2x2      0   4   0.0%",
        "masked parameters             4   8  50.0%",
        "all parameters                4  14  28.6%",
    ]
