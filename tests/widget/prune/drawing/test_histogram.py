import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some
from torch import nn

from leyden.prune import Magnitude, Random, prune
from leyden.widget.prune.drawing.histogram import Histogram, histogram_svg, histograms, outline


def holding(rows, dtype=torch.float32):
    layer = nn.Linear(len(rows[0]), len(rows), bias=False)
    layer.weight = nn.Parameter(torch.tensor(rows, dtype=dtype))
    return layer


@given(some.floats(0, 0.99), some.integers(0, 3))
def test_every_weight_is_counted_once_kept_or_pruned(share, seed):
    model = nn.Linear(7, 9)
    [found] = histograms(model, prune(model, Random(share, seed=seed)))
    assert (found.zeros, found.total) == (round(63 * share), 63)
    assert found.gone == 0


def test_weights_are_counted_by_the_value_they_had(two_layers):
    [found] = histograms(layer := holding([[-1.0, 0.1, -0.1, 1.0]]), prune(layer, Magnitude(0.5)))
    bins = len(found.kept)
    assert (found.kept[0], found.kept[-1], sum(found.kept)) == (1, 1, 2)
    assert [place for place, count in enumerate(found.pruned) if count] == [bins // 2 - 1, bins // 2 + 1]


def test_what_was_pruned_before_is_gone_and_has_no_value():
    before = prune(holding([[-1.0, 0.1, -0.1, 1.0]]), Magnitude(0.5))
    [found] = histograms(before, prune(before, Magnitude(0.75)))
    assert (found.gone, sum(found.pruned), sum(found.kept), found.zeros) == (2, 1, 1, 3)
    assert "3 of 4 weights pruned (75.0%), 2 of them before" in found.words()
    assert histograms(before, before)[0].words().endswith("2 of 4 weights pruned (50.0%), all of them before")


def test_what_is_left_out_says_so(two_layers):
    first, last = histograms(two_layers, prune(two_layers, Magnitude(0.5), where="0"))
    assert (first.spared, last.spared) == (False, True)
    assert last.words() == "2.weight (4 x 16): 64 weights, left out of pruning"


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16], ids=str)
def test_any_type_of_weights_is_counted(dtype):
    layer = holding([[0.5, -2.0, 0.25, 1.0]], dtype)
    assert histograms(layer, prune(layer, Magnitude(0.5)))[0].zeros == 2


def test_a_few_far_away_do_not_flatten_the_others():
    torch.manual_seed(0)
    layer = nn.Linear(100, 100)
    with torch.no_grad():
        layer.weight[0, 0] = 1000.0
    [found] = histograms(layer, prune(layer, Magnitude(0.5)))
    assert found.limit < 0.2
    assert found.total == 10_000


@pytest.mark.parametrize("value", [0.0, float("inf")])
def test_weights_without_a_size_are_counted_all_the_same(value):
    layer = holding([[value] * 4])
    assert histograms(layer, prune(layer, Random(0.5, seed=0)))[0].total == 4


def test_an_outline_reaches_its_top_and_no_further():
    assert outline([0, 4, 2], width=6, height=8, top=4) == "M0 8V8H2V0H4V4H6V8Z"
    assert outline([0], width=6, height=8, top=0) == "M0 8V8H6V8Z"


def test_the_drawing_is_told_in_words_and_its_names_are_harmless():
    page = histogram_svg(Histogram("<b>", (2, 2), 0.5, (1, 0, 1), (0, 2, 0), 0, False))
    assert "<b>" not in page
    assert "2 of 4 weights pruned (50.0%)" in page
    assert "\u22120.5" in page


def test_lines_go_around_the_bins():
    steps = Histogram("a", (1, 4), 1.5, (1, 0, 1), (0, 2, 0), 0, False).steps()
    assert steps["pruned"] == ([-1.5, -0.5, -0.5, 0.5, 0.5, 1.5], [0.0, 0.0, 2.0, 2.0, 0.0, 0.0])


def test_counting_large_layers_leaves_their_outliers_alone():
    torch.manual_seed(0)
    model = nn.Linear(300, 300)
    with torch.no_grad():
        model.weight[0, 0] = 100.0
    before = model.weight.detach().clone()
    pruned = prune(model, Magnitude(0.5))
    histograms(model, model)
    histograms(model, pruned)
    assert torch.equal(model.weight, before)
    assert pruned.weight[0, 0] == 100.0
