"""Tasks that train in a blink, for tests and for the processes that they start."""

from typing import Any

import pytorch_lightning as pl
import torch
from torch import nn


class Small(pl.LightningModule):
    """Two layers and normalisation, with the history of Adam."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))

    def forward(self, points):
        return self.net(points)

    def training_step(self, batch, index) -> Any:
        return nn.functional.cross_entropy(self(batch[0]), batch[1])

    def configure_optimizers(self) -> Any:
        return torch.optim.AdamW(self.parameters(), lr=0.05)


class Twofold(Small):
    """Trains its two layers in turn, each by its own optimiser."""

    def __init__(self):
        super().__init__()
        self.automatic_optimization = False

    def training_step(self, batch, index):
        optimizers: Any = self.optimizers()
        for optimizer in optimizers:
            optimizer.zero_grad()
            self.manual_backward(super().training_step(batch, index))
            optimizer.step()

    def configure_optimizers(self):
        return [
            torch.optim.Adam(self.net[0].parameters(), lr=0.05),
            torch.optim.SGD(self.net[3].parameters(), lr=0.05, momentum=0.9),
        ]


class Remembering(Small):
    """Its optimiser keeps one history for all parameters, which cannot be masked."""

    def configure_optimizers(self):
        return torch.optim.LBFGS(self.parameters(), lr=0.05)
