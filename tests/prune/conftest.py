"""Small models that hold weights in every way that matters: layers, attention, own parameters, tied weights."""

import pytest
import torch
from torch import Tensor, nn

from prune.promise.cases import Tagger


class Mixing(nn.Module):
    """Holds its matrix directly."""

    def __init__(self) -> None:
        super().__init__()
        self.matrix = nn.Parameter(torch.randn(8, 8))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.matrix


class Photo(nn.Module):
    """Convolution, depthwise convolution, normalisation, own matrix, attention, head."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.filter = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.norm = nn.BatchNorm2d(8)
        self.mixing = Mixing()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.head = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.filter(self.stem(x))).relu().mean(-1).transpose(1, 2)
        x = self.mixing(x)
        x = self.attention(x, x, x, need_weights=False)[0]
        return self.head(x.mean(1))


@pytest.fixture(autouse=True)
def _same_numbers_each_time() -> None:
    torch.manual_seed(0)


@pytest.fixture
def photo() -> nn.Module:
    return Photo()


@pytest.fixture
def words() -> nn.Module:
    return Tagger()


@pytest.fixture
def picture() -> Tensor:
    return torch.randn(2, 3, 6, 6)


@pytest.fixture
def tokens() -> Tensor:
    return torch.randint(0, 10, (3, 5))
