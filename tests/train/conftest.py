import pytest
import torch
from torch import nn

from leyden.train import Classifier, Tuning


class Net(nn.Module):
    """Two stages with normalisation and a head, small enough to train in a blink."""

    def __init__(self) -> None:
        super().__init__()
        self.low = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU())
        self.high = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(4, 2)

    @property
    def backbone(self):
        return [self.low, self.high]

    def forward(self, images):
        return self.head(self.high(self.low(images)))


@pytest.fixture
def task():
    torch.manual_seed(0)
    return Classifier(Net(), ["dark", "light"], tuning=Tuning(rate=0.05, freeze=1))


@pytest.fixture
def batches():
    """Four batches of eight dark or light images: anything that learns gets these right."""
    generator = torch.Generator().manual_seed(1)
    images = torch.rand(32, 3, 6, 6, generator=generator) * 0.3
    labels = torch.arange(32) % 2
    images = images + 0.6 * labels[:, None, None, None]
    return list(zip(images.split(8), labels.split(8), strict=True))
