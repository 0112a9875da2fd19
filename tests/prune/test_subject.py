import copy

import pytest
import torch
from torch import nn

from leyden.prune import Magnitude, Method, prune


class Asked(Method):
    """Keeps everything, and what it was told."""

    def __call__(self, weights, subject=None):
        self.weights, self.subject = weights, subject
        return {name: torch.ones_like(weight, dtype=torch.bool) for name, weight in weights.items()}


@pytest.fixture
def asked() -> Asked:
    return Asked()


def test_a_method_is_told_where_its_weights_sit(photo, asked):
    prune(photo, asked, where="stem")
    assert list(asked.weights) == ["stem.weight"]
    assert isinstance(asked.subject.places["stem.weight"].owners[0], nn.Conv2d)
    assert asked.subject.places["stem.weight"].owners[0] is not photo.stem


def test_a_method_is_told_what_is_pruned_already(photo, asked):
    once = prune(photo, Magnitude(0.5), where="head")
    prune(once, asked)
    assert list(asked.subject.standing) == ["head.weight"]
    assert int((~asked.subject.standing["head.weight"]).sum()) == 16


def test_a_method_sees_zeros_where_pruned_even_if_something_else_was_written_there(photo, asked):
    once = prune(photo, Magnitude(0.5), where="head")
    with torch.no_grad():
        for parameter in once.parameters():
            parameter.fill_(1.0)
    prune(once, asked)
    assert int((asked.weights["head.weight"] == 0).sum()) == 16


def test_a_copy_of_the_subject_can_be_trained_without_a_trace(photo, picture):
    class Trains(Asked):
        def __call__(self, weights, subject=None):
            model = subject.copy().train()
            rule = torch.optim.SGD(model.parameters(), lr=1.0)
            model(picture).square().sum().backward()
            rule.step()
            return super().__call__(weights, subject)

    before = copy.deepcopy(photo.state_dict())
    after = prune(photo, Trains()).state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
