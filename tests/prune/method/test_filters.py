import math

import pytest
import torch
from torch import nn

from leyden.errors import PruneError
from leyden.prune import prune
from leyden.prune.method import Filters

ROWS = torch.tensor([[3.0, -4.0], [5.5, 0.0], [4.0, 4.0]])


@pytest.mark.parametrize(
    ("norm", "sizes"),
    [(1, [3.5, 2.75, 4.0]), (2, [math.sqrt(12.5), math.sqrt(15.125), 4.0]), (math.inf, [4.0, 5.5, 4.0])],
)
def test_the_score_is_the_mean_of_powers(norm, sizes):
    scores = Filters(0.5, norm=norm).filter_scores({"a": ROWS})["a"]
    torch.testing.assert_close(scores, torch.tensor(sizes))


@pytest.mark.parametrize(("norm", "lost"), [(1, 1), (2, 0), (math.inf, 0)])
def test_the_smallest_filter_goes(norm, lost):
    kept = Filters(0.34, norm=norm)({"a": ROWS})["a"]
    assert (~kept).all(1).nonzero().flatten().tolist() == [lost]


def test_columns_go_on_the_side_of_the_inputs():
    assert Filters(0.5, axis=1)({"a": torch.tensor([[3.0, 1.0], [0.0, 2.0]])})["a"].tolist() == [[True, False]] * 2


def test_filters_of_different_size_are_ranked_by_weight():
    kept = Filters(0.5, scope="global")({"wide": torch.ones(2, 100), "narrow": torch.full((2, 2), 2.0)})
    assert [mask.all(1).tolist() for mask in kept.values()] == [[False, True], [False, True]]
    kept = Filters(0.25, scope="global")({"wide": torch.ones(2, 100), "narrow": torch.full((2, 2), 2.0)})
    assert [mask.all(1).tolist() for mask in kept.values()] == [[False, True], [True, True]]


def test_the_output_of_a_pruned_filter_is_its_bias_in_transposed_convolutions_too():
    layer = nn.ConvTranspose2d(4, 6, 3, groups=2)
    out = prune(layer, Filters(0.5))(torch.randn(1, 4, 5, 5))
    assert int((out == layer.get_parameter("bias").view(1, 6, 1, 1)).all(-1).all(-1).sum()) == 3


def test_squares_of_half_precision_do_not_overflow():
    large = torch.tensor([[300.0] * 4, [200.0] * 4], dtype=torch.float16)
    assert Filters(0.5)({"a": large})["a"].all(1).tolist() == [True, False]


def test_wrong_settings_are_refused_at_once_and_together():
    with pytest.raises(PruneError, match=r"1.0 was given; norm is 1, 2 or math.inf; 3 was given"):
        Filters(1.0, norm=3)


def test_it_prints_as_it_is_written():
    assert repr(Filters(0.5, norm=1)) == "Filters(sparsity=0.5, norm=1, axis=0, scope='local')"
