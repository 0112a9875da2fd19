from dataclasses import dataclass

import pytest
import torch

from leyden.errors import PruneError
from leyden.prune import Random, Scope, Scored, prune


@dataclass(frozen=True)
class Given(Scored):
    """Scores that were given."""

    sparsity: float
    numbers: tuple[float, ...]
    scope: Scope = "global"

    def scores(self, weights, subject=None):
        return {name: torch.tensor(self.numbers).view(weight.shape) for name, weight in weights.items()}


def test_the_lowest_scores_go():
    kept = Given(0.5, (0.3, -2.0, torch.inf, -torch.inf))({"a": torch.zeros(2, 2)})
    assert kept["a"].tolist() == [[True, False], [True, False]]


def test_what_is_pruned_already_goes_before_the_lowest():
    first = prune(torch.nn.Linear(4, 1), lambda weights: {"weight": torch.tensor([[True, True, True, False]])})
    twice = prune(first, Given(0.5, (0.3, -2.0, -3.0, 9.0)))
    assert (twice.weight != 0).tolist() == [[True, True, False, False]]


def test_a_score_that_is_nan_is_named():
    with pytest.raises(PruneError, match="weight: a score is NaN"):
        prune(torch.nn.Linear(2, 1), Given(0.5, (0.3, torch.nan)))


def test_scores_of_chance_do_not_depend_on_the_weights():
    method = Random(0.5, seed=1)
    assert torch.equal(method.scores({"a": torch.zeros(3, 2)})["a"], method.scores({"a": torch.ones(3, 2)})["a"])
