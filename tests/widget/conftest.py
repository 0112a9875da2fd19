import threading

import pytest
import torch
from torch import nn

from leyden.train import Classifier, Tuning


@pytest.fixture
def task():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Dropout(0.1), nn.Flatten(), nn.Linear(64, 2))
    return Classifier(net, ["dark", "light"], tuning=Tuning(rate=0.02, freeze=0))


@pytest.fixture
def batches():
    """Four batches of eight dark or light images: anything that learns gets these right."""
    generator = torch.Generator().manual_seed(1)
    images = torch.rand(32, 3, 6, 6, generator=generator) * 0.3
    labels = torch.arange(32) % 2
    images = images + 0.6 * labels[:, None, None, None]
    return list(zip(images.split(8), labels.split(8), strict=True))


@pytest.fixture(autouse=True)
def nothing_left_running():
    """After every test no thread of ours lives that was not there before it."""
    before = set(threading.enumerate())
    yield
    left = set(threading.enumerate()) - before
    assert [thread.name for thread in left if thread.name.startswith("leyden-")] == []
