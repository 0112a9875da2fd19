import pathlib

import pytest
import torch
from torch import nn

from leyden.errors import AccessError
from leyden.train.graph.access import Access
from leyden.train.guard import Guard
from leyden.train.guard.views.view import View
from leyden.train.guard.views.ways import shown

PLAIN = [3, 0.5, "word", True, None, b"raw", pathlib.PurePath("a"), torch.float32, (1, 2), {1, 2}, object(), len, int]


def scope(*reads):
    guard = Guard("Mine", Access(reads))
    guard.within = "on_fit_start"
    return guard


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: type(value).__name__)
def test_plain_values_are_given_as_they_are_to_who_may_read_them(value):
    assert shown(scope("model"), value, "model.value") is value
    with pytest.raises(AccessError, match=r"read model\.value"):
        shown(scope(), value, "model.value")


def test_a_module_that_is_not_the_tasks_is_a_plain_value(look):
    with look(reads=["model.spare"]) as seen:
        stranger = nn.Linear(1, 1)
        assert seen.guard.wrap(stranger, "model.spare") is stranger
        with pytest.raises(AccessError, match=r"read model\.other"):
            seen.guard.wrap(stranger, "model.other")


def test_a_wrapper_around_the_task_is_looked_through(look):
    class Wrapper(nn.Module):
        def __init__(self, module):
            super().__init__()
            self.module = module

    with look(reads=["model.parameters.net.0.weight"]) as seen:
        wrapped = seen.guard.wrap(Wrapper(seen.real.task), "trainer.model")
        assert issubclass(type(wrapped), View)
        assert wrapped.module is seen.task
        with pytest.raises(AccessError, match=r"model\.parameters\.net\.0\.bias"):
            list(wrapped.parameters())


def test_a_tuple_of_tensors_is_watched(look):
    def spoil():
        with look(reads=["model.pair"]) as seen:
            seen.real.task.pair = (torch.ones(1), torch.ones(1))
            seen.task.pair[1].add_(1)

    with pytest.raises(AccessError, match=r"wrote model\.pair\.1"):
        spoil()
