import pytest
import torch

from leyden.items import Image, Keypoints, Mask


class Folder:
    """Thirty labelled pictures that are counted as they are read; the eighth is broken."""

    classes = ("dark", "light")

    def __init__(self):
        self.read = []

    def __len__(self):
        return 30

    def __getitem__(self, index):
        self.read.append(index)
        if index == 7:
            raise ValueError("0007.jpg is cut short")
        generator = torch.Generator().manual_seed(1000 if index in (5, 11) else index)
        return torch.randint(0, 128, (3, 24, 24), generator=generator, dtype=torch.uint8) + 100 * (index % 2), index % 2

    def __repr__(self):
        return "pictures of the test"


@pytest.fixture
def folder():
    return Folder()


@pytest.fixture
def scan():
    """A ball of 100 in -1000, a lesion in it with its mask, and its tip."""
    grid = torch.stack(torch.meshgrid(*(torch.linspace(-1, 1, size) for size in (12, 16, 20)), indexing="ij"))
    values = torch.where((grid**2).sum(0) < 0.8, 100.0, -1000.0)
    lesion = ((grid - 0.2) ** 2).sum(0) < 0.1
    values[lesion] = 200.0
    tip = Keypoints(torch.tensor([[6.0, 8.0, 10.0]]), (12, 16, 20))
    return {"scan": Image(values[None]), "lesion": Mask(lesion.to(torch.int64)), "tip": tip, "age": 61, "label": 1}
