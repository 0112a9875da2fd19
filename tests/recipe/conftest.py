import dataclasses

import pytest
import torch
from torch import nn

from leyden import vision
from leyden.recipe import LabelledSet, pipes
from leyden.train import Classifier, Tuning


class Net(nn.Module):
    """A backbone, a depthwise filter and a head."""

    def __init__(self, classes):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2), nn.BatchNorm2d(8), nn.ReLU())
        self.middle = nn.Sequential(nn.Conv2d(8, 8, 3, groups=8), nn.Conv2d(8, 16, 1), nn.ReLU())
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, classes))

    @property
    def backbone(self):
        return [self.stem, self.middle]

    def forward(self, images):
        return self.head(self.middle(self.stem(images)))


class Counting:
    """Dark and light pictures of mixed sizes; notes every reading."""

    def __init__(self, count):
        self.count, self.read = count, []

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        if not 0 <= index < self.count:
            raise IndexError(index)
        self.read.append(index)
        shade = 40 + 10 * (index % 5) + 120 * (index % 2)
        return torch.full((3, 20 + index % 3, 24), shade, dtype=torch.uint8), index % 2


@pytest.fixture
def labelled():
    return LabelledSet(("dark", "light"), Counting(24), Counting(10), "by hand")


@pytest.fixture
def prep():
    _, prep = vision.create("efficientnet_lite0", classes=2)
    return dataclasses.replace(prep, size=16, crop=1.0)


@pytest.fixture
def batches(labelled, prep):
    return pipes(labelled, prep, batch=8)


@pytest.fixture
def task():
    torch.manual_seed(0)
    return Classifier(Net(2), ["dark", "light"], tuning=Tuning(rate=0.02, freeze=1))
