import pytest
import torch
from torch import nn

from leyden.prune import Magnitude, Random
from leyden.widget.prune.making import Workshop
from leyden.widget.prune.where import where_choices


@pytest.fixture
def model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3, groups=4), nn.Flatten(), nn.Linear(16, 3))


@pytest.fixture
def two_layers():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))


@pytest.fixture
def shop(two_layers):
    makers = {"magnitude, global": Magnitude, "random": lambda share: Random(share, seed=0)}
    return Workshop(two_layers, where_choices(two_layers), makers)


def zeros(model):
    return float(torch.cat([parameter.flatten() for parameter in model.parameters()]).eq(0).float().mean())


@pytest.fixture
def share_of_zeros():
    return zeros
