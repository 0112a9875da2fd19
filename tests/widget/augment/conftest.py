import pytest
import torch

from leyden.items import Image, Keypoints, Mask
from leyden.items.boxes import Boxes


@pytest.fixture
def sample():
    """A picture of 24 x 32 with a region, two eyes and two boxes."""
    mask = torch.zeros(24, 32, dtype=torch.int64)
    mask[4:12, 6:20] = 1
    size = (24, 32)
    return {
        "image": Image(torch.rand(3, 24, 32, generator=torch.Generator().manual_seed(0))),
        "mask": Mask(mask),
        "eyes": Keypoints(torch.tensor([[8.0, 10.0], [20.0, 30.0]]), size, labels=("left", "right")),
        "boxes": Boxes(torch.tensor([[3.5, 5.5, 11.5, 19.5], [0.0, 20.0, 20.0, 31.5]]), size, labels=("cup", "rim")),
    }


@pytest.fixture
def scan():
    """A volume of 10 x 12 x 14 in slices 2 mm thick, with an affine, one bright voxel, and a region around it."""
    data = torch.rand(1, 10, 12, 14, generator=torch.Generator().manual_seed(1)) * 100
    data[0, 7, 3, 2] = 1000.0
    mask = torch.zeros(10, 12, 14, dtype=torch.uint8)
    mask[6:9, 2:5, 1:4] = 2
    affine = ((0.0, 0.0, 1.0, -7.0), (0.0, 1.0, 0.0, -6.0), (2.0, 0.0, 0.0, -10.0), (0.0, 0.0, 0.0, 1.0))
    spot = Keypoints(torch.tensor([[7.0, 3.0, 2.0]]), (10, 12, 14), labels=("spot",))
    return (Image(data, affine=affine), Mask(mask), spot)
