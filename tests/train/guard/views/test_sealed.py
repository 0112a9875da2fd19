import copy
import operator

import numpy as np
import pytest
import torch

from leyden.errors import AccessError
from leyden.train.graph.access import Access
from leyden.train.guard import Guard
from leyden.train.guard.views.sealed import Sealed

USES = {
    "attribute": lambda item: item.shape,
    "item": lambda item: item[0],
    "length": len,
    "iteration": list,
    "truth": bool,
    "number": float,
    "sum": lambda item: item + 1,
    "sum from the right": lambda item: 1 + item,
    "matrix product": lambda item: item @ item,
    "in place": lambda item: operator.iadd(item, 1),
    "comparison": lambda item: item == 1,
    "order": lambda item: item < 1,
    "membership": lambda item: 1 in item,
    "call": lambda item: item(),
    "text": str,
    "format": "{}".format,
    "type": lambda item: isinstance(item, dict),
    "torch": torch.mean,
    "torch, in a list": lambda item: torch.stack([torch.ones(()), item]),
    "torch, by name": lambda item: torch.add(torch.ones(()), other=item),
    "numpy": np.asarray,
    "with": lambda item: item.__enter__(),
}


@pytest.fixture
def sealed():
    guard = Guard("Mine", Access())
    guard.within = "on_fit_start"
    return Sealed(guard, "batch.image")


@pytest.mark.parametrize("use", USES)
def test_every_use_is_refused(sealed, use):
    with pytest.raises(AccessError, match=r"Mine read batch\.image in on_fit_start"):
        USES[use](sealed)


def test_to_put_something_in_is_a_write(sealed):
    with pytest.raises(AccessError, match=r"Mine wrote batch\.image"):
        sealed.grad = None


def test_it_may_be_unpacked_kept_copied_and_shown(sealed):
    kept, _ = [sealed, 1]
    assert kept is sealed
    assert copy.deepcopy(kept) is sealed
    assert {kept}
    assert repr(kept) == "<batch.image: Mine may not read it>"
